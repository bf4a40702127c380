// A live connection (`notifeed.v1`) that reconnects as long as a new attempt can succeed.

import {
  BEARER_SUBPROTOCOL,
  CLOSE_BUSY,
  CLOSE_DENIED,
  CLOSE_MALFORMED,
  CLOSE_TOKEN_REFUSED,
  CLOSE_TOO_SLOW,
  MAX_SOCKET_LIFE,
  PING,
  PONG,
  SUBPROTOCOL,
  SUBSCRIPTION_ENDED,
} from "../generated/protocol.ts";
import type { ClientFrame, ServerFrame } from "../generated/types.ts";
import type { Cause, Status } from "./api.ts";
import { askedFor, BROKEN, SERVERS_END, waitAfter } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import type { Environment } from "./environment.ts";
import { lifeOf } from "./token.ts";
import { NoToken, type Tokens } from "./tokens.ts";

/** How long a connection may take to open, and a ping to be answered, before it is given up; milliseconds. */
const PATIENCE = 10_000;
/** The runtime answers pings without waking anything. */
const PING_EVERY = 30_000;
/** A connection that lived this long was a good one, whatever ends it. */
const GOOD = 10_000;
/** A fresh token is fetched so long before the connection would end, or half of its life before if that is less. */
const SPARE = 300_000;
/** Renewals are never closer together than this, whatever tokens and clocks say; a failed one is tried again after it. */
const RENEWAL = 60_000;
/** The `ref` of a fresh token. */
const RENEWED = "token";
/** So many tokens in a row are refused, and the client gives up. */
const TOKENS = 5;
/** A tab in view answers within this time; milliseconds. */
const SEEN = 300;
/** After so many sockets in a row that never opened, the client follows the feed by server-sent events, */
const BLOCKED = 2;
/** and tries a socket again so long after the last one; milliseconds. */
const SOCKET_AGAIN = 600_000;
/** Events around cut a wait short at most this often. */
const HURRY = 1000;

/** How it stands with a connection; the client adds what it goes on without. */
export type Standing = Omit<Status, "without">;

export interface ConnectionOptions {
  /** The address to connect to now, the cursor included; ws or wss. */
  address(): URL;
  tokens: Tokens;
  clock: Clock;
  /** The first frame: whose feed it is. @returns false: another user's, nothing of it is taken */
  onFeed(feed: string, token: string): boolean;
  /** @returns whether the frame brought anything new */
  onFrame(frame: ServerFrame): boolean;
  onStatus(standing: Standing): void;
  /** Whether a person sees what arrives: then it isn't pushed to this endpoint. `undefined`: other tabs are asked. */
  isSeen(): boolean | undefined;
  /** `token` doesn't answer. */
  onLate(): void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #environment: Environment;
  #state: Status["state"] = "stopped";
  #socket: WebSocket | undefined;
  #token = "";
  /** A fresh one that the service hasn't answered yet. */
  #offered: string | null = null;
  #renewal: (() => void) | undefined;
  /** The service has said whose feed this is. */
  #named = false;
  #subscriptionEnded = false;
  /** Connections in a row that brought nothing. */
  #failures = 0;
  /** Sockets in a row that never opened though a request came through, and when the last one didn't, by the environment's `elapsed`. */
  #blocked = 0;
  #blockedAt = 0;
  /** The kind of connection (WebSocket or server-sent events) that the current attempt is opening. */
  #opening: "socket" | "events" | undefined;
  /** The token that was refused last, and how many in a row. */
  #refused: string | null = null;
  #refusals = 0;
  /** Until then the server asked to be left alone; a person may ask once. By the environment's `elapsed`. */
  #busyUntil = 0;
  #pressed = false;
  #triedAt = -Infinity;
  /** Ends everything that belongs to the present try: socket, listeners, timers. */
  #attempt = new AbortController();
  /** The questions to other tabs, by number: each function ends the wait for the answer. */
  readonly #asked = new Map<number, () => void>();
  /** The timer within which the next message must arrive. */
  #heardOf: (() => void) | undefined;

  constructor(options: ConnectionOptions, environment: Environment) {
    this.#options = options;
    this.#environment = environment;
  }

  /** The token of the open connection, which the service knows as this user's; `null`: there is none. */
  get token(): string | null {
    return this.#state === "live" ? this.#token : null;
  }

  /** Connects now, instead of waiting longer or staying away. A connection that is up is left alone. */
  connect(): void {
    if (this.#state !== "waiting" && this.#state !== "stopped") return;
    if (this.#isBusy) {
      if (this.#pressed) return;
      this.#pressed = true;
    }
    void this.#open();
  }

  /** Comes back at once: what is known of the feed isn't enough to go on with, or the address is another. */
  renew(): void {
    this.#subscriptionEnded = false;
    if (this.#state !== "live" && this.#state !== "connecting") return;
    this.#end();
    void this.#open();
  }

  /** Something happened around: the network came or went, the page is seen again. */
  told(event: "online" | "offline" | "visible"): void {
    if (event === "offline") {
      // Without a network the connection is dead, but no close frame can come to say so. A server on this very machine
      // is still there: then coming back works.
      this.#opening = undefined;
      if (this.#state === "connecting" || this.#state === "live") this.#lost(BROKEN, "offline", "offline");
    } else if (this.#state === "waiting") {
      if (!this.#isBusy && this.#environment.elapsed() - this.#triedAt >= HURRY) void this.#open();
    } else {
      this.#probe();
    }
  }

  /** @returns false: there is no live connection, nothing was sent */
  readonly send = (frame: ClientFrame): boolean => {
    if (this.#state !== "live" || this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  };

  /** A person sees what came under that number, in another tab. */
  seen(seq: number): void {
    if (!this.#asked.has(seq)) return;
    this.#asked.get(seq)?.();
    this.#acknowledge(seq, true);
  }

  /** Ends the connection for good. */
  close(): void {
    this.#state = "stopped";
    this.#end();
  }

  get #isBlocked(): boolean {
    return this.#blocked >= BLOCKED && this.#environment.elapsed() - this.#blockedAt < SOCKET_AGAIN;
  }

  get #isBusy(): boolean {
    return this.#environment.elapsed() < this.#busyUntil;
  }

  #report(standing: Standing): void {
    this.#state = standing.state;
    this.#options.onStatus(standing);
  }

  #stop(cause: Cause, reason: string, code?: number): void {
    this.#end();
    this.#report({ state: "stopped", cause, reason, ...(code && { code }) });
  }

  /** Ends the present try. @returns the signal of the next one */
  #end(): AbortSignal {
    this.#attempt.abort();
    this.#attempt = new AbortController();
    this.#heardOf = undefined;
    this.#offered = null;
    this.#asked.clear();
    this.#opening = undefined;
    return this.#attempt.signal;
  }

  /** A timer of the present try. */
  #after(milliseconds: number, act: () => void): () => void {
    const { signal } = this.#attempt;
    const cancel = this.#environment.after(milliseconds, () => {
      signal.removeEventListener("abort", cancel);
      act();
    });
    signal.addEventListener("abort", cancel);
    return () => {
      signal.removeEventListener("abort", cancel);
      cancel();
    };
  }

  /** Gives the connection up unless a message arrives in time. */
  #listen(complaint: string): void {
    this.#heardOf ??= this.#after(PATIENCE, () => this.#lost(BROKEN, complaint));
  }

  async #open(): Promise<void> {
    const signal = this.#end();
    this.#triedAt = this.#environment.elapsed();
    this.#named = false;
    this.#report({ state: "connecting" });
    let token: string;
    try {
      token = await this.#options.tokens.get(this.#refused !== null);
    } catch (error) {
      return signal.aborted ? undefined : this.#without(error as NoToken);
    }
    if (signal.aborted) return;
    if (token === this.#refused) {
      return this.#stop("token-refused", "the token was refused, and there is no other", CLOSE_TOKEN_REFUSED);
    }
    this.#listen("no connection in time");
    let socket: WebSocket;
    try {
      const address = this.#options.address();
      if (this.#subscriptionEnded) address.searchParams.delete("endpoint");
      const events = this.#isBlocked && this.#environment.events?.(address, token);
      // If the module for server-sent events can't be loaded, there is no fallback.
      const byEvents = events && (await events.catch(() => null));
      if (signal.aborted) return byEvents ? byEvents.close() : undefined;
      socket = byEvents || new this.#environment.WebSocket(address, [SUBPROTOCOL, BEARER_SUBPROTOCOL + token]);
      this.#opening = byEvents ? "events" : "socket";
    } catch {
      return this.#stop("malformed", "the token or the address is malformed");
    }
    this.#token = token;
    this.#socket = socket;
    signal.addEventListener("abort", () => socket.close());
    socket.addEventListener("open", () => this.#opened(), { signal });
    socket.addEventListener("message", ({ data }) => this.#hear(data as string), { signal });
    socket.addEventListener("close", ({ code, reason }) => this.#lost(code, reason), { signal });
  }

  /** There is no token: for now, or for good. */
  #without({ problem, message, late }: NoToken): void {
    if (problem !== "token") return this.#stop(problem, message);
    if (!late) return this.#lost(BROKEN, message, problem);
    const { signal } = this.#attempt;
    this.#report({ state: "waiting", cause: problem, reason: message });
    void this.#options.tokens.late().then(() => (signal.aborted ? undefined : this.#open()));
    this.#options.onLate();
  }

  #opened(): void {
    this.#heard();
    if (this.#opening === "socket") this.#blocked = 0;
    else this.#after(SOCKET_AGAIN, () => this.renew());
    this.#opening = undefined;
    this.#after(GOOD, () => (this.#failures = 0));
    this.#after(PING_EVERY, this.#ping);
    this.#renewInTime();
  }

  readonly #ping = () => {
    this.#probe();
    this.#after(PING_EVERY, this.#ping);
  };

  #probe(): void {
    if (this.#socket?.readyState !== 1) return;
    this.#socket.send(PING);
    this.#listen("the connection went silent");
  }

  /** Sends a fresh token before the connection ends with the old one. */
  #renewInTime(): void {
    const { clock } = this.#options;
    const life = lifeOf(this.#token, clock.isSure ? clock.now() : null, this.#environment.now());
    const left = Math.min(life, MAX_SOCKET_LIFE);
    this.#after(Math.max(left - SPARE, left / 2, RENEWAL), () => void this.#renewToken());
  }

  async #renewToken(): Promise<void> {
    const { signal } = this.#attempt;
    const token = await this.#options.tokens.get(true).catch(() => null);
    if (signal.aborted) return;
    if (token !== null && token !== this.#token && this.send({ type: "token", ref: RENEWED, token }))
      this.#offered = token;
    this.#renewal = this.#after(RENEWAL, () => void this.#renewToken());
  }

  /** The service has answered a fresh token: until then the connection is the former's. */
  #renewed(status: number): void {
    const offered = this.#offered;
    this.#offered = null;
    if (offered === null || status >= 500 || status === 406 || status === 429) return;
    if (status < 300) {
      this.#token = offered;
      this.#renewal?.();
      this.#renewInTime();
    } else {
      // Another user's, perhaps: a connection of its own tells whose.
      this.#options.tokens.keep(offered);
      this.renew();
    }
  }

  #heard(): void {
    this.#heardOf?.();
    this.#heardOf = undefined;
  }

  #hear(data: string): void {
    this.#heard();
    if (data === PONG) return;
    let frame: ServerFrame;
    try {
      frame = JSON.parse(data) as ServerFrame;
      if (typeof frame.type !== "string") throw TypeError();
    } catch {
      return this.#lost(BROKEN, "what came isn't a frame");
    }
    if ("now" in frame) this.#options.clock.set(frame.now);
    if (frame.type === "feed") {
      this.#named = this.#options.onFeed(frame.feed, this.#token);
      return this.#named ? undefined : this.#stop("another-user", "the token is of another user than the feed");
    }
    // Nothing is taken of a feed whose user isn't known.
    if (!this.#named) return this.#lost(BROKEN, "the service didn't say whose feed it is");
    if (frame.type === "result" && frame.ref === RENEWED) return this.#renewed(frame.status);
    const { signal } = this.#attempt;
    if (this.#options.onFrame(frame)) this.#failures = 0;
    if (signal.aborted) return;
    if (frame.type === "ready") {
      this.#refused = null;
      this.#refusals = 0;
      this.#pressed = false;
      if (this.#state !== "live") this.#report({ state: "live" });
    } else if ("ack" in frame && frame.seq !== undefined) {
      const { seq } = frame;
      const seen = this.#options.isSeen();
      if (seen !== undefined) this.#acknowledge(seq, seen);
      else
        this.#asked.set(
          seq,
          this.#after(SEEN, () => this.#acknowledge(seq, false)),
        );
    }
  }

  /** Until the server hears of this, it may send little more, and it doesn't push what it has sent. */
  #acknowledge(seq: number, visible: boolean): void {
    this.#asked.delete(seq);
    this.#socket?.send(JSON.stringify({ type: "ack", seq, ...(visible && { visible }) }));
  }

  /** A socket never opened: sockets are blocked if a request comes through, else there is no service, or no network. */
  async #suspect(): Promise<void> {
    const address = new URL(this.#options.address());
    address.protocol = address.protocol.replace("ws", "http");
    const headers = { Authorization: `Bearer ${this.#token}` };
    try {
      await this.#environment.fetch(address, { headers, cache: "no-store" });
    } catch {
      return;
    }
    this.#blocked += 1;
    this.#blockedAt = this.#environment.elapsed();
  }

  #lost(code: number, reason: string, cause: Cause = causeOf(code)): void {
    // If server-sent events fail too, the service can't be reached at all.
    if (this.#opening === "events" && code === BROKEN) this.#blocked = 0;
    if (this.#opening === "socket" && code === BROKEN) void this.#suspect();
    this.#end();
    this.#failures += 1;
    if (code === CLOSE_TOKEN_REFUSED) {
      this.#refused = this.#token;
      if (++this.#refusals >= TOKENS) return this.#stop(cause, reason, code);
    }
    const asked = askedFor(reason);
    if (asked) this.#busyUntil = this.#environment.elapsed() + asked;
    const ended = code === CLOSE_DENIED && reason.startsWith(SUBSCRIPTION_ENDED) && !this.#subscriptionEnded;
    this.#subscriptionEnded ||= ended;
    const wait = ended ? 0 : waitAfter(code, reason, this.#failures, this.#environment.random());
    if (wait === Infinity) return this.#stop(cause, reason, code);
    this.#report({ state: "waiting", cause, code, reason, retryAt: this.#environment.now() + wait });
    this.#after(wait, () => {
      this.#pressed = false;
      void this.#open();
    });
  }
}

function causeOf(code: number): Cause {
  if (code === CLOSE_TOKEN_REFUSED) return "token-refused";
  if (code === CLOSE_DENIED) return "denied";
  if (code === CLOSE_MALFORMED) return "malformed";
  if (code === CLOSE_BUSY || code === CLOSE_TOO_SLOW) return "busy";
  return SERVERS_END.has(code) ? "server" : "unreachable";
}
