// A call of the service, repeated as long as another attempt may succeed: its answer, or a SendError.

import { NOTIFICATIONS_PATH } from "../generated/protocol.ts";
import type { ErrorObject } from "../generated/types.ts";
import { SendError, type SendErrorMembers, type SendOptions } from "./api.ts";
import { isWorthRetrying, secondsOf, wait, waitAfter } from "./retry.ts";

const ATTEMPTS = 5;
const TIMEOUT = 30_000;
/** An attempt that is silent for so long is given up for another: milliseconds. */
const ATTEMPT_TIMEOUT = 10_000;

/** A call. */
export interface Call {
  method: "GET" | "POST" | "DELETE";
  /** The path behind `/beta/me/notifications`, and the query. */
  path?: string;
  headers?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
  /** The statuses that are the service's own answers of success. */
  expects: readonly number[];
  /** Whether the body is what an answer of the service has. Default: any is. */
  isAnswer?: (json: unknown) => boolean;
  /** How long the service may take on purpose, in milliseconds. */
  waits?: number;
  /** The id with which it can be sent again. */
  appNotificationId?: string;
}

/** An answer of success. */
export interface Success {
  status: number;
  headers: Headers;
  json: unknown;
  /** How many requests it took. */
  attempts: number;
}

type Refusal = { message: string } & Pick<SendErrorMembers, "status" | "code" | "details" | "requestId" | "retryAfter">;

/**
 * Makes a call.
 * @throws SendError, the signal's reason, what `token` throws, TypeError for options that can't be sent
 */
export async function exchange(call: Call, options: SendOptions): Promise<Success> {
  const { token, unsId, signal, attempts: most = ATTEMPTS, timeout = TIMEOUT } = options;
  const address = addressOf(options.url, call.path ?? "");
  const transport = options.fetch ?? ((request: Request) => fetch(request));
  const waits = call.waits ?? 0;
  const deadline = Date.now() + timeout + waits;

  let fresh = false;
  let mayAskForFresh = typeof token === "function";
  for (let attempts = 1; ; attempts++) {
    signal?.throwIfAborted();
    const bearer = typeof token === "function" ? await token({ fresh }) : token;
    const limit = AbortSignal.timeout(Math.max(0, Math.min(ATTEMPT_TIMEOUT + waits, deadline - Date.now())));
    // The request is made outside the `try`: a failure to make it is the caller's mistake, and none of the network.
    const request = new Request(address, {
      method: call.method,
      headers: {
        ...call.headers,
        Authorization: `Bearer ${bearer}`,
        ...(unsId === undefined ? {} : { "X-UNS-ID": unsId }),
      },
      body: call.body ?? null,
      // Redirects aren't followed: a POST could become a GET, whose 200 would prove nothing.
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    let refusal: Refusal;
    let cause: unknown;
    try {
      const response = await transport(request);
      const { status, headers } = response;
      const json = parsed(await response.text());
      if (call.expects.includes(status) && (call.isAnswer?.(json) ?? true)) return { status, headers, json, attempts };
      refusal = refusalOf(status, headers, json);
    } catch (error) {
      signal?.throwIfAborted();
      cause = error;
      refusal = unanswered(error);
    }

    const { message, ...refused } = refusal;
    // A 401 with another code is about the notification.
    if (refused.code === "InvalidAuthenticationToken" && mayAskForFresh) {
      fresh = true;
      mayAskForFresh = false;
      continue;
    }
    const pause = waitAfter(attempts, refused.retryAfter);
    if (!(cause || isWorthRetrying(refused.status)) || attempts >= most || Date.now() + pause >= deadline) {
      const appNotificationId = call.appNotificationId ?? null;
      throw new SendError(message, { ...refused, appNotificationId, attempts }, { cause });
    }
    fresh = false;
    await wait(pause, signal);
  }
}

/** @throws TypeError for what can't be a service */
function addressOf(service: string | URL, path: string): URL {
  const url = new URL(service);
  if (!/^https?:$/.test(url.protocol))
    throw new TypeError(`The service's url begins with https://, not with ${url.protocol}`);
  const [name = "", query = ""] = path.split("?");
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${NOTIFICATIONS_PATH}${name}`;
  url.search = query;
  url.hash = "";
  return url;
}

function refusalOf(status: number, headers: Headers, json: unknown): Refusal {
  const { code, message, details, innerError } = (json as { error?: Partial<ErrorObject> } | undefined)?.error ?? {};
  return {
    status,
    code: code ?? "UnexpectedAnswer",
    message: message ?? `Something that isn't the service answered ${status}: is the url right?`,
    details: details ?? [],
    requestId: headers.get("request-id") ?? innerError?.["request-id"] ?? null,
    retryAfter: secondsOf(headers.get("Retry-After"), Date.now()),
  };
}

function unanswered(error: unknown): Refusal {
  const message = `The service gave no answer: ${error instanceof Error ? error.message : error}`;
  return { status: 0, code: "NetworkError", message, details: [], requestId: null, retryAfter: null };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
