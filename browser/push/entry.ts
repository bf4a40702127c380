// `notifeed/push`: this browser gets what is posted while no page is open. The other half is the app's service worker
// (`notifeed/push-worker`).

import type { Push, PushOptions } from "./api.ts";
import { pushOf } from "./push.ts";
import { surroundings } from "./surroundings.ts";

export type * from "./api.ts";
export { PushError } from "./api.ts";
export { follow } from "./shown.ts";

/** Finds out how it stands; it asks the person nothing. */
export function createPush(options: PushOptions): Push {
  return pushOf(options, surroundings());
}
