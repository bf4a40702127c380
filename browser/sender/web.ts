// `notifeed/send` in browsers and bundlers: the validator's wasm is fetched from beside this module, unless it is loaded already.

import type { NotificationRequest } from "../generated/types.ts";
import { init } from "../validator/web.ts";
import type { SendOptions, Sent } from "./api.ts";
import { post } from "./send.ts";

export * from "./exports.ts";

/**
 * Sends a notification: checked here first by the service's own validator, compressed, and sent again as long as that can
 * help. It can't arrive twice: what has no `appNotificationId` gets one.
 * @throws InvalidNotificationError before anything is sent, {@link SendError} when the service refuses it or can't be
 * reached, the signal's reason, what `token` throws, TypeError for options that can't be sent
 */
export async function send(notification: NotificationRequest, options: SendOptions): Promise<Sent> {
  await init();
  return post(notification, options);
}
