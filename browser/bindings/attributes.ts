// The attributes of `<notifeed-inbox>` in templates.

import type { LiveClient } from "../client/api.ts";
import type { Labels } from "../inbox/labels.ts";

/** Its properties (docs/inbox.md). */
export interface InboxProperties {
  client?: LiveClient | null | undefined;
  labels?: Partial<Labels> | null | undefined;
  clock?: (() => number) | null | undefined;
  open?: boolean | undefined;
  inline?: boolean | undefined;
  hideRaw?: boolean | undefined;
  showDismissed?: boolean | undefined;
  tabs?: string | boolean | null | undefined;
}
