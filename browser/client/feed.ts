// The feed as one client knows it: what the frames that arrived make of it. No I/O, no clock.

import type {
  Answer,
  FeedNotification,
  ReadState,
  RemovalReason,
  ServerFrame,
  UserActionState,
} from "../generated/types.ts";
import type { StateChange } from "./api.ts";
import type { Held, Snapshot } from "./store.ts";

/**
 * Frames that change the feed: the server's, and what the answer to a request of ours says: a change of states in which
 * what isn't named stays, or that the item is gone.
 */
export type FeedFrame =
  | Exclude<ServerFrame, { type: "feed" | "result" }>
  | {
      type: "state";
      seq: number;
      cursor: string;
      id: string;
      readState?: ReadState;
      userActionState?: UserActionState;
      answer?: Answer;
      snoozedUntilDateTime?: string;
    }
  | { type: "gone"; id: string }
  /** Older items, by a page of the list. */
  | { type: "older"; notifications: FeedNotification[]; more: boolean }
  /** How many items are unread and not dismissed, of all that the feed has. */
  | { type: "count"; unread: number };

/** A change that a frame made. `known`: nothing, but the notification was met again when the feed was read anew. */
export type Change =
  | { type: "notification" | "state" | "known"; held: Held; replayed: boolean }
  | { type: "removed"; held: Held; reason: RemovalReason | "expired" | "reset" };

/** A snapshot that another client goes on from. */
export interface Position extends Snapshot {
  /** The ids of items from before a reset that the replay hasn't brought again yet; `null`: no reset is in progress. */
  unmet: string[] | null;
  /** The feed has older items than these. */
  more: boolean;
  /** The number up to which a person has looked at everything. */
  seen: number | null;
}

export class Feed {
  readonly items: Map<string, Held> = new Map();
  cursor: string | null = null;
  /** Whether the feed has older items than `items`. */
  more = false;
  /** The number up to which a person has looked at everything; `null`: not known yet. */
  seen: number | null = null;
  #seq = -1;
  #unmet: Set<string> | null = null;

  /** The last change that is in `items`; -1: none. */
  get seq(): number {
    return this.#seq;
  }

  /** The ids of what is certainly there: all, but what a reset left behind and hasn't been met again. */
  met(): string[] {
    return [...this.items.keys()].filter((id) => !this.#unmet?.has(id));
  }

  /** Takes a frame in. A change that isn't beyond the last one is known already: nothing happens. */
  take(frame: FeedFrame): Change[] {
    switch (frame.type) {
      case "reset":
        this.#seq = -1;
        this.seen = this.cursor = null;
        this.#unmet = new Set(this.items.keys());
        return [];
      case "ready":
        this.cursor = frame.cursor;
        this.seen = frame.seenThrough;
        // A connection that goes on with a replay of the newest items, which broke off, says it too.
        this.more = frame.more ?? (frame.resumed && this.more);
        return this.#dropUnmet();
      case "older":
        this.more = frame.more;
        return frame.notifications.flatMap((notification) =>
          isUsable(notification) && !this.items.has(notification.id)
            ? [this.#put({ seq: -1, notification }, true)]
            : [],
        );
      case "gone":
        return this.#remove(frame.id, "deleted");
      case "seenAll":
        this.seen = Math.max(this.seen ?? 0, frame.through);
        return []; // No notification has changed.
      case "count":
        return [];
    }
    if (!(frame.seq > this.#seq)) return [];
    const changes = this.#change(frame);
    this.#seq = frame.seq;
    this.cursor = frame.cursor;
    return changes;
  }

  /** Makes the feed the same as another one, and says what that changed. */
  adopt({ items, seq, cursor, unmet, more, seen }: Position): Change[] {
    this.#unmet = new Set(this.items.keys());
    const usable = items.filter((held) => isUsable(held?.notification));
    const changes = usable.map((held) => this.#put(held, true)).concat(this.#dropUnmet());
    this.more = more;
    this.seen = seen;
    this.#seq = seq;
    this.cursor = cursor;
    this.#unmet = unmet && new Set(unmet);
    return changes;
  }

  position(): Position {
    const unmet = this.#unmet && [...this.#unmet];
    return {
      items: [...this.items.values()],
      seq: this.#seq,
      cursor: this.cursor,
      unmet,
      more: this.more,
      seen: this.seen,
    };
  }

  /** Items that have expired at `now` (milliseconds since 1970) leave: at its instant an item is gone. */
  expire(now: number): Change[] {
    const expired = [...this.items.values()].filter((held) => expirationOf(held.notification) <= now);
    return expired.flatMap((held) => this.#remove(held.notification.id, "expired"));
  }

  /** When the next notification expires after `now`: milliseconds since 1970, Infinity when none will. */
  nextExpiration(now: number): number {
    const ends = [...this.items.values()].map(({ notification }) => expirationOf(notification));
    return Math.min(...ends.filter((end) => end > now));
  }

  /** The notifications, newest first, as the service lists them. */
  newestFirst(): FeedNotification[] {
    return [...this.items.values()]
      .map(({ seq, notification }) => ({ seq, notification, created: Date.parse(notification.createdDateTime) || 0 }))
      .sort((a, b) => b.created - a.created || b.seq - a.seq)
      .map(({ notification }) => notification);
  }

  #change(frame: Extract<FeedFrame, { seq: number }>): Change[] {
    switch (frame.type) {
      case "notification":
        if (!isUsable(frame.notification)) return [];
        return [this.#put({ seq: frame.seq, last: frame.seq, notification: frame.notification }, frame.replayed)];
      case "state":
        return this.#setStates(frame);
      case "readAll":
        return this.#readAll(frame);
      case "removed":
        return this.#remove(frame.id, frame.reason);
      default:
        return []; // A frame of a later protocol: its seq is taken, the rest is ignored.
    }
  }

  #put(held: Held, replayed: boolean): Change {
    const { id } = held.notification;
    const before = this.items.get(id);
    const met = this.#unmet?.delete(id);
    // After an interrupted replay, or during a reset, known items arrive again: no event is emitted for them.
    const known = replayed && before && content(before.notification) === content(held.notification);
    const same =
      known &&
      before.notification.readState === held.notification.readState &&
      before.notification.userActionState === held.notification.userActionState &&
      before.notification.snoozedUntilDateTime === held.notification.snoozedUntilDateTime &&
      JSON.stringify(before.notification.answer) === JSON.stringify(held.notification.answer);
    const now = {
      ...held,
      seq: before && !met ? before.seq : held.seq,
      notification: same ? before.notification : held.notification,
    };
    this.items.set(id, now);
    if (!known) return { type: "notification", held: now, replayed };
    return { type: same ? "known" : "state", held: now, replayed };
  }

  #setStates(frame: Extract<FeedFrame, { type: "state" }>): Change[] {
    const { id, seq, answer } = frame;
    const before = this.items.get(id);
    if (!before) return [];
    this.#unmet?.delete(id);
    const notification = {
      ...withStates(before.notification, frame),
      ...(answer && { answer }),
    };
    const held = { ...before, last: seq, notification };
    this.items.set(id, held);
    return [{ type: "state", held, replayed: false }];
  }

  /** The items that were unread and hadn't changed since, of those that a platform receives. */
  #readAll({ seq, cursor, through, platform }: Extract<FeedFrame, { type: "readAll" }>): Change[] {
    const read = [...this.items.values()].filter(
      ({ last = -1, notification: { readState, targetPolicy } }) =>
        readState === "unread" && last <= through && (!platform || targetPolicy.platformTypes.includes(platform)),
    );
    return read.flatMap(({ notification: { id } }) =>
      this.#setStates({ type: "state", seq, cursor, id, readState: "read" }),
    );
  }

  #remove(id: string, reason: RemovalReason | "expired" | "reset"): Change[] {
    const held = this.items.get(id);
    if (!held) return [];
    this.items.delete(id);
    return [{ type: "removed", held, reason }];
  }

  #dropUnmet(): Change[] {
    const unmet = [...(this.#unmet ?? [])];
    this.#unmet = null;
    return unmet.flatMap((id) => this.#remove(id, "reset"));
  }
}

/** A notification with other states; what isn't named stays. A snooze ends with its state. */
export function withStates(notification: FeedNotification, change: StateChange): FeedNotification {
  const { snoozedUntilDateTime: until, ...others } = notification;
  const {
    readState = others.readState,
    userActionState,
    snoozedUntilDateTime = userActionState ? undefined : until,
  } = change;
  return {
    ...others,
    readState,
    userActionState: userActionState ?? others.userActionState,
    ...(snoozedUntilDateTime && { snoozedUntilDateTime }),
  };
}

/** All that an app posted of a notification, comparable: neither its states nor the seconds that are left of it. */
function content(notification: FeedNotification): string {
  const {
    readState,
    userActionState,
    answer,
    snoozedUntilDateTime,
    displayTimeToLive,
    lastModifiedDateTime,
    ...posted
  } = notification;
  return JSON.stringify(posted);
}

/** When it leaves; what can't be read as a time never does. */
export function expirationOf({ expirationDateTime }: FeedNotification): number {
  const time = Date.parse(expirationDateTime);
  return Number.isNaN(time) ? Infinity : time;
}

/** Whether apps can show it: what is stored may be damaged, and a newer service may send what isn't known here. */
function isUsable(notification: unknown): boolean {
  const { id, payload } = (notification ?? {}) as Partial<FeedNotification>;
  return typeof id === "string" && typeof payload === "object" && payload !== null;
}
