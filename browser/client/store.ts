// The store of a feed between two runs of the app.

import type { Answer, FeedNotification, ReadState, UserActionState } from "../generated/types.ts";

/** A notification as it is held. */
export interface Held {
  /** The change that brought it first; -1: a page of the list did. */
  seq: number;
  /** Its last change, where that is known. */
  last?: number;
  notification: FeedNotification;
}

/** A feed as it is known at a change: the items, and where to go on. */
export interface Snapshot {
  items: Held[];
  /** The last change that is in `items`. */
  seq: number;
  cursor: string | null;
  /** The feed's name, as the service says it; `null`: it hasn't. */
  feed?: string | null;
  /** The feed has older items than these. */
  more?: boolean;
  /** How far the service's clock was ahead of the device's, in milliseconds. */
  offset?: number;
  /** Changes of the user that the service hasn't answered. */
  changes?: UserChange[];
}

/** A change of the user: it is kept until the service has answered. */
export interface UserChange {
  /** Its own name, at most 64 characters. */
  ref: string;
  type: "update" | "delete" | "markAllRead" | "markAllSeen" | "answer";
  /** The item; empty: all of them. */
  id: string;
  readState?: ReadState;
  userActionState?: UserActionState;
  snoozedUntilDateTime?: string;
  /** With `answer`: as it is shown, and the revision that the user saw. */
  answer?: Answer & { revision: number };
  /** With `markAllRead` and `markAllSeen`: where the feed was when the user asked, and its last change then. */
  cursor?: string;
  through?: number;
  /** The item's last change that the user could know of. */
  since?: number;
}

/** The difference to the last `save`. */
export interface Difference {
  /** Nothing that was saved before counts any more. */
  clear: boolean;
  put: Held[];
  /** Ids. */
  remove: string[];
  seq: number;
  cursor: string | null;
  feed: string | null;
  more: boolean;
  offset: number;
}

/** A save came too late: another tab leads by now. */
export class Overtaken extends Error {}

/** A place to keep one feed. */
export interface Store {
  /** Gives what was saved last; `null`: nothing. */
  load(): Promise<Snapshot | null>;
  /**
   * Keeps a difference whole or not at all: items and cursor belong together. Never called twice at once. Rejects when
   * what it is a difference to isn't there any more; then all of it is saved next time.
   */
  save(difference: Difference): Promise<void>;
  /** Keeps changes that aren't answered, for `load`, and drops others by their `ref`. Without it they are kept for this visit. */
  keep?(put: UserChange[], drop: string[]): Promise<void>;
  /** Forgets everything. */
  forget(): Promise<void>;
}
