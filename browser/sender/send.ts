// The sender: one notification to the service, whatever the line does. Faults of it are told before it goes out.

import { NOTIFICATIONS_PATH } from "../generated/protocol.ts";
import type { NotificationRequest } from "../generated/types.ts";
import { validate } from "../validator/validator.ts";
import { type Answer, read } from "./answer.ts";
import { InvalidNotificationError, SendError, type SendOptions, type Sent } from "./api.ts";
import { bodyOf } from "./body.ts";
import { isWorthRetrying, wait, waitAfter } from "./retry.ts";

const ATTEMPTS = 5;
const TIMEOUT = 30_000;
/** An attempt that is silent for so long is given up for another: milliseconds. */
const ATTEMPT_TIMEOUT = 10_000;

/**
 * Sends a notification, by a validator that is loaded.
 * @throws as the entries' `send`
 */
export async function post(notification: NotificationRequest, options: SendOptions): Promise<Sent> {
  const { token, unsId, signal, attempts: most = ATTEMPTS, timeout = TIMEOUT } = options;
  const endpoint = endpointOf(options.url);
  const transport = options.fetch ?? ((request: Request) => fetch(request));
  const deadline = Date.now() + timeout;

  const appNotificationId = notification.appNotificationId ?? crypto.randomUUID();
  const text = JSON.stringify({ ...notification, appNotificationId });
  const verdict = validate(text, options.policy && { policy: options.policy });
  if (!verdict.ok) throw new InvalidNotificationError(verdict);
  const { bytes, headers } = await bodyOf(text);

  let fresh = false;
  let mayAskForFresh = typeof token === "function";
  for (let attempts = 1; ; attempts++) {
    signal?.throwIfAborted();
    const bearer = typeof token === "function" ? await token({ fresh }) : token;
    const limit = AbortSignal.timeout(Math.max(0, Math.min(ATTEMPT_TIMEOUT, deadline - Date.now())));
    // Made outside of what is caught: what can't be a request is the caller's mistake, and no trouble of the line.
    const request = new Request(endpoint, {
      method: "POST",
      headers: { ...headers, Authorization: `Bearer ${bearer}`, ...(unsId === undefined ? {} : { "X-UNS-ID": unsId }) },
      body: bytes,
      // Followed, a POST may become a GET, whose 200 says nothing.
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    let answer: Answer;
    let cause: unknown;
    try {
      answer = await read(await transport(request), Date.now());
    } catch (error) {
      signal?.throwIfAborted();
      cause = error;
      answer = unanswered(error);
    }
    if ("sent" in answer) return { ...answer.sent, appNotificationId, warnings: verdict.warnings, attempts };

    const { message, ...refused } = answer.refused;
    // A 401 with another code is about the notification.
    if (refused.code === "InvalidAuthenticationToken" && mayAskForFresh) {
      fresh = true;
      mayAskForFresh = false;
      continue;
    }
    const pause = waitAfter(attempts, refused.retryAfter);
    if (!(cause || isWorthRetrying(refused.status)) || attempts >= most || Date.now() + pause >= deadline)
      throw new SendError(message, { ...refused, appNotificationId, attempts }, { cause });
    fresh = false;
    await wait(pause, signal);
  }
}

/** @throws TypeError for what can't be a service */
function endpointOf(service: string | URL): URL {
  const url = new URL(service);
  if (!/^https?:$/.test(url.protocol))
    throw new TypeError(`The service's url begins with https://, not with ${url.protocol}`);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${NOTIFICATIONS_PATH}`;
  url.search = url.hash = "";
  return url;
}

function unanswered(error: unknown): Answer {
  const message = `The service gave no answer: ${error instanceof Error ? error.message : error}`;
  return { refused: { status: 0, code: "NetworkError", message, details: [], requestId: null, retryAfter: null } };
}
