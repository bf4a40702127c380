// `notifeed/push`: this browser gets what is posted while no page is open. The other half is the app's service worker
// (`notifeed/push-worker`).

import type { Push, PushOptions } from "./api.ts";
import { BrowserPush } from "./push.ts";
import { surroundings } from "./surroundings.ts";

export type * from "./api.ts";
export { PushError } from "./api.ts";

/** Registers the service worker and finds out how it stands; it asks the person nothing. */
export function createPush(options: PushOptions): Push {
  return new BrowserPush(options, surroundings());
}
