// The feed of one user as the double of the service keeps it, by the rules of the Hub (ARCHITECTURE "Sequence, resume,
// delta"): every change gives its item the next number.

import type {
  Answer,
  FeedNotification,
  ReadState,
  ServerFrame,
  UserActionState,
} from "../../browser/generated/types.ts";

export interface Entry {
  item: FeedNotification;
  /** The number of its last change. */
  seq: number;
  /** The number of its content. */
  contentSeq: number;
  /** Its place in the list; for its whole life. */
  ordinal: number;
  deleted: boolean;
  /** Platforms that any revision of it was for, in lower case. */
  reached: Set<string>;
}

export interface Post {
  title: string;
  /** Milliseconds from now on. */
  lives?: number;
  platforms?: FeedNotification["targetPolicy"]["platformTypes"];
  /** The ids of actions, by which it can be answered. */
  actions?: string[];
  /** The app's own id: where it is taken, the item is replaced. */
  key?: string | null;
}

/** The part of a feed that a client knows, as its cursor says (src/feed/cursor.rs). */
export interface Known {
  position: number;
  content: number;
  /** Present where it asked for the newest items: the place of the oldest of them, and the last change when it asked. */
  newest: { from: number; began: number } | null;
}

const WEEK = 604_800_000;

export class Feed {
  /** How the service names it. */
  readonly digest: string;
  epoch: string;
  head = 0;
  /** Up to where everything is seen. */
  seen = 0;
  readonly entries: Map<string, Entry> = new Map();
  #createdAt = 0;
  #ordinals = 0;

  constructor(digest: string) {
    this.digest = digest;
    this.epoch = `${digest}-1`;
  }

  /** The live items, newest first. */
  live(now: number, platform: string | null = null): Entry[] {
    return [...this.entries.values()]
      .filter((entry) => isLive(entry, now) && (platform === null || aims(entry, platform)))
      .sort((one, other) => other.ordinal - one.ordinal);
  }

  /** Posts, or replaces the item that has the key. */
  post({ title, lives = WEEK, platforms = ["Windows"], key = null, actions }: Post, now: number, id: string): Entry {
    const taken = key === null ? undefined : this.live(now).find(({ item }) => item.appNotificationId === key);
    // No two items are of the same instant, so that their order is the same everywhere.
    this.#createdAt = Math.max(this.#createdAt + 1, now);
    const time = new Date(this.#createdAt).toISOString();
    const seq = ++this.head;
    const item: FeedNotification = {
      id: taken?.item.id ?? id,
      createdDateTime: taken?.item.createdDateTime ?? time,
      lastModifiedDateTime: time,
      expirationDateTime: new Date(now + lives).toISOString(),
      displayTimeToLive: null,
      readState: "unread",
      userActionState: "noInteraction",
      status: taken ? "updated" : "active",
      appNotificationId: key,
      targetHostName: "notify.example",
      groupName: null,
      priority: "High",
      payload: { visualContent: { title, ...(actions && { actions: actions.map((id) => ({ id, title: id })) }) } },
      targetPolicy: { platformTypes: platforms },
      fallbackPolicy: null,
      ...(actions && { revision: (taken?.item.revision ?? 0) + 1 }),
    };
    const reached = new Set([...(taken?.reached ?? []), ...platforms.map((platform) => platform.toLowerCase())]);
    const ordinal = taken?.ordinal ?? ++this.#ordinals;
    const entry = { item, seq, contentSeq: seq, ordinal, deleted: false, reached };
    this.entries.set(item.id, entry);
    return entry;
  }

  /** @returns null: they were so already */
  setStates(
    entry: Entry,
    states: {
      readState?: ReadState | undefined;
      userActionState?: UserActionState | undefined;
      snoozedUntilDateTime?: string | undefined;
    },
    now: number,
  ): Entry | null {
    const { snoozedUntilDateTime: before, ...others } = entry.item;
    const readState = states.readState ?? others.readState;
    const userActionState = states.userActionState ?? others.userActionState;
    const until = states.userActionState ? states.snoozedUntilDateTime : before;
    if (readState === others.readState && userActionState === others.userActionState && until === before) return null;
    const snooze = until === undefined ? {} : { snoozedUntilDateTime: until };
    const lastModifiedDateTime = new Date(now).toISOString();
    return this.#change({ ...entry, item: { ...others, readState, userActionState, lastModifiedDateTime, ...snooze } });
  }

  /** A snooze is over: the item is unread, and told like new content. */
  wake(entry: Entry, now: number): Entry {
    const states = { readState: "unread", userActionState: "noInteraction" } as const;
    const woken = this.setStates(entry, states, now)!;
    woken.contentSeq = woken.seq;
    return woken;
  }

  answer(entry: Entry, answer: Answer, now: number): Entry {
    const states = { readState: "read", userActionState: "activated" } as const;
    const { snoozedUntilDateTime, ...others } = entry.item;
    const item = { ...others, ...states, answer, lastModifiedDateTime: new Date(now).toISOString() };
    return this.#change({ ...entry, item });
  }

  delete(entry: Entry): Entry {
    return this.#change({ ...entry, deleted: true });
  }

  /** Begins anew, as after a restore from a backup: numbers start again. */
  renew(): void {
    this.epoch = `${this.digest}-${Number(this.epoch.split("-").pop()) + 1}`;
    const entries = [...this.entries.values()].sort((one, other) => one.seq - other.seq);
    this.head = this.seen = 0;
    for (const entry of entries) {
      const seq = ++this.head;
      this.entries.set(entry.item.id, { ...entry, seq, contentSeq: seq });
    }
  }

  cursor(known: Known): string {
    const { position, content, newest } = known;
    return JSON.stringify([this.epoch, position, content, newest]);
  }

  /** @returns what the cursor says; `null`: it isn't of this feed */
  read(cursor: string): Known | null {
    try {
      const [epoch, position, content, newest] = JSON.parse(cursor) as [string, number, number, Known["newest"]];
      return epoch === this.epoch && position <= this.head ? { position, content, newest } : null;
    } catch {
      return null;
    }
  }

  /** The knowledge of a client that asks for the newest items. */
  newest(top: number, platform: string, now: number): Known {
    const entries = this.live(now, platform).slice(0, top);
    if (entries.length < top) return { position: 0, content: 0, newest: null };
    const first = Math.min(...entries.map(({ seq }) => seq));
    return { position: first - 1, content: 0, newest: { from: entries.at(-1)!.ordinal, began: this.head } };
  }

  /** Everything that a client isn't told yet, in the order of its changes. */
  replay(before: Known, freshAt: number | null, platform: string, now: number): ServerFrame[] {
    const frames: ServerFrame[] = [];
    let known = before;
    for (const entry of [...this.entries.values()].sort((one, other) => one.seq - other.seq)) {
      if (entry.seq <= known.position) continue;
      const isOlder = known.newest !== null && entry.ordinal < known.newest.from;
      const content = isOlder ? known.newest!.began : known.content;
      const isKnown = isOlder && entry.seq <= known.newest!.began;
      const isFresh = freshAt !== null && entry.seq <= freshAt;
      known = { ...known, position: entry.seq };
      if (isKnown || (isFresh && !isLive(entry, now))) continue;
      const frame = this.#tell(entry, entry.contentSeq > content, this.cursor(known), true, platform, now);
      if (frame) frames.push(frame);
    }
    return frames;
  }

  /** A change as it happens, for a client that knows all before it. */
  frame(entry: Entry, isContent: boolean, platform: string, now: number): ServerFrame | null {
    return this.#tell(entry, isContent, this.cursor(allUpTo(entry.seq)), false, platform, now);
  }

  #tell(
    entry: Entry,
    isContent: boolean,
    cursor: string,
    replayed: boolean,
    platform: string,
    now: number,
  ): ServerFrame | null {
    const { seq, item } = entry;
    const { id, readState, userActionState, answer, snoozedUntilDateTime: until } = item;
    if (isLive(entry, now) && aims(entry, platform)) {
      if (isContent) return { type: "notification", seq, cursor, replayed, notification: item };
      const more = { ...(answer && { answer }), ...(until !== undefined && { snoozedUntilDateTime: until }) };
      return { type: "state", seq, cursor, id, readState, userActionState, ...more };
    }
    if (!entry.reached.has(platform)) return null;
    if (entry.deleted) return { type: "removed", seq, cursor, id, reason: "deleted" };
    if (!isContent || item.status !== "updated") return null;
    return { type: "removed", seq, cursor, id, reason: aims(entry, platform) ? "deleted" : "retargeted" };
  }

  #change(entry: Entry): Entry {
    const changed = { ...entry, seq: ++this.head };
    this.entries.set(entry.item.id, changed);
    return changed;
  }
}

export function allUpTo(seq: number): Known {
  return { position: seq, content: seq, newest: null };
}

export function isLive({ deleted, item }: Entry, now: number): boolean {
  return !deleted && Date.parse(item.expirationDateTime) > now;
}

function aims({ item }: Entry, platform: string): boolean {
  return item.targetPolicy.platformTypes.some((type) => type.toLowerCase() === platform);
}
