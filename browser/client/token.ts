// Claims that a client reads from its own access token. They prove nothing: only the service checks tokens.

/**
 * @returns the claims of a JWT (RFC 7519); `null` for any other token
 */
function claims(token: string): Record<string, unknown> | null {
  try {
    const payload = token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/**
 * How long a token is good from now on, at most: by its own words from when it was issued to when it ends, since clocks
 * of devices are wrong.
 * @param now the service's clock; `null` where it isn't known
 * @returns milliseconds, Infinity where it doesn't say
 */
export function lifeOf(token: string, now: number | null, device: number): number {
  const { exp, iat } = claims(token) ?? {};
  if (typeof exp !== "number") return Infinity;
  const issued = typeof iat === "number" ? iat * 1000 : (now ?? device);
  return Math.min(exp * 1000 - issued, now === null ? Infinity : exp * 1000 - now);
}

/** The user of a token, by the claims that the service tells users apart by; `null` where it doesn't say. */
export function userOf(token: string): string | null {
  const { iss, tid, oid, sub } = claims(token) ?? {};
  const user = oid ?? sub;
  return user === undefined ? null : [iss, tid, user].join(" ");
}
