// The client that the inbox shows, with members that not every client has.

import type { LiveClient } from "../client/api.ts";

/** A client that may hold only the newest part of its feed, keep changes across visits, and know the service's clock. */
export type InboxClient = LiveClient & {
  /** Whether the service has older notifications than `items`, which `loadOlder` gets. */
  readonly more?: boolean;
  loadOlder?(): Promise<unknown>;
  /** Milliseconds since 1970. */
  now?(): number;
  /** A change was refused, of this visit or of an earlier one. */
  on(type: "refused", listener: (event: { error: unknown }) => void): () => void;
};
