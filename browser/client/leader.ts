// The tab that leads: it has the connection, stores the feed, sends what is changed, and tells the others.

import type { Answer } from "../generated/types.ts";
import { type LiveError, offline } from "./api.ts";
import { ANSWERED, type Result } from "./changes.ts";
import { Connection, type Standing } from "./connection.ts";
import type { FeedFrame } from "./feed.ts";
import { countUnread, readOlder } from "./list.ts";
import type { Replica } from "./replica.ts";
import type { Role } from "./role.ts";
import { Saver } from "./saver.ts";
import type { Store, UserChange } from "./store.ts";
import type { Message } from "./tabs.ts";
import { userOf } from "./token.ts";
import type { Tokens } from "./tokens.ts";

const KNOWN = new Set(["reset", "notification", "state", "removed", "readAll", "seenAll", "ready", "result", "feed"]);
/** An unknown frame has the feed read anew once for each type, and at most once in so many milliseconds. */
const ANEW = 600_000;
/** How many are unread is asked at most once in so many milliseconds. */
const COUNT_EVERY = 5000;

export interface LeaderOptions {
  stream: URL;
  /** By the token that the client was named for; `null`: the app named it. */
  user: string | null;
  top: number | null;
  tokens: Tokens;
  store: Store | null;
  post(message: Message): void;
  /** Called when this tab can't lead: nobody is signed in here, or another user. */
  onStop(standing: Standing): void;
  /** Called when another tab leads already, or is in a better position to lead. */
  onYield(): void;
}

export class Leader implements Role {
  readonly leads = true;
  readonly #replica: Replica;
  readonly #options: LeaderOptions;
  readonly #connection: Connection;
  readonly #saver: Saver | null;
  /** Tabs that were heard of: they are told of their own changes. */
  readonly #alive = new Set<string>();
  readonly #strange = new Set<string>();
  #anewAt = -Infinity;
  #wantsAnew: (() => void) | undefined;
  #countedAt = -Infinity;
  #wantsCount: (() => void) | undefined;
  #ended = false;
  /** The service has said in this lead whose feed it is. */
  #isNamed = false;

  constructor(replica: Replica, options: LeaderOptions) {
    this.#replica = replica;
    this.#options = options;
    const { feed, environment } = replica;
    const { store, tokens } = options;
    const more = () => ({ feed: replica.owner, offset: replica.clock.offset });
    this.#saver = store && new Saver(store, feed, more, () => options.onYield());
    // The feed's owner has to be certain: the user may have signed out while this page was put away.
    replica.onExpired = (changes) => void (this.#isNamed && this.#saver?.note(changes));
    this.#connection = new Connection(
      {
        address: () => this.#address(),
        tokens,
        clock: replica.clock,
        onFeed: (owner, token) => this.#isOwner(owner, token),
        onFrame: (frame) => (frame.type === "result" ? this.#result(frame) : this.#frame(frame as FeedFrame)),
        onStatus: (standing) => this.#stands(standing),
        isSeen: () => this.#isSeen(),
        // A tab that was heard of may have a token where this one has none.
        onLate: () => this.#alive.size > 0 && options.onYield(),
      },
      environment,
    );
    this.#welcome();
    this.#connection.connect();
  }

  ask(change: UserChange): void {
    this.#options.post({ type: "change", change });
  }

  async loadOlder(): Promise<void> {
    const { token } = this.#connection;
    if (token === null) throw offline();
    const { stream } = this.#options;
    const page = await readOlder(this.#replica.environment, stream, token, this.#replica.feed.items);
    if (!this.#ended) this.#frame({ type: "older", ...page });
  }

  reconnect(): void {
    this.#connection.connect();
  }

  renew(): void {
    this.#connection.renew();
  }

  told(event: "online" | "offline" | "visible"): void {
    this.#connection.told(event);
  }

  hear(message: Message, from: string): void {
    this.#alive.add(from);
    if (message.type === "hello") return this.#welcome(from, message.cursor);
    if (message.type === "seen") return this.#connection.seen(message.seq);
    if (message.type === "change") {
      this.#replica.changes.add(message.change, true);
      this.#replica.redraw();
      void this.#options.store?.keep?.([message.change], []).catch(() => {});
    } else if (message.type === "reconnect") this.#connection.connect();
    else if (message.type === "older")
      void this.loadOlder().catch((error: LiveError) => {
        const { status, code, message } = error;
        this.#options.post({ type: "failed", to: from, status, code, message });
      });
    else return;
    // A tab that asks learns that somebody leads, though the answer may take until there is a connection.
    this.#options.post({ type: "standing", standing: this.#replica.standing });
  }

  async end(forget: boolean): Promise<void> {
    this.#ended = true;
    this.#connection.close();
    this.#wantsAnew?.();
    this.#wantsCount?.();
    this.#replica.changes.disconnected();
    this.#replica.onExpired = () => {};
    await (forget ? this.#saver?.stop() : this.#saver?.finish());
  }

  /** In this tab or, `undefined`, perhaps in another. Without an endpoint nothing is pushed: nobody is asked. */
  #isSeen(): boolean | undefined {
    if (this.#replica.environment.visible()) return true;
    return this.#options.stream.searchParams.has("endpoint") && this.#alive.size > 0 ? undefined : false;
  }

  #address(): URL {
    const address = new URL(this.#options.stream);
    const { cursor } = this.#replica.feed;
    if (cursor !== null) address.searchParams.set("cursor", cursor);
    if (this.#options.top !== null) address.searchParams.set("top", `${this.#options.top}`);
    return address;
  }

  #welcome(to?: string, cursor?: string | null): void {
    const { feed, changes, owner, clock, rest, standing } = this.#replica;
    const position = cursor !== undefined && cursor === feed.cursor ? null : feed.position();
    const now = clock.isSure ? clock.now() : null;
    const user = userOf(this.#connection.token ?? "");
    const message = { position, standing, changes: changes.all, feed: owner, rest, now, user } as const;
    this.#options.post({ type: "welcome", ...message, ...(to !== undefined && { to }) });
  }

  #isOwner(owner: string, token: string): boolean {
    const { user } = this.#options;
    // The service hasn't named yet the feed to which this client's user belongs.
    if (this.#replica.owner === null && user !== null && userOf(token) !== user) return false;
    this.#replica.owner ??= owner;
    if (this.#replica.owner !== owner) return false;
    this.#replica.hidden = false;
    const { all } = this.#replica.changes;
    if (!this.#isNamed && all.length > 0) void this.#options.store?.keep?.(all, []).catch(() => {});
    this.#isNamed = true;
    return true;
  }

  #stands(standing: Standing): void {
    const { cause, state } = standing;
    if (state === "stopped" && (cause === "signed-out" || cause === "another-user" || cause === "token-mistake"))
      return this.#options.onStop(standing);
    this.#replica.stand(standing);
    if (state === "live") this.#replica.changes.connected(this.#connection.send);
    else this.#replica.changes.disconnected();
    this.#options.post({ type: "standing", standing });
  }

  #frame(frame: FeedFrame): boolean {
    const { feed } = this.#replica;
    const before = feed.seq;
    if (feed.more && this.#concernsOthers(frame)) this.#count();
    this.#options.post({ type: "frame", frame });
    if (frame.type === "reset") this.#saver?.reset();
    const changes = this.#replica.take(frame);
    this.#saver?.note(changes);
    if (!KNOWN.has(frame.type) && "seq" in frame) this.#meets((frame as FeedFrame).type);
    return feed.seq !== before;
  }

  /** Whether a frame changes items that aren't held, and so how many of them are unread. */
  #concernsOthers(frame: FeedFrame): boolean {
    if (frame.type === "readAll") return true;
    const { feed } = this.#replica;
    if (frame.type !== "notification") return "id" in frame && !feed.items.has(frame.id);
    const { id, createdDateTime, lastModifiedDateTime } = frame.notification;
    return !frame.replayed && createdDateTime !== lastModifiedDateTime && !feed.items.has(id);
  }

  /** Asks how many are unread. */
  #count(): void {
    const { environment } = this.#replica;
    this.#wantsCount ??= environment.after(Math.max(this.#countedAt + COUNT_EVERY - environment.elapsed(), 0), () => {
      this.#wantsCount = undefined;
      this.#countedAt = environment.elapsed();
      const { token } = this.#connection;
      // Without a connection the next `ready` says it.
      if (token === null) return;
      countUnread(environment, this.#options.stream, token).then(
        (unread) => this.#ended || this.#frame({ type: "count", unread }),
        () => {},
      );
    });
  }

  /** A frame of a later protocol changed something: the feed is read anew to learn what. */
  #meets(type: string): void {
    const { environment, feed } = this.#replica;
    if (this.#strange.has(type)) return;
    this.#strange.add(type);
    const wait = Math.max(this.#anewAt + ANEW - environment.elapsed(), 0);
    const anew = () => {
      this.#wantsAnew = undefined;
      this.#anewAt = environment.elapsed();
      this.#frame({ type: "reset" });
      feed.cursor = null;
      this.#connection.renew();
    };
    this.#wantsAnew ??= environment.after(wait, anew);
  }

  #allRead({ through = -1, unread = 0 }: Result, seq: number, cursor: string): void {
    this.#frame({ type: "readAll", seq, cursor, through, platform: null });
    this.#frame({ type: "count", unread });
  }

  /** The answer is all that the asker hears of its own change: the feed takes it like a frame. */
  #result(result: Result): boolean {
    const { changes } = this.#replica;
    const answered = changes.answer(result);
    if (!answered) return false;
    const { change, error, own } = answered;
    const { status, seq, cursor } = result;
    const { type, ref, since, ...states } = change;
    if (status === 404) this.#frame({ type: "gone", id: change.id });
    if (seq !== undefined && cursor !== undefined && status < 300) {
      if (type === "update") this.#frame({ type: "state", seq, cursor, ...states });
      else if (type === "answer")
        this.#frame({ type: "state", seq, cursor, id: change.id, ...ANSWERED, ...answerOf(result) });
      else if (type === "markAllRead") this.#allRead(result, seq, cursor);
      else this.#frame({ type: "removed", seq, cursor, id: change.id, reason: "deleted" });
    }
    const { through } = result;
    if (type === "markAllSeen" && through !== undefined) this.#frame({ type: "seenAll", through, platform: null });
    if (type === "markAllRead") changes.follow(this.#replica.feed.items, seq);
    void this.#options.store?.keep?.([], [ref]).catch(() => {});
    this.#options.post({ type: "result", result });
    this.#replica.redraw();
    // A change of an earlier visit, or of a tab that is gone, has nobody else to be told.
    if (error && (own || !this.#alive.has(ref.split(".")[0]!))) this.#replica.refused(change, error);
    return true;
  }
}

function answerOf({ answer }: Result): { answer?: Answer } {
  return answer ? { answer } : {};
}
