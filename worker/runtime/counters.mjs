// Counters since the runtime started, for the operator's monitoring.

import { uncopiedSince } from "../build/bindings.js";
import { run } from "./instance.mjs";

export const counters = {
  hubs_woken: 0,
  connections_opened: 0,
  connections_closed: 0,
  frames_sent: 0,
  copies_confirmed: 0,
  copies_failed: 0,
  pushes_tried: 0,
  rows_read: 0,
  rows_written: 0,
};

/** How long the oldest change waits that KV doesn't have, of all feeds in memory, in milliseconds. */
export function uncopiedFor() {
  const since = run(uncopiedSince);
  return Number.isNaN(since) ? 0 : Math.max(0, Date.now() - since);
}
