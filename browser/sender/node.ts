// `notifeed/send` in Node.

import type { NotificationRequest } from "../generated/types.ts";
import { init } from "../validator/node.ts";
import type { AskOptions, Outcome, SendOptions, Sent } from "./api.ts";
import { question } from "./ask.ts";
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

/**
 * Asks a person: sends a notification with `actions`, and waits for the one answer to it, from whichever device. A process
 * that begins anew asks with the same `appNotificationId`, and nobody is asked twice: that id is this one question for as
 * long as the service has it. When `timeout` is over the question is retracted.
 * @throws as {@link send}
 */
export async function ask(notification: NotificationRequest, options: AskOptions): Promise<Outcome> {
  await init();
  return question(notification, options);
}
