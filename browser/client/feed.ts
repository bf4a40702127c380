// The feed as one client knows it: what the frames that arrived make of it. No I/O, no clock.

import type { FeedNotification, ReadState, RemovalReason, ServerFrame, UserActionState } from "../generated/types.ts";
import type { Held, Snapshot } from "./store.ts";

/**
 * What changes the feed: the server's frames, and what the answer to a request of ours says: a change of states in which
 * what isn't named stays, or that the item is gone.
 */
export type FeedFrame =
  | Exclude<ServerFrame, { type: "feed" | "result" }>
  | { type: "state"; seq: number; cursor: string; id: string; readState?: ReadState; userActionState?: UserActionState }
  | { type: "gone"; id: string };

/** What a frame changed. `known`: nothing, but the notification was met again when the feed was read anew. */
export type Change =
  | { type: "notification" | "state" | "known"; held: Held; replayed: boolean }
  | { type: "removed"; held: Held; reason: RemovalReason | "expired" | "reset" };

/** A snapshot that another client goes on from. */
export interface Position extends Snapshot {
  /** Ids of what was there before a reset and hasn't been met again; `null`: the feed isn't being read anew. */
  unmet: string[] | null;
}

export class Feed {
  readonly items: Map<string, Held> = new Map();
  cursor: string | null = null;
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
        this.cursor = null;
        this.#unmet = new Set(this.items.keys());
        return [];
      case "ready":
        this.cursor = frame.cursor;
        return this.#dropUnmet();
      case "gone":
        return this.#remove(frame.id, "deleted");
      case "seenAll":
        return []; // No notification has changed.
    }
    if (!(frame.seq > this.#seq)) return [];
    const changes = this.#change(frame);
    this.#seq = frame.seq;
    this.cursor = frame.cursor;
    return changes;
  }

  /** Makes the feed the same as another one, and says what that changed. */
  adopt({ items, seq, cursor, unmet }: Position): Change[] {
    this.#unmet = new Set(this.items.keys());
    const changes = items.map((held) => this.#put(held, true)).concat(this.#dropUnmet());
    this.#seq = seq;
    this.cursor = cursor;
    this.#unmet = unmet && new Set(unmet);
    return changes;
  }

  position(): Position {
    const unmet = this.#unmet && [...this.#unmet];
    return { items: [...this.items.values()], seq: this.#seq, cursor: this.cursor, unmet };
  }

  /** What has expired at `now` (milliseconds since 1970) leaves: at its instant it is gone. */
  expire(now: number): Change[] {
    const expired = [...this.items.keys()].filter((id) => this.#expiration(id) <= now);
    return expired.flatMap((id) => this.#remove(id, "expired"));
  }

  /** When the next notification expires: milliseconds since 1970, Infinity when none will. */
  nextExpiration(): number {
    let next = Infinity;
    for (const id of this.items.keys()) next = Math.min(next, this.#expiration(id));
    return next;
  }

  /** The notifications, newest first, as the service lists them. */
  newestFirst(): FeedNotification[] {
    return [...this.items.values()]
      .map(({ seq, notification }) => ({ seq, notification, created: Date.parse(notification.createdDateTime) }))
      .sort((a, b) => b.created - a.created || b.seq - a.seq)
      .map(({ notification }) => notification);
  }

  #change(frame: Extract<FeedFrame, { seq: number }>): Change[] {
    switch (frame.type) {
      case "notification":
        return [this.#put({ seq: frame.seq, notification: frame.notification }, frame.replayed)];
      case "state":
        return this.#setStates(frame);
      case "removed":
        return this.#remove(frame.id, frame.reason);
      default:
        return []; // A later protocol's: its seq counts, the rest isn't for us.
    }
  }

  #expiration(id: string): number {
    return Date.parse(this.items.get(id)!.notification.expirationDateTime);
  }

  #put(held: Held, replayed: boolean): Change {
    const { id } = held.notification;
    const before = this.items.get(id);
    const met = this.#unmet?.delete(id);
    this.items.set(id, before && !met ? { ...held, seq: before.seq } : held);
    const now = this.items.get(id)!;
    // After a replay that was cut off, or when the feed is read anew, what is known comes again: that is no news.
    const known = replayed && before && content(before.notification) === content(held.notification);
    if (!known) return { type: "notification", held: now, replayed };
    const same =
      before.notification.readState === held.notification.readState &&
      before.notification.userActionState === held.notification.userActionState;
    return { type: same ? "known" : "state", held: now, replayed };
  }

  #setStates({ id, readState, userActionState }: Extract<FeedFrame, { type: "state" }>): Change[] {
    const before = this.items.get(id);
    if (!before) return [];
    this.#unmet?.delete(id);
    const notification = {
      ...before.notification,
      readState: readState ?? before.notification.readState,
      userActionState: userActionState ?? before.notification.userActionState,
    };
    const held = { ...before, notification };
    this.items.set(id, held);
    return [{ type: "state", held, replayed: false }];
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

/** All that an app posted of a notification, comparable: neither its states nor the seconds that are left of it. */
function content(notification: FeedNotification): string {
  const { readState, userActionState, displayTimeToLive, lastModifiedDateTime, ...posted } = notification;
  return JSON.stringify(posted);
}
