// The live client: the feed, who has the line, what was asked, what the app sees.

import type { FeedNotification, ReadState, UserActionState } from "../generated/types.ts";
import {
  LiveError,
  type ConnectOptions,
  type LiveClient,
  type LiveEvent,
  type LiveEvents,
  type StateChange,
  type Status,
} from "./api.ts";
import { streamOf } from "./address.ts";
import { Asked } from "./asked.ts";
import { BROKEN, waitAfter } from "./backoff.ts";
import { type Environment, LONGEST_TIMER } from "./environment.ts";
import { Events } from "./events.ts";
import { Feed, type Change, type FeedFrame } from "./feed.ts";
import { IndexedDbStore } from "./indexed_db.ts";
import { Line } from "./line.ts";
import { Outbox, type Request, type Result } from "./outbox.ts";
import { Saver } from "./saver.ts";
import type { Store } from "./store.ts";
import { Tabs, type Message } from "./tabs.ts";
import { userOf } from "./token.ts";

/** Changes that come within this many milliseconds during a replay are told as one. */
const GATHER = 50;

/** What the app sees of the feed at a moment. */
interface View {
  items: readonly FeedNotification[];
  unread: number;
}

export class Client implements LiveClient {
  readonly #options: ConnectOptions;
  readonly #environment: Environment;
  readonly #id: string;
  readonly #stream: URL;
  readonly #feed = new Feed();
  readonly #events = new Events();
  readonly #outbox = new Outbox();
  readonly #asked = new Asked();
  #status: Status = { state: "connecting" };
  #view: View | null = null;
  #changed: ReturnType<typeof setTimeout> | undefined;
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #replayed = 0;
  /** To be told as soon as the status says that the line is live. */
  #ready: LiveEvents["ready"] | null = null;
  #refs = 0;
  #closed = false;
  #unwatch: () => void;
  #store: Store | null = null;
  /** A token that was fetched to learn whose it is, for the first line. */
  #token: string | null = null;
  #tabs: Tabs | null = null;
  /** The tab that leads, once its feed is ours too: only its frames follow on what we have. */
  #leader: string | null = null;
  /** While this client leads. */
  #line: Line | null = null;
  #saver: Saver | null = null;

  constructor(options: ConnectOptions, environment: Environment) {
    this.#options = options;
    this.#environment = environment;
    this.#id = environment.id();
    this.#stream = streamOf(options);
    this.#unwatch = environment.watch((event) => this.#told(event));
    void this.#start(0);
  }

  get items(): readonly FeedNotification[] {
    return this.#seen().items;
  }

  get unread(): number {
    return this.#seen().unread;
  }

  get status(): Status {
    return this.#status;
  }

  get cursor(): string | null {
    return this.#feed.cursor;
  }

  get leads(): boolean {
    return this.#line !== null;
  }

  on<Type extends keyof LiveEvents>(type: Type, listener: (event: LiveEvents[Type]) => void): () => void {
    return this.#events.on(type, listener);
  }

  [Symbol.asyncIterator](): AsyncIterator<LiveEvent> {
    return this.#events[Symbol.asyncIterator]();
  }

  update(id: string, change: StateChange): Promise<void> {
    return this.#ask({ type: "update", ref: this.#ref(), id, ...change });
  }

  markRead(id: string): Promise<void> {
    return this.update(id, { readState: "read" });
  }

  markUnread(id: string): Promise<void> {
    return this.update(id, { readState: "unread" });
  }

  dismiss(id: string): Promise<void> {
    return this.update(id, { readState: "read", userActionState: "dismissed" });
  }

  restore(id: string): Promise<void> {
    return this.update(id, { userActionState: "noInteraction" });
  }

  snooze(id: string): Promise<void> {
    return this.update(id, { userActionState: "snoozed" });
  }

  activate(id: string): Promise<void> {
    return this.update(id, { readState: "read", userActionState: "activated" });
  }

  remove(id: string): Promise<void> {
    return this.#ask({ type: "delete", ref: this.#ref(), id });
  }

  reconnect(): void {
    if (this.#closed) return;
    if (this.#line) this.#line.connect();
    else if (this.#tabs) this.#tabs.ask({ type: "reconnect" });
    else if (this.#status.state !== "connecting") void this.#start(0);
  }

  async close({ forget = false }: { forget?: boolean } = {}): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#unwatch();
    this.#line?.close();
    this.#outbox.clear();
    clearTimeout(this.#changed);
    clearTimeout(this.#expiry);
    clearTimeout(this.#retry);
    this.#asked.close();
    this.#setStatus({ state: "stopped", reason: "closed" });
    this.#events.end();
    const saved = this.#saver?.settled();
    this.#saver = null;
    await saved;
    this.#tabs?.close();
    if (forget) await this.#store?.forget();
  }

  // --- How it begins

  /** Finds out whose feed it is, reads what is stored of it, and gets or shares the line. */
  async #start(failures: number): Promise<void> {
    clearTimeout(this.#retry);
    this.#setStatus({ state: "connecting" });
    const user = await this.#whose(failures);
    if (user === null || this.#closed) return;
    const name = `notifeed ${this.#stream.href} ${user}`;
    this.#store = this.#storeFor(name);
    const stored = await this.#store?.load().catch(() => null);
    if (this.#closed) return;
    if (stored) {
      this.#feed.adopt({ ...stored, unmet: null });
      this.#settle(this.#feed.expire(this.#environment.now()));
    }
    if (!(this.#options.share ?? canShare())) return this.#lead();
    this.#tabs = new Tabs({
      name,
      id: this.#id,
      onLead: () => this.#lead(),
      onFollow: () => this.#follow(),
      onMessage: (message, from) => this.#message(message, from),
    });
    if (!this.#tabs.leads) this.#hello();
  }

  /** @returns null: not known yet, or nobody is signed in */
  async #whose(failures: number): Promise<string | null> {
    const { user, token } = this.#options;
    if (user !== undefined) return user;
    try {
      this.#token = await token({ fresh: false });
    } catch {
      const wait = waitAfter(BROKEN, "", failures + 1, this.#environment.random());
      const retryAt = this.#environment.now() + wait;
      this.#setStatus({ state: "waiting", reason: "no token to be had", retryAt });
      this.#retry = setTimeout(() => void this.#start(failures + 1), wait);
      return null;
    }
    const found = this.#token && userOf(this.#token);
    const reason = this.#token === null ? "nobody is signed in" : "the token doesn't say whose it is: pass `user`";
    if (found === null) this.#setStatus({ state: "stopped", reason });
    return found;
  }

  #storeFor(name: string): Store | null {
    const { store } = this.#options;
    if (store !== undefined) return store;
    return globalThis.indexedDB ? new IndexedDbStore(name) : null;
  }

  // --- Leading: this client has the line

  #lead(): void {
    if (this.#closed) return;
    if (this.#store) {
      this.#saver = new Saver(this.#store, this.#feed);
      // Who led before may have saved less than this client was told, or more.
      this.#saver.startAnew();
    }
    this.#line = new Line(
      {
        address: () => {
          const address = new URL(this.#stream);
          if (this.#feed.cursor !== null) address.searchParams.set("cursor", this.#feed.cursor);
          return address;
        },
        token: (fresh) => this.#tokenFor(fresh),
        onFrame: (frame) =>
          frame.type === "result" ? this.#result(frame) : frame.type !== "feed" && this.#frame(frame),
        onStatus: (status) => {
          this.#setStatus(status);
          if (status.state === "live") this.#outbox.lineUp(this.#line!.send);
          else this.#outbox.lineLost();
          this.#tabs?.post({ type: "status", status });
        },
      },
      this.#environment,
    );
    for (const request of this.#asked.requests) this.#outbox.add(request);
    this.#tabs?.post({ type: "welcome", status: this.#status, position: this.#feed.position() });
    this.#line.connect();
  }

  async #tokenFor(fresh: boolean): Promise<string | null> {
    const token = this.#token;
    this.#token = null;
    return !fresh && token ? token : this.#options.token({ fresh });
  }

  /** Another tab took the lead: this one had been put to sleep. */
  #follow(): void {
    this.#line?.close();
    this.#line = null;
    this.#saver = null;
    // Who asked asks the new one again.
    this.#outbox.clear();
    this.#leader = null;
    this.#hello();
  }

  #frame(frame: FeedFrame): boolean {
    const before = this.#feed.seq;
    this.#tabs?.post({ type: "frame", frame });
    this.#take(frame);
    return this.#feed.seq !== before;
  }

  /** The answer is all that the asker hears of its own change: the feed takes it like a frame. */
  #result(result: Result): boolean {
    const request = this.#outbox.answered(result);
    if (!request) return false;
    const { status, seq, cursor } = result;
    if (status === 404) this.#frame({ type: "gone", id: request.id });
    if (seq !== undefined && cursor !== undefined && status < 300) {
      const { type, ref, ...change } = request;
      if (type === "update") this.#frame({ type: "state", seq, cursor, ...change });
      else this.#frame({ type: "removed", seq, cursor, id: request.id, reason: "deleted" });
    }
    if (this.#asked.has(request.ref)) this.#answer(result);
    else this.#tabs?.post({ type: "result", to: request.ref.split(".")[0]!, result });
    return true;
  }

  // --- Following: another tab has the line

  #hello(): void {
    this.#tabs!.ask({ type: "hello", cursor: this.#feed.cursor });
  }

  #message(message: Message, from: string): void {
    if (this.#closed) return;
    if (this.#line) return this.#asLeader(message, from);
    if (message.type !== "welcome" && from !== this.#leader) return;
    switch (message.type) {
      case "welcome":
        this.#leader = from;
        if (message.position) this.#settle(this.#feed.adopt(message.position));
        this.#setStatus(message.status);
        for (const request of this.#asked.requests) this.#tabs?.post({ type: "request", request });
        break;
      case "frame":
        this.#take(message.frame);
        break;
      case "status":
        this.#setStatus(message.status);
        break;
      case "result":
        this.#answer(message.result);
        break;
    }
  }

  #asLeader(message: Message, from: string): void {
    const status = this.#status;
    if (message.type === "hello") {
      const position = message.cursor === this.#feed.cursor ? null : this.#feed.position();
      return this.#tabs!.post({ type: "welcome", to: from, status, position });
    }
    if (message.type === "request") this.#outbox.add(message.request);
    else if (message.type === "reconnect") this.#line!.connect();
    else return;
    // Who asks learns that somebody leads, though the answer may take until there is a line.
    this.#tabs!.post({ type: "status", status: this.#status });
  }

  #told(event: "online" | "offline" | "visible"): void {
    if (this.#line) this.#line.told(event);
    else if (this.#tabs && event === "visible") this.#hello();
    else if (this.#status.state === "waiting" && event !== "offline") this.reconnect();
  }

  // --- The feed

  #take(frame: FeedFrame): void {
    if (frame.type === "reset") this.#saver?.reset();
    const changes = this.#feed.take(frame);
    this.#replayed += changes.length;
    this.#saver?.note(changes);
    this.#settle(changes);
    if (frame.type === "ready" && this.#status.state !== "live")
      this.#ready = { type: "ready", resumed: frame.resumed, replayed: this.#replayed };
  }

  /** Tells of changes that the feed has taken in. */
  #settle(changes: Change[]): void {
    for (const { type, held, ...more } of changes) {
      if (type === "known") continue;
      this.#events.emit({ type, notification: held.notification, ...more } as LiveEvent);
    }
    this.#redraw();
  }

  /** What the app sees is another one from now on: it is told once for everything that comes together. */
  #redraw(): void {
    this.#view = null;
    this.#changed ??= setTimeout(
      () => {
        this.#changed = undefined;
        this.#awaitExpiry();
        this.#events.emit({ type: "change" });
      },
      this.#status.state === "live" ? 0 : GATHER,
    );
  }

  #awaitExpiry(): void {
    clearTimeout(this.#expiry);
    const next = this.#feed.nextExpiration();
    if (next === Infinity) return;
    const expire = () => {
      const changes = this.#feed.expire(this.#environment.now());
      this.#saver?.note(changes);
      this.#settle(changes);
    };
    this.#expiry = setTimeout(expire, Math.min(Math.max(next - this.#environment.now(), 0), LONGEST_TIMER));
  }

  #seen(): View {
    if (this.#view) return this.#view;
    const items = this.#asked.applyTo(this.#feed.newestFirst());
    this.#view = { items, unread: items.filter(isUnread).length };
    return this.#view;
  }

  #setStatus(status: Status): void {
    if (status.state === "connecting") this.#replayed = 0;
    const same = JSON.stringify(status) === JSON.stringify(this.#status);
    this.#status = status;
    if (!same) this.#events.emit({ type: "status", status });
    if (status.state !== "live" || !this.#ready) return;
    this.#events.emit(this.#ready);
    this.#ready = null;
  }

  // --- What the app asks

  /** A `ref` tells which tab asked. */
  #ref(): string {
    return `${this.#id}.${++this.#refs}`;
  }

  #ask(request: Request): Promise<void> {
    if (this.#closed) return Promise.reject(new LiveError(0, "Closed", "The client is closed."));
    const asked = this.#asked.add(request);
    // Who doesn't look at the answer sees in the feed that it was taken back.
    asked.catch(() => {});
    this.#redraw();
    if (this.#line) this.#outbox.add(request);
    else this.#tabs?.ask({ type: "request", request });
    return asked;
  }

  #answer(result: Result): void {
    this.#asked.answer(result);
    this.#redraw();
  }
}

function canShare(): boolean {
  return Boolean(globalThis.navigator?.locks && globalThis.BroadcastChannel && globalThis.indexedDB);
}

function isUnread({ readState, userActionState }: { readState: ReadState; userActionState: UserActionState }): boolean {
  return readState === "unread" && userActionState !== "dismissed";
}
