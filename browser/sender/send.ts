// The sender: it brings a notification to the service also over an unreliable network. Mistakes in the notification are
// reported before it is sent.

import type { NotificationRequest, SentNotification } from "../generated/types.ts";
import { validate } from "../validator/validator.ts";
import { InvalidNotificationError, type SendOptions, type Sent } from "./api.ts";
import { bodyOf } from "./body.ts";
import { exchange } from "./service.ts";

/**
 * Sends a notification, by a validator that is loaded. `createOnly`: one of its `appNotificationId` that is on the feed
 * already stays as it is.
 * @throws as the entries' `send`
 */
export async function post(
  notification: NotificationRequest,
  options: SendOptions,
  createOnly: boolean = false,
): Promise<Sent> {
  const appNotificationId = notification.appNotificationId ?? crypto.randomUUID();
  const text = JSON.stringify({ ...notification, appNotificationId });
  const verdict = validate(text, options.policy && { policy: options.policy });
  if (!verdict.ok) throw new InvalidNotificationError(verdict);
  const { bytes, headers } = await bodyOf(text);
  const answer = await exchange(
    {
      method: "POST",
      headers: createOnly ? { ...headers, "If-None-Match": "*" } : headers,
      body: bytes,
      expects: [200, 201],
      isAnswer: (json) => typeof (json as SentNotification | undefined)?.id === "string",
      appNotificationId,
    },
    options,
  );
  return {
    status: answer.status as 200 | 201,
    notification: answer.json as SentNotification,
    location: answer.headers.get("Location") ?? "",
    requestId: answer.headers.get("request-id"),
    appNotificationId,
    warnings: verdict.warnings,
    attempts: answer.attempts,
  };
}
