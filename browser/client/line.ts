// One live connection (`notifeed.v1`) that comes back for as long as coming back makes sense.

import type { ClientFrame, ServerFrame } from "../generated/types.ts";
import type { Status } from "./api.ts";
import { BROKEN, TOKEN_REFUSED, waitAfter } from "./backoff.ts";
import { type Environment, LONGEST_TIMER } from "./environment.ts";
import { expiry } from "./token.ts";

const SUBPROTOCOL = "notifeed.v1";

/** How long a line may take to open, and a ping to be answered, before the line is given up; milliseconds. */
const PATIENCE = 10_000;
/** The runtime answers pings without waking anything. */
const PING_EVERY = 30_000;
/** A line that lived this long was a good one, whatever ends it. */
const GOOD = 10_000;
/** A connection lives at most an hour (docs/live.md); a fresh token gives it another one. */
const LONGEST_LIFE = 3_600_000;
/** A fresh token is fetched so long before the line would end, or in the last fifth of its life if that is later. */
const SPARE = 60_000;
/** So many tokens in a row are refused, and the client gives up. */
const TOKENS = 5;

type Timer = ReturnType<typeof setTimeout>;

export interface LineOptions {
  /** Where to connect now, the cursor included; ws or wss. */
  address(): URL;
  token(fresh: boolean): Promise<string | null>;
  /** @returns whether the frame brought anything new */
  onFrame(frame: ServerFrame): boolean;
  onStatus(status: Status): void;
}

export class Line {
  readonly #options: LineOptions;
  readonly #environment: Environment;
  #state: Status["state"] = "stopped";
  #socket: WebSocket | undefined;
  #token = "";
  /** Lines in a row that brought nothing. */
  #failures = 0;
  /** The token that was refused last, and how many in a row. */
  #refused: string | null = null;
  #refusals = 0;
  /** Ends everything that belongs to the present try: socket, listeners, timers. */
  #attempt = new AbortController();
  readonly #timers = new Set<Timer>();
  /** Runs while something has to be heard soon. */
  #heardOf: Timer | undefined;

  constructor(options: LineOptions, environment: Environment) {
    this.#options = options;
    this.#environment = environment;
  }

  /** Connects now, instead of waiting longer or staying away. A line that is up is left alone. */
  connect(): void {
    if (this.#state === "waiting" || this.#state === "stopped") void this.#open();
  }

  /** Something happened around: the network came or went, the page is seen again. */
  told(event: "online" | "offline" | "visible"): void {
    if (event === "offline") {
      // Without a network the line is dead, but no close frame can come to say so. A server on this very machine is
      // still there: then coming back works at once.
      if (this.#state === "connecting" || this.#state === "live") this.#lost(BROKEN, "offline");
    } else if (this.#state === "waiting") {
      this.connect();
    } else {
      this.#probe();
    }
  }

  /** @returns false: there is no live line, nothing was sent */
  readonly send = (frame: ClientFrame): boolean => {
    if (this.#state !== "live" || this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  };

  /** Ends the connection for good. */
  close(): void {
    this.#state = "stopped";
    this.#end();
  }

  #report(status: Status): void {
    this.#state = status.state;
    this.#options.onStatus(status);
  }

  #stop(reason: string, code?: number): void {
    this.#end();
    this.#report({ state: "stopped", reason, ...(code && { code }) });
  }

  /** Ends the present try. @returns the signal of the next one */
  #end(): AbortSignal {
    this.#attempt.abort();
    this.#attempt = new AbortController();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#heardOf = undefined;
    return this.#attempt.signal;
  }

  /** A timer of the present try. */
  #after(milliseconds: number, act: () => void): Timer {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        act();
      },
      Math.min(milliseconds, LONGEST_TIMER),
    );
    this.#timers.add(timer);
    return timer;
  }

  /** The line is given up unless something is heard in time. */
  #listen(complaint: string): void {
    this.#heardOf ??= this.#after(PATIENCE, () => this.#lost(BROKEN, complaint));
  }

  async #open(): Promise<void> {
    const signal = this.#end();
    this.#report({ state: "connecting" });
    let token: string | null;
    try {
      token = await this.#options.token(this.#refused !== null);
    } catch {
      return signal.aborted ? undefined : this.#lost(BROKEN, "no token to be had");
    }
    if (signal.aborted) return;
    if (token === null) return this.#stop("nobody is signed in");
    if (token === this.#refused) return this.#stop("the token was refused, and there is no other", TOKEN_REFUSED);
    let socket: WebSocket;
    try {
      socket = new this.#environment.WebSocket(this.#options.address(), [SUBPROTOCOL, `bearer.${token}`]);
    } catch {
      return this.#stop("the token or the address is malformed");
    }
    this.#token = token;
    this.#socket = socket;
    signal.addEventListener("abort", () => socket.close());
    this.#listen("no connection in time");
    socket.addEventListener("open", () => this.#opened(), { signal });
    socket.addEventListener("message", ({ data }) => this.#hear(data as string), { signal });
    socket.addEventListener("close", ({ code, reason }) => this.#lost(code, reason), { signal });
  }

  #opened(): void {
    this.#heard();
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
    this.#socket.send("ping");
    this.#listen("the line went silent");
  }

  /** Sends a fresh token before the line ends with the old one. Should it fail, the line ends and comes back. */
  #renewInTime(): void {
    const { signal } = this.#attempt;
    const left = Math.min(expiry(this.#token) - this.#environment.now(), LONGEST_LIFE);
    this.#after(Math.max(left - SPARE, left * 0.8), async () => {
      const token = await this.#options.token(true).catch(() => null);
      if (signal.aborted || token === null || token === this.#token) return;
      if (!this.send({ type: "token", ref: "token", token })) return;
      this.#token = token;
      this.#renewInTime();
    });
  }

  #heard(): void {
    clearTimeout(this.#heardOf);
    this.#heardOf = undefined;
  }

  #hear(data: string): void {
    this.#heard();
    if (data === "pong") return;
    let frame: ServerFrame;
    try {
      frame = JSON.parse(data) as ServerFrame;
      if (this.#options.onFrame(frame)) this.#failures = 0;
    } catch {
      return this.#lost(BROKEN, "what came isn't a frame");
    }
    if (frame.type === "ready") {
      this.#refused = null;
      this.#refusals = 0;
      if (this.#state !== "live") this.#report({ state: "live" });
    } else if ("ack" in frame && frame.seq !== undefined) {
      // The server's window for this line fills up; until it hears of this, it sends little more.
      this.#socket?.send(JSON.stringify({ type: "ack", seq: frame.seq }));
    }
  }

  #lost(code: number, reason: string): void {
    this.#end();
    this.#failures += 1;
    if (code === TOKEN_REFUSED) {
      this.#refused = this.#token;
      if (++this.#refusals >= TOKENS) return this.#stop(reason, code);
    }
    const wait = waitAfter(code, reason, this.#failures, this.#environment.random());
    if (wait === Infinity) return this.#stop(reason, code);
    this.#report({ state: "waiting", code, reason, retryAt: this.#environment.now() + wait });
    this.#after(wait, () => this.connect());
  }
}
