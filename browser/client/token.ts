// What a client reads from its own access token. It proves nothing: only the service checks tokens.

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

/** When a token ends: milliseconds since 1970, Infinity where it doesn't say. */
export function expiry(token: string): number {
  const expires = claims(token)?.["exp"];
  return typeof expires === "number" ? expires * 1000 : Infinity;
}

/** Whose token it is, by the claims that the service tells users apart by; `null` where it doesn't say. */
export function userOf(token: string): string | null {
  const { iss, tid, oid, sub } = claims(token) ?? {};
  const user = oid ?? sub;
  return user === undefined ? null : [iss, tid, user].join(" ");
}
