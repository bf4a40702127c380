// The claims of a token, read without checking the signature, which only the service can.

import { element } from "../element.js";
import { countdown, time } from "../times.js";

/** @typedef {Record<string, unknown>} Claims */

/** The meanings of the claims that the service reads. @type {Record<string, string>} */
const MEANINGS = {
  iss: "who issued it",
  aud: "for which service",
  sub: "whom it is about",
  upn: "the user's principal name",
  preferred_username: "the user's principal name",
  oid: "the user's object id",
  tid: "the tenant",
  azp: "the app that it was given to",
  appid: "the app that it was given to",
  client_id: "the app that it was given to",
  scp: "what the app may do for the user",
  idtyp: "an app's own token, without a user",
  gty: "the grant with which it was issued",
  iat: "issued",
  nbf: "counts from",
  exp: "ends",
};

const TIMES = new Set(["iat", "nbf", "exp"]);

/**
 * The claims of a JWT (RFC 7519); null for what isn't one.
 * @param {string} token
 * @returns {Claims | null}
 */
export function claimsOf(token) {
  const [, payload, signature, ...more] = token.split(".");
  if (!payload || signature === undefined || more.length > 0) return null;
  try {
    const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof claims === "object" && claims !== null && !Array.isArray(claims) ? claims : null;
  } catch {
    return null;
  }
}

/**
 * The claims as a table.
 * @param {Claims} claims
 * @param {string} label whose
 */
export function drawClaims(claims, label) {
  const row = (/** @type {[string, unknown]} */ [name, value]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, element("code", {}, name)),
      element("td", {}, ...drawValue(name, value)),
      element("td", { class: "hint" }, MEANINGS[name] ?? ""),
    );
  const heads = ["Claim", "Value", "Meaning"].map((name) => element("th", { scope: "col" }, name));
  return element(
    "table",
    { class: "claims", "aria-label": label },
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...Object.entries(claims).map(row)),
  );
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function* drawValue(name, value) {
  if (typeof value === "number" && TIMES.has(name)) {
    const at = new Date(value * 1000);
    if (!Number.isNaN(at.getTime())) {
      yield time(at.toISOString());
      if (name === "exp") yield element("span", { class: "hint" }, " ", countdown(at.toISOString(), "expired"));
      return;
    }
  }
  yield typeof value === "string" ? value : JSON.stringify(value);
}
