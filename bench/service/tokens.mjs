// Access tokens of the measured users: development tokens (HS256), and those of an issuer with a key
// set (RS256, ES256), as production has them. All keys are made anew for each run.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { exportJWK, SignJWT } from "jose";

export const issuer = "https://issuer.example/";
export const audience = "notifeed";
export const app = "contoso-client";
export const host = "graphnotifications.sample.windows.com";

/** @typedef {"HS256" | "RS256" | "ES256"} Algorithm */

export const secret = randomBytes(32).toString("base64url");

const pairs = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
};

/** The issuer's key set, as its server answers. */
export const keySet = JSON.stringify({
  keys: await Promise.all(
    Object.entries(pairs).map(async ([alg, { publicKey }]) => ({
      ...(await exportJWK(publicKey)),
      kid: alg.toLowerCase(),
      alg,
      use: "sig",
    })),
  ),
});

/** @type {Map<string, string>} */
const made = new Map();

/**
 * A user's token, valid 12 hours; the same one each time.
 * @param {string} user
 * @param {Algorithm} algorithm
 */
export async function tokenOf(user, algorithm) {
  const name = `${algorithm} ${user}`;
  let token = made.get(name);
  if (!token) {
    const development = algorithm === "HS256";
    const now = Math.floor(Date.now() / 1000);
    token = await new SignJWT({
      iss: development ? "notifeed-dev" : issuer,
      aud: audience,
      sub: user,
      upn: user,
      azp: app,
      scp: "Notifications.ReadWrite.CreatedByApp",
      iat: now,
      nbf: now,
      exp: now + 12 * 60 * 60,
    })
      .setProtectedHeader({ alg: algorithm, typ: "JWT", ...(development ? {} : { kid: algorithm.toLowerCase() }) })
      .sign(development ? Buffer.from(secret, "base64url") : pairs[algorithm].privateKey);
    made.set(name, token);
  }
  return token;
}
