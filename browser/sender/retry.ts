// When to try again, and how long to wait before.

import { THROTTLE_STATUSES } from "../generated/protocol.ts";

/** The first wait is at most this long, each further one at most twice as long as the last: milliseconds. */
const FIRST_WAIT = 250;
/** No wait of our own choice is longer: milliseconds. */
const LONGEST_WAIT = 8_000;

/**
 * Whether an answer may be another one later: throttled or busy (406 by the contract, 429 by a setting), or broken on the
 * service's side or on the way. Asking again is safe, as every request has an `appNotificationId`.
 */
export function isWorthRetrying(status: number): boolean {
  return (THROTTLE_STATUSES as readonly number[]).includes(status) || status >= 500;
}

/**
 * How long to wait after an attempt that failed: milliseconds. Anything up to the limit ("full jitter"), so that those who
 * failed together don't come back together; what the service asked for comes on top.
 * @param attempt the one that failed, from 1
 * @param retryAfter seconds
 * @param random from 0 to 1
 */
export function waitAfter(attempt: number, retryAfter: number | null, random: number = Math.random()): number {
  return (retryAfter ?? 0) * 1000 + random * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
}

/**
 * The seconds of a `Retry-After`, whose other form is a date (RFC 9110 §10.2.3); `null`: it says nothing.
 * @param now milliseconds since 1970
 */
export function secondsOf(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = /^\s*\d+\s*$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}

/**
 * Waits.
 * @param milliseconds how long
 * @param signal ends it early, with its reason thrown
 */
export function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", stop, { once: true });
  });
}
