// Older notifications, which the first visit left at the service: a page at a time, for whoever scrolls down to them.

import type { LiveClient } from "../client/api.ts";

export class Older {
  /** A page is on its way. */
  loading = false;
  /** Whether scrolling loads: not after a page that failed or showed nothing, else it would go on by itself. */
  scrolls = true;

  /** @param asked by a person, not by scrolling */
  mayLoad(asked: boolean): boolean {
    return !this.loading && (asked || this.scrolls);
  }

  async load(client: LiveClient): Promise<void> {
    this.loading = true;
    // Without a connection the notice says so, and the button stays.
    await client.loadOlder().catch(() => {});
    this.loading = false;
  }
}
