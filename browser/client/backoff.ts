// When to come back after a connection was closed (docs/live.md, "How it ends").

import { REASON_RETRY_AFTER, RECONNECT } from "../generated/protocol.ts";

/** A connection that ended without a close frame (RFC 6455 §7.1.5). */
export const BROKEN = 1006;
/**
 * The close codes with which a server ends connections by itself (RFC 6455 §7.4): going away, restart, try again later.
 */
export const SERVERS_END: ReadonlySet<number> = new Set([1001, 1012, 1013]);
/** Every client of a server loses its connection like this at the same moment: they come back one after the other. */
const TOGETHER = new Set([BROKEN, ...SERVERS_END]);
/** Within so many milliseconds. */
const SPREAD = 3000;

/** Full jitter: anything between 0 and FIRST_WAIT doubled with each failure, at most LONGEST_WAIT; milliseconds. */
const FIRST_WAIT = 750;
const LONGEST_WAIT = 30_000;

/** How long the server says that it won't be ready: milliseconds, 0 where it doesn't say. */
export function askedFor(reason: string): number {
  return (parseInt(reason.split(REASON_RETRY_AFTER)[1] ?? "") || 0) * 1000;
}

/**
 * When to come back after a connection was closed.
 * @param code of the close frame
 * @param reason of the close frame; it may say when the server will be ready: `ServerBusy retry-after=60`, in seconds
 * @param failures the number of connections in a row, this one included, that ended without a new frame
 * @param random 0 ≤ random < 1
 * @returns milliseconds to wait before coming back; Infinity: don't
 */
export function waitAfter(code: number, reason: string, failures: number, random: number): number {
  const way = RECONNECT[code] ?? "backoff";
  if (way === "never") return Infinity;
  const isFirst = failures <= 1;
  // If a code that means "reconnect at once" ends a second connection in a row without a new frame, that is a loop: the
  // client backs off as after any other code.
  if (isFirst && way !== "backoff" && !TOGETHER.has(code)) return 0;
  const longest = isFirst && TOGETHER.has(code) ? SPREAD : FIRST_WAIT * 2 ** failures;
  return askedFor(reason) + Math.floor(random * Math.min(LONGEST_WAIT, longest));
}
