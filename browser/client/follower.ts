// A tab that follows: another has the connection and tells it everything.

import { LiveError, offline } from "./api.ts";
import type { Standing } from "./connection.ts";
import type { Replica } from "./replica.ts";
import type { Role } from "./role.ts";
import type { UserChange } from "./store.ts";
import type { Message } from "./tabs.ts";
import { userOf } from "./token.ts";
import type { NoToken, Tokens } from "./tokens.ts";
import { whose } from "./whose.ts";

/** A tab in view asks so often whether the leader is still there; milliseconds. */
const ASK_EVERY = 10_000;
/** A tab that is seen again after so long asks who is signed in; milliseconds. */
const LONG = 300_000;

export interface FollowerOptions {
  stream: URL;
  tokens: Tokens;
  post(message: Message): void;
  /** The same, and a tab takes over where nobody answers. */
  ask(message: Message): void;
  /** In this tab nobody is signed in, or another user. */
  onStop(standing: Standing): void;
}

export class Follower implements Role {
  readonly leads = false;
  readonly #replica: Replica;
  readonly #options: FollowerOptions;
  /** The tab that leads, once its feed is here too: only its frames follow on what is here. */
  #leader: string | null = null;
  /** The user by this tab's own token. */
  #user: string | null = null;
  #token = "";
  #beat: (() => void) | undefined;
  #ended = false;
  #older: { resolve(): void; reject(error: LiveError): void }[] = [];

  constructor(replica: Replica, options: FollowerOptions) {
    this.#replica = replica;
    this.#options = options;
    this.#hello();
    this.#again();
    void this.#whoIsThere();
  }

  ask(change: UserChange): void {
    this.#options.ask({ type: "change", change });
  }

  loadOlder(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#replica.standing.state !== "live") return reject(offline());
      this.#older.push({ resolve, reject });
      this.#options.ask({ type: "older" });
    });
  }

  reconnect(): void {
    this.#options.ask({ type: "reconnect" });
  }

  told(event: "online" | "offline" | "visible"): void {
    if (event !== "visible") return;
    this.#hello();
    if (this.#replica.environment.elapsed() - this.#options.tokens.askedAt >= LONG) void this.#whoIsThere();
  }

  hear(message: Message, from: string): void {
    if (message.type === "change") {
      this.#replica.changes.add(message.change);
      return this.#replica.redraw();
    }
    if (message.type === "welcome") return this.#welcomed(message, from);
    if (from !== this.#leader) return;
    if (message.type === "frame") {
      // A new leader may have sent its time before the service had told it the right one.
      if (message.frame.type === "ready") this.#replica.clock.set(message.frame.now);
      this.#replica.take(message.frame);
      const { frame } = message;
      if ("ack" in frame && "seq" in frame && this.#replica.environment.visible())
        this.#options.post({ type: "seen", seq: frame.seq });
      if (message.frame.type === "older") for (const { resolve } of this.#older.splice(0)) resolve();
    } else if (message.type === "failed") this.#failOlder(new LiveError(message.status, message.code, message.message));
    else if (message.type === "standing") this.#replica.stand(message.standing);
    else if (message.type === "result") this.#answered(message);
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#beat?.();
    this.#failOlder(offline());
  }

  #failOlder(error: LiveError): void {
    for (const { reject } of this.#older.splice(0)) reject(error);
  }

  #hello(): void {
    this.#options.ask({ type: "hello", cursor: this.#leader && this.#replica.feed.cursor });
  }

  #again(): void {
    this.#beat = this.#replica.environment.after(ASK_EVERY, () => {
      if (this.#replica.environment.visible()) this.#hello();
      this.#again();
    });
  }

  #welcomed(welcome: Extract<Message, { type: "welcome" }>, from: string): void {
    const { changes, clock, feed } = this.#replica;
    if (this.#leader !== from) this.#failOlder(offline());
    this.#leader = from;
    this.#replica.rest = welcome.rest;
    if (welcome.now !== null) clock.set(welcome.now);
    this.#replica.owner ??= welcome.feed;
    if (welcome.position) this.#replica.tell(feed.adopt(welcome.position));
    this.#replica.hidden = false;
    const known = new Set(welcome.changes.map(({ ref }) => ref));
    for (const change of changes.all) if (!known.has(change.ref)) this.#options.post({ type: "change", change });
    for (const change of welcome.changes) changes.add(change);
    this.#replica.redraw();
    this.#replica.stand(welcome.standing);
    if (this.#user !== null && welcome.user !== null && this.#user !== welcome.user) void this.#prove();
  }

  #answered({ result }: Extract<Message, { type: "result" }>): void {
    const { changes, feed } = this.#replica;
    const answered = changes.answer(result);
    if (answered?.change.type === "markAllRead") changes.follow(feed.items, result.seq);
    this.#replica.redraw();
    if (answered?.error && answered.own) this.#replica.refused(answered.change, answered.error);
  }

  async #whoIsThere(): Promise<void> {
    try {
      this.#token = await this.#options.tokens.get(false);
    } catch (error) {
      const { problem, message } = error as NoToken;
      if (!this.#ended && problem !== "token")
        this.#options.onStop({ state: "stopped", cause: problem, reason: message });
      return;
    }
    const before = this.#user;
    this.#user = userOf(this.#token);
    if (!this.#ended && before !== null && before !== this.#user) void this.#prove();
  }

  /** The token seems to belong to another user; only the service can decide that. */
  async #prove(): Promise<void> {
    const owner = await whose(this.#replica.environment, this.#options.stream, this.#token);
    if (this.#ended || owner === null || this.#replica.owner === null || owner === this.#replica.owner) return;
    const reason = "the token is of another user than the feed";
    this.#options.onStop({ state: "stopped", cause: "another-user", reason });
  }
}
