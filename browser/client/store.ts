// Where a feed is kept between two runs of the app.

import type { FeedNotification } from "../generated/types.ts";

/** A notification as it is held: `seq` is the change that brought it first. */
export interface Held {
  seq: number;
  notification: FeedNotification;
}

/** What is known of a feed at a change: the items, and where to go on. */
export interface Snapshot {
  items: Held[];
  /** The last change that is in `items`. */
  seq: number;
  cursor: string | null;
}

/** What became different since the last `save`. */
export interface Difference {
  /** Nothing that was saved before counts any more. */
  clear: boolean;
  put: Held[];
  /** Ids. */
  remove: string[];
  seq: number;
  cursor: string | null;
}

/** A place to keep one feed. */
export interface Store {
  /** What was saved last; `null`: nothing. */
  load(): Promise<Snapshot | null>;
  /**
   * Keeps a difference whole or not at all: items and cursor belong together. Never called twice at once. Rejects when
   * what it is a difference to isn't there any more; then all of it is saved next time.
   */
  save(difference: Difference): Promise<void>;
  /** Forgets everything. */
  forget(): Promise<void>;
}
