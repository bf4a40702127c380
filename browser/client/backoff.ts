// What a closed line means for coming back (docs/live.md, "How it ends").

/** Close codes after which the client stays away: a malformed request, and access taken back. */
const STOP = new Set([4400, 4403]);
/** The token has expired, or proves nothing: the client comes back with a fresh one. */
export const TOKEN_REFUSED = 4401;
/** The client comes back at once: the server cut a long replay, or wants another token. */
const AT_ONCE = new Set([4408, TOKEN_REFUSED]);
/** A connection that ended without a close frame (RFC 6455 §7.1.5). */
export const BROKEN = 1006;
/** Every client of a server loses its connection like this at the same moment: they come back one after the other. */
const TOGETHER = new Set([1001, BROKEN, 1012, 1013]);
/** Within so many milliseconds. */
const SPREAD = 3000;

/** Full jitter: anything between 0 and FIRST_WAIT doubled with each failure, at most LONGEST_WAIT; milliseconds. */
const FIRST_WAIT = 750;
const LONGEST_WAIT = 30_000;

/** How long the server says that it won't be ready: milliseconds, 0 where it doesn't say. */
export function askedFor(reason: string): number {
  return Number(/retry-after=(\d+)/.exec(reason)?.[1] ?? 0) * 1000;
}

/**
 * What to do about a line that was closed.
 * @param code of the close frame
 * @param reason of the close frame; it may say when the server will be ready: `ServerBusy retry-after=60`, in seconds
 * @param failures lines in a row, this one included, that brought nothing
 * @param random 0 ≤ random < 1
 * @returns milliseconds to wait before coming back; Infinity: don't
 */
export function waitAfter(code: number, reason: string, failures: number, random: number): number {
  if (STOP.has(code)) return Infinity;
  // What says "at once" and brings nothing, twice, is a loop: it backs off like anything else.
  if (AT_ONCE.has(code) && failures <= 1) return 0;
  const longest = TOGETHER.has(code) && failures <= 1 ? SPREAD : FIRST_WAIT * 2 ** failures;
  return askedFor(reason) + Math.floor(random * Math.min(LONGEST_WAIT, longest));
}
