// The page's requests to the service.

import { APPLICATION_SERVER_KEY_PATH, SUBSCRIPTIONS_PATH } from "../generated/protocol.ts";
import { type PushOptions, PushError, type Subscribed } from "./api.ts";

/** So long the service has for an answer; milliseconds. */
const PATIENCE = 10_000;

/** The answer to a subscription. */
export interface Registered extends Subscribed {
  /** The service's name of the feed. */
  feed: string;
  expirationDateTime: string;
}

/** Asks with the user's token, and once more with a fresh one. @returns `null` for 404 */
export async function ask(
  { url, token }: PushOptions,
  fetched: typeof fetch,
  method: string,
  path: string,
  json?: object,
): Promise<unknown> {
  const body = JSON.stringify(json);
  for (const fresh of [false, true]) {
    const headers = {
      Authorization: `Bearer ${await token({ fresh })}`,
      ...(json && { "Content-Type": "application/json" }),
    };
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetched(base(url) + path, { method, headers, signal, ...(json && { body }) }).catch(
      (error) => {
        throw new PushError("unreached", String(error));
      },
    );
    if (answer.status === 401 && !fresh) continue;
    if (answer.status === 404) break;
    const text = await answer.text();
    if (answer.ok) return text && (JSON.parse(text) as unknown);
    throw new PushError(answer.status < 500 ? "refused" : "unreached", text);
  }
  return null;
}

/** The service's address without a slash at its end. */
export const base = (url: string | URL): string => String(url).replace(/\/*$/, "");

/** @returns the key that subscriptions are made with; `null`: the service pushes nothing */
export async function keyOf(options: PushOptions, fetched: typeof fetch): Promise<string | null> {
  const answer = (await ask(options, fetched, "GET", APPLICATION_SERVER_KEY_PATH)) as {
    applicationServerKey: string;
  } | null;
  return answer && answer.applicationServerKey;
}

export function subscribe(
  options: PushOptions,
  fetched: typeof fetch,
  pushSubscription: PushSubscription,
  deviceId: string,
): Promise<Registered> {
  const { targetHostName, platform = "webpush", displayName, navigate, title } = options;
  const webPush = navigate && { navigate, title };
  const asked = { targetHostName, platform, deviceId, displayName, pushSubscription, webPush };
  return ask(options, fetched, "POST", SUBSCRIPTIONS_PATH, asked) as Promise<Registered>;
}

export function unsubscribe(options: PushOptions, fetched: typeof fetch, id: string): Promise<unknown> {
  return ask(options, fetched, "DELETE", `${SUBSCRIPTIONS_PATH}/${id}?targetHostName=${options.targetHostName}`);
}
