// Asking a person: a notification with actions, and the one answer to it.

import type { NotificationRequest } from "../generated/types.ts";
import { type AskOptions, type Outcome, type Read, SendError, type SendOptions } from "./api.ts";
import { post } from "./send.ts";
import { changes, read, retract, wait } from "./sent.ts";

/**
 * Asks, by a validator that is loaded.
 * @throws as the entries' `ask`
 */
export async function question(notification: NotificationRequest, options: AskOptions): Promise<Outcome> {
  const { timeout, ...others } = options;
  const deadline = Date.now() + (timeout ?? Infinity);
  const earlier = await endedBefore(notification.appNotificationId, others);
  if (earlier) return earlier;
  const { notification: sent, appNotificationId } = await post(notification, others, true);
  const { id } = sent;
  const found = await wait(id, { ...others, timeout: deadline - Date.now() });
  return (found && outcomeOf(found, appNotificationId)) ?? takeBack(id, appNotificationId, others);
}

/** The outcome of a question of that id which has ended: it is not asked again. */
async function endedBefore(
  appNotificationId: string | null | undefined,
  options: SendOptions,
): Promise<Outcome | undefined> {
  if (!appNotificationId) return undefined;
  const { items } = await changes(options);
  const own = items.filter((item) => item.appNotificationId === appNotificationId).at(-1);
  if (own?.["@removed"] === undefined) return undefined;
  const { id, answer, ended } = own;
  return answer ? { id, appNotificationId, answer, reason: null } : { id, appNotificationId, answer, reason: ended };
}

function outcomeOf({ item }: Read, appNotificationId: string): Outcome | undefined {
  const { id, answer, ended } = item;
  if (answer) return { id, appNotificationId, answer, reason: null };
  return ended && { id, appNotificationId, answer, reason: ended };
}

/** The time is over: the question is retracted, unless somebody answers at the last moment. */
async function takeBack(id: string, appNotificationId: string, options: SendOptions): Promise<Outcome> {
  try {
    await retract(id, options);
    return { id, appNotificationId, answer: null, reason: "timeout" };
  } catch (error) {
    const isAnswered = error instanceof SendError && error.code === "AlreadyAnswered";
    const outcome = isAnswered && outcomeOf(await read(id, options), appNotificationId);
    if (outcome) return outcome;
    throw error;
  }
}
