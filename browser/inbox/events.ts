// The element's events, which bubble out of shadow trees too.

import type { FeedNotification } from "../generated/types.ts";

export interface InboxEvents {
  /** A person follows a notification. */
  "notifeed-activate": CustomEvent<FeedNotification>;
  /** A person answers one. */
  "notifeed-answer": CustomEvent<{ notification: FeedNotification; action: string; text: string }>;
  /** A person waves one away. */
  "notifeed-dismiss": CustomEvent<FeedNotification>;
  /** The panel has opened or closed. */
  "notifeed-toggle": CustomEvent<null>;
  /** A change was refused and taken back: a `LiveError`. */
  "notifeed-error": CustomEvent<unknown>;
}

declare global {
  interface HTMLElementEventMap extends InboxEvents {}
}
