// A double of the service: it speaks the live protocol (docs/live.md) and gives pages of the list. It can be told to
// refuse, to fall silent, to restart, to answer what it likes, and to name its time wrongly.

import { SUBSCRIPTION_ENDED } from "../../browser/generated/protocol.ts";
import type { ClientFrame, ErrorObject, FeedNotification, ServerFrame } from "../../browser/generated/types.ts";
import { allUpTo, type Entry, Feed, isLive, type Known, type Post } from "./feed.ts";
import type { Socket } from "./network.ts";
import type { World } from "./world.ts";

/** A connection lives at most an hour (docs/live.md); milliseconds. */
const LONGEST_LIFE = 3_600_000;
/** So many frames at once, and so many a second (docs/limits.md). */
const BURST = 500;
const PER_SECOND = 100;

const ISSUER = "https://login.example";

type Result = Extract<ServerFrame, { type: "result" }>;
type Asked = Extract<ClientFrame, { type: "update" | "delete" | "token" | "markAllRead" | "markAllSeen" | "answer" }>;

/** How the service answered a client's change for good. */
export interface Answered {
  user: string;
  ref: string;
  id: string;
  type: string;
  status: number;
  /** The change was made with what the client knew of the item. */
  hasSince: boolean;
}

export class Service {
  readonly world: World;
  readonly feeds: Map<string, Feed> = new Map();
  readonly connections: Set<Connection> = new Set();
  /** Connections that were begun, of all times. */
  readonly begun: { at: number; user: string | null; query: URLSearchParams; token: string }[] = [];
  readonly answered: Answered[] = [];
  /** New connections are closed with this; `null`: they are served. */
  refusal: { code: number; reason: string } | null = null;
  /** The users of subscriptions; `null`: it has ended. Any other counts for everybody. */
  readonly subscriptions: Map<string, string | null> = new Map();
  /** New connections hear nothing. */
  isSilent = false;
  /** Answers a frame before the service does; nothing: the service answers. */
  answer: (asked: Asked) => Partial<Result> | "nothing" | undefined = () => undefined;
  /** How the service tells its time. */
  tellTime: () => string = () => new Date(this.world.now).toISOString();
  /** The keys of the answers that won, by their items. */
  readonly keys: Map<string, string> = new Map();
  /** How often it was asked how many items are unread. */
  counts = 0;
  #tokens = 0;
  #ids = 0;

  constructor(world: World) {
    this.world = world;
  }

  feed(user: string): Feed {
    const feed = this.feeds.get(user) ?? new Feed(`digest-of-${user}`);
    this.feeds.set(user, feed);
    return feed;
  }

  /** A JWT, as an issuer would give it; each is another text. */
  token(
    user: string,
    { lives = 3_600_000, issued = this.world.now }: { lives?: number; issued?: number } = {},
  ): string {
    const [iat, exp] = [Math.floor(issued / 1000), Math.floor((issued + lives) / 1000)];
    const claims = { iss: ISSUER, sub: user, iat, exp, jti: ++this.#tokens };
    return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;
  }

  post(user: string, post: Post): FeedNotification {
    const feed = this.feed(user);
    const id = `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, "0")}`;
    const entry = feed.post(post, this.world.now, id);
    this.tell(feed, entry, true);
    return entry.item;
  }

  /** Another device of the user changes states. */
  change(user: string, id: string, states: { readState?: "read" | "unread"; userActionState?: "dismissed" }): void {
    const feed = this.feed(user);
    const changed = feed.setStates(feed.entries.get(id)!, states, this.world.now);
    if (changed) this.tell(feed, changed, false);
  }

  delete(user: string, id: string): void {
    const feed = this.feed(user);
    this.tell(feed, feed.delete(feed.entries.get(id)!), false);
  }

  /** An item is unread again, if its snooze is over. */
  wake(feed: Feed, id: string): void {
    const { now } = this.world;
    const entry = feed.entries.get(id);
    if (!entry || !isLive(entry, now) || !(Date.parse(entry.item.snoozedUntilDateTime ?? "") <= now)) return;
    this.tell(feed, feed.wake(entry, now), true);
  }

  /** The items of a user's feed, as its clients must show it, newest first. */
  items(user: string, platform: string = "windows"): FeedNotification[] {
    return this.feed(user)
      .live(this.world.now, platform)
      .map(({ item }) => item);
  }

  /** How many of them are unread and not dismissed. */
  unread(user: string, platform: string): number {
    return this.items(user, platform).filter(
      ({ readState, userActionState }) => readState === "unread" && userActionState !== "dismissed",
    ).length;
  }

  /** Every connection ends with this. */
  closeAll(code: number, reason: string = ""): void {
    for (const connection of this.connections) connection.close(code, reason);
  }

  /** Sends a frame as it is to all connections of a user. */
  say(user: string, frame: object | string): void {
    for (const connection of this.connections) if (connection.user === user) connection.say(frame);
  }

  tell(feed: Feed, entry: Entry, isContent: boolean, but?: Connection): void {
    for (const connection of this.connections) {
      if (connection === but || connection.feed !== feed || !connection.isLive) continue;
      const frame = feed.frame(entry, isContent, connection.platform, this.world.now);
      if (frame) connection.say(frame);
    }
  }

  accept(socket: Socket): void {
    const { searchParams: query } = socket.address;
    const token = socket.protocols.find((name) => name.startsWith("bearer."))?.slice("bearer.".length) ?? "";
    const holder = this.read(token);
    this.begun.push({ at: this.world.elapsed, user: holder?.user ?? null, query, token });
    if (this.isSilent) return;
    const connection = new Connection(this, socket, query, holder);
    socket.opened(connection);
    if (this.refusal) return connection.close(this.refusal.code, this.refusal.reason);
    if (!holder) return connection.close(4401, "InvalidAuthenticationToken");
    const subscriber = this.subscriptions.get(query.get("endpoint") ?? "");
    if (subscriber !== undefined && subscriber !== holder.user) return connection.close(4403, SUBSCRIPTION_ENDED);
    this.connections.add(connection);
    connection.greet();
  }

  /** The user of a token; `null`: nobody's, or it has ended. Opaque tokens are `opaque-{user}-…`. */
  read(token: string): { user: string; expires: number } | null {
    const opaque = /^opaque-([^-]+)-/.exec(token);
    if (opaque) return { user: opaque[1]!, expires: Infinity };
    try {
      const { iss, sub, exp } = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as {
        iss: string;
        sub: string;
        exp: number;
      };
      return iss === ISSUER && exp * 1000 > this.world.now ? { user: sub, expires: exp * 1000 } : null;
    } catch {
      return null;
    }
  }

  /** `GET /beta/me/notifications`, and its `$count` of what is unread. */
  list(address: URL, token: string): { status: number; body: unknown } {
    const holder = this.read(token);
    if (!holder) return { status: 401, body: {} };
    const platform = address.searchParams.get("platform")!;
    if (address.pathname.endsWith("/$count")) {
      this.counts += 1;
      return { status: 200, body: this.unread(holder.user, platform) };
    }
    const top = Number(address.searchParams.get("$top") ?? 20);
    const before = Number(address.searchParams.get("$skiptoken") ?? Infinity);
    const entries = this.feed(holder.user)
      .live(this.world.now, platform)
      .filter(({ ordinal }) => ordinal < before);
    const page = entries.slice(0, top);
    const value = page.map(({ item }) => item);
    if (entries.length <= top) return { status: 200, body: { value } };
    const next = new URL(address);
    next.searchParams.set("$skiptoken", `${page.at(-1)!.ordinal}`);
    return { status: 200, body: { value, "@odata.nextLink": next.href } };
  }
}

/** A connection, as the service has it. */
export class Connection {
  readonly #service: Service;
  readonly #socket: Socket;
  readonly #query: URLSearchParams;
  readonly user: string;
  readonly feed: Feed;
  readonly platform: string;
  isLive = false;
  /** Frames that the client sent. */
  readonly frames: ClientFrame[] = [];
  pings = 0;
  #budget = BURST;
  #budgetAt: number;
  #expiry: () => void = () => {};

  constructor(
    service: Service,
    socket: Socket,
    query: URLSearchParams,
    holder: { user: string; expires: number } | null,
  ) {
    this.#service = service;
    this.#socket = socket;
    this.#query = query;
    this.user = holder?.user ?? "";
    this.feed = service.feed(this.user);
    this.platform = query.get("platform") ?? "";
    this.#budgetAt = service.world.elapsed;
    if (holder) this.#live(holder.expires);
  }

  say(frame: object | string): void {
    this.#socket.deliver(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  close(code: number, reason: string = ""): void {
    this.left();
    this.#socket.end(code, reason);
  }

  /** The client has gone. */
  left(): void {
    this.#expiry();
    this.#service.connections.delete(this);
    this.isLive = false;
  }

  /** Tells whose feed it is, what the client missed, and that this was all. */
  greet(): void {
    const { world, tellTime } = this.#service;
    const { feed, platform } = this;
    this.say({ type: "feed", feed: feed.digest, now: tellTime() });
    const cursor = this.#query.get("cursor");
    const top = this.#query.get("top");
    const read = cursor === null ? null : feed.read(cursor);
    if (cursor !== null && !read) this.say({ type: "reset" });
    const known: Known = read ?? (top === null ? allUpTo(0) : feed.newest(Number(top), platform, world.now));
    const freshAt = known.newest?.began ?? (read ? null : feed.head);
    for (const frame of feed.replay(known, freshAt, platform, world.now)) this.say(frame);
    const from = known.newest?.from ?? 0;
    const more = known.newest !== null && feed.live(world.now, platform).some(({ ordinal }) => ordinal < from);
    this.say({
      ...{ type: "ready", cursor: feed.cursor(allUpTo(feed.head)), endpoint: null, resumed: read !== null },
      ...{ now: tellTime(), unread: this.#service.unread(this.user, platform), ...(more && { more }) },
      ...{ unseen: 0, seenThrough: feed.seen },
    });
    this.isLive = true;
  }

  receive(text: string): void {
    if (!this.#service.connections.has(this)) return;
    if (text === "ping") {
      this.pings += 1;
      return this.say("pong");
    }
    const frame = JSON.parse(text) as Asked | { type: "ack"; seq: number };
    this.frames.push(frame);
    if (!this.#hasBudget()) return this.close(4429, "Throttled");
    if (frame.type === "ack") return;
    const given = this.#service.answer(frame);
    if (given === "nothing") return;
    const result: Result = given
      ? { type: "result", ref: frame.ref, status: 200, ...given }
      : { type: "result", ref: frame.ref, ...this.#carryOut(frame) };
    if (frame.type !== "token" && result.status < 500 && result.status !== 406 && result.status !== 429) {
      const { user } = this;
      const { ref, type } = frame;
      const id = "id" in frame ? frame.id : "";
      const since = "since" in frame ? frame.since : undefined;
      this.#service.answered.push({ user, ref, id, type, status: result.status, hasSince: since !== undefined });
    }
    this.say(result);
  }

  #carryOut(frame: Asked): Omit<Result, "type" | "ref"> {
    const { world } = this.#service;
    if (frame.type === "token") {
      const holder = this.#service.read(frame.token);
      if (holder?.user !== this.user) return { status: 403, error: error("NotAuthorizedForUser") };
      this.#live(holder.expires);
      return { status: 200 };
    }
    if (frame.type === "markAllRead") return this.#readAll(frame.cursor);
    if (frame.type === "markAllSeen") return this.#seeAll(frame.cursor);
    const entry = this.feed.entries.get(frame.id);
    if (!entry || !isLive(entry, world.now)) return { status: 404, error: error("ItemNotFound") };
    if (frame.type === "answer") return this.#answer(entry, frame);
    if (frame.since !== undefined && (entry.seq > frame.since || frame.since > this.feed.head)) {
      const { readState, userActionState } = entry.item;
      return { status: 409, readState, userActionState, error: error("PreconditionFailed") };
    }
    const until = frame.type === "update" ? Date.parse(frame.snoozedUntilDateTime ?? "") : NaN;
    if (until <= world.now || until >= Date.parse(entry.item.expirationDateTime))
      return { status: 400, error: error("BadRequest") };
    const changed = frame.type === "delete" ? this.feed.delete(entry) : this.feed.setStates(entry, frame, world.now);
    if (changed) this.#service.tell(this.feed, changed, false, this);
    if (changed && until > world.now) world.after(until - world.now, () => this.#service.wake(this.feed, frame.id));
    const status = frame.type === "delete" ? 204 : 200;
    if (!changed || !this.isLive) return { status };
    return { status, seq: changed.seq, cursor: this.feed.cursor(allUpTo(changed.seq)) };
  }

  /** The first answer wins; its key once more is the same again. */
  #answer(entry: Entry, frame: Extract<Asked, { type: "answer" }>): Omit<Result, "type" | "ref"> {
    const { actionId, revision, key, text } = frame;
    const { item } = entry;
    const won = this.#service.keys.get(entry.item.id);
    if (item.answer && key !== undefined && won === key) return { status: 200, answer: item.answer };
    if (!item.payload.visualContent?.actions?.some(({ id }) => id === actionId))
      return { status: 400, error: error("BadRequest") };
    if (revision !== item.revision) return { status: 409, error: error("ContentChanged") };
    if (item.answer) return { status: 409, error: error("AlreadyAnswered") };
    const { now } = this.#service.world;
    const answer = { actionId, ...(text !== undefined && { text }), answeredDateTime: new Date(now).toISOString() };
    if (key !== undefined) this.#service.keys.set(item.id, key);
    const changed = this.feed.answer(entry, { ...answer, platform: "Windows" }, now);
    this.#service.tell(this.feed, changed, false, this);
    const status = { status: 200, answer: changed.item.answer! };
    return this.isLive ? { ...status, seq: changed.seq, cursor: this.feed.cursor(allUpTo(changed.seq)) } : status;
  }

  /** Reads all that the connection's platform receives, up to a cursor: each item by a number of its own. */
  #readAll(cursor: string | undefined): Omit<Result, "type" | "ref"> {
    const { feed, platform } = this;
    const { now } = this.#service.world;
    const through = cursor === undefined ? feed.head : feed.read(cursor)?.position;
    if (through === undefined) return { status: 410, error: error("SyncStateNotFound") };
    const unread = feed.live(now, platform).filter(({ seq, item }) => seq <= through && item.readState === "unread");
    const inOrder = unread.sort((one, other) => one.seq - other.seq);
    for (const entry of inOrder) feed.setStates(entry, { readState: "read" }, now);
    const counts = { through, unread: this.#service.unread(this.user, platform), unseen: 0 };
    if (inOrder.length === 0) return { status: 200, ...counts };
    const change = { seq: feed.head, cursor: feed.cursor(allUpTo(feed.head)) };
    const label = unread[0]!.item.targetPolicy.platformTypes.find((name) => name.toLowerCase() === platform) ?? null;
    for (const other of this.#service.connections)
      if (other !== this && other.feed === feed && other.isLive)
        other.say({ type: "readAll", ...change, through, platform: label });
    return { status: 200, ...counts, ...(this.isLive && change) };
  }

  /** Moves the mark of what is seen forward. */
  #seeAll(cursor: string | undefined): Omit<Result, "type" | "ref"> {
    const { feed, platform } = this;
    const through = cursor === undefined ? feed.head : feed.read(cursor)?.position;
    if (through === undefined) return { status: 410, error: error("SyncStateNotFound") };
    feed.seen = Math.max(feed.seen, through);
    for (const other of this.#service.connections)
      if (other !== this && other.feed === feed && other.isLive)
        other.say({ type: "seenAll", through, platform: null });
    return { status: 200, through, unread: this.#service.unread(this.user, platform), unseen: 0 };
  }

  #hasBudget(): boolean {
    const { elapsed } = this.#service.world;
    this.#budget = Math.min(BURST, this.#budget + ((elapsed - this.#budgetAt) * PER_SECOND) / 1000) - 1;
    this.#budgetAt = elapsed;
    return this.#budget >= 0;
  }

  /** Lets the connection live as long as its token, and an hour at most. */
  #live(expires: number): void {
    this.#expiry();
    const { world } = this.#service;
    const life = Math.min(expires - world.now, LONGEST_LIFE);
    this.#expiry = world.after(life, () => this.close(4401, "InvalidAuthenticationToken"));
  }
}

function error(code: ErrorObject["code"]): ErrorObject {
  return {
    code,
    message: "It can't be done.",
    innerError: { date: "", "request-id": "", "client-request-id": "" },
    details: [],
  };
}
