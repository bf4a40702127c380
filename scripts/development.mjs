// Development credentials (CONTRACT §3): the secrets in .dev.vars, made once, and tokens signed
// with them. Never part of a deployment: wrangler doesn't deploy .dev.vars.

import { createECDH, randomBytes } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { SignJWT } from "jose";
import { SCOPE } from "../browser/generated/protocol.ts";

/** The host that the registry built in for development knows. */
export const developmentHost = "graphnotifications.sample.windows.com";

const file = resolve(fileURLToPath(import.meta.url), "../../.dev.vars");
const secret = () => randomBytes(32).toString("base64url");

/** A key pair of P-256 to sign pushes with. */
export function vapidKeyPair() {
  const pair = createECDH("prime256v1");
  pair.generateKeys();
  // A private key's leading zeros count.
  const privateKey = Buffer.from(pair.getPrivateKey("hex").padStart(64, "0"), "hex").toString("base64url");
  return { publicKey: pair.getPublicKey("base64url"), privateKey };
}

/** @type {Record<string, () => string>} */
const wanted = {
  // HS256 key of development tokens.
  DEVELOPMENT_TOKEN_SECRET: secret,
  // Keys that sign user notification subscription ids, by their ids.
  UNS_KEYS: () => `'{"1":"${secret()}"}'`,
  // Keys that sign pushes, and whom push services may write to about them.
  VAPID_KEYS: () => `'${JSON.stringify({ 1: vapidKeyPair() })}'`,
  PUSH_CONTACT: () => "mailto:development@example.com",
};

/**
 * The variables of .dev.vars; what is missing there is made and added.
 * @returns {Promise<Record<string, string>>}
 */
export async function provideDevelopmentSecrets() {
  const read = async () => parseEnv(await readFile(file, "utf8").catch(() => ""));
  const present = await read();
  const missing = Object.keys(wanted).filter((name) => !present[name]);
  if (missing.length === 0) return /** @type {Record<string, string>} */ (present);
  const lines = missing.map((name) => `${name}=${wanted[name]()}\n`);
  await appendFile(file, lines.join(""), { mode: 0o600 });
  return /** @type {Record<string, string>} */ (await read());
}

/**
 * A delegated token of a user for the client app, valid 12 hours.
 * @param {string} user the user's principal name
 * @param {Record<string, unknown>} [claims] go before the usual ones
 */
export function userToken(user, claims = {}) {
  return sign({
    sub: user,
    upn: user,
    azp: "contoso-client",
    scp: SCOPE,
    ...claims,
  });
}

/**
 * An app-only token, valid 12 hours.
 * @param {string} app the app's id
 * @param {Record<string, unknown>} [claims] go before the usual ones
 */
export function appToken(app, claims = {}) {
  return sign({ sub: app, azp: app, idtyp: "app", ...claims });
}

/** @param {Record<string, unknown>} claims */
async function sign(claims) {
  const { DEVELOPMENT_TOKEN_SECRET } = await provideDevelopmentSecrets();
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: "notifeed-dev",
    aud: "notifeed",
    iat: now,
    nbf: now,
    exp: now + 12 * 60 * 60,
    ...claims,
  })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(Buffer.from(DEVELOPMENT_TOKEN_SECRET, "base64url"));
}

/**
 * The page's own example, its expiration moved into the future.
 * @param {Record<string, unknown>} [members] go before the example's own
 */
export function example(members = {}) {
  return {
    targetHostName: developmentHost,
    appNotificationId: "testDirectToastNotification",
    expirationDateTime: new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString(),
    payload: { visualContent: { title: "Hello World!", body: "Notifications are Great!" } },
    targetPolicy: { platformTypes: ["windows", "ios", "android"] },
    priority: "High",
    groupName: "TestGroup",
    displayTimeToLive: "60",
    ...members,
  };
}
