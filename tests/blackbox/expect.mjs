// Expectations that the tests of many stories share.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** @param {unknown} id a random lower-case GUID, version 4 */
export function assertGuid(id) {
  assert.match(String(id), guid);
}

let users = 0;

/** A user whom no other test knows: their feed is empty. */
export function someone() {
  return `user${++users}@contoso.com`;
}

/** A browser's push subscription; its keys are those of RFC 8291 §5. */
export const pushSubscription = {
  endpoint: "https://fcm.googleapis.com/fcm/send/secret-push",
  expirationTime: null,
  keys: {
    p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth: "BTBZMqHH6r4Tts7J_aSIgg",
  },
};

/**
 * The headers that every answer carries (CONTRACT §1).
 * @param {Headers} headers
 * @param {string} [clientRequestId] the one that was sent, if it is to be echoed
 */
export function assertCommonHeaders(headers, clientRequestId) {
  const requestId = headers.get("request-id");
  assertGuid(requestId);
  assert.equal(headers.get("client-request-id"), clientRequestId ?? requestId);
  assert.equal(headers.get("cache-control"), "private");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.equal(
    headers.get("access-control-expose-headers"),
    "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, Retry-After",
  );
}

/**
 * @typedef {object} Problem
 * @property {number} status
 * @property {string} code
 * @property {[code: string, target: string][]} [details] those that must be there, no others; unless
 *   told, they aren't looked at
 */

/**
 * An error object, as the envelope and a `result` frame carry it.
 * @param {any} error
 * @param {Problem} problem
 */
export function assertError(error, { code, details }) {
  assert.deepEqual(Object.keys(error), ["code", "message", "innerError", "details"]);
  assert.equal(error.code, code, error.message);
  // A sentence for people, which tells nothing of our insides.
  assert.match(error.message, /^[A-Z`'].+(\.|!|\?|\(and \d+ more\))$/);
  assert.doesNotMatch(JSON.stringify(error), /panic|wasm|unwrap|\.rs\b|stack|undefined|\[object/i);
  assert.deepEqual(Object.keys(error.innerError), ["date", "request-id", "client-request-id"]);
  assert.match(error.innerError.date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  assert.ok(Math.abs(Date.parse(`${error.innerError.date}Z`) - Date.now()) < 60_000, "the date is now, in UTC");
  for (const detail of error.details) {
    assert.deepEqual(Object.keys(detail), ["code", "target", "message"]);
    assert.ok(detail.message);
  }
  if (details) {
    assert.deepEqual(
      error.details.map((/** @type {any} */ detail) => [detail.code, detail.target]),
      details,
    );
  }
}

/**
 * An answer of the error table: its status and headers, and the envelope.
 * @param {import("./harness.mjs").Answer} answer
 * @param {Problem} problem
 */
export function assertProblem(answer, problem) {
  assert.equal(answer.status, problem.status, answer.text);
  assert.match(answer.headers.get("content-type") ?? "", /^application\/json\b/);
  const { headers } = answer;
  assert.deepEqual(Object.keys(answer.json), ["error"]);
  const { error } = answer.json;
  assertError(error, problem);
  assertCommonHeaders(headers, error.innerError["client-request-id"]);
  assert.equal(error.innerError["request-id"], headers.get("request-id"));
  const proofWanted = problem.code === "InvalidAuthenticationToken";
  assert.equal(/^Bearer\b/.test(headers.get("www-authenticate") ?? ""), proofWanted, "WWW-Authenticate");
  const mayReturn = ["ServiceUnavailable", "ServerBusy", "Throttled"].includes(problem.code);
  assert.equal(/^[1-9]\d*$/.test(headers.get("retry-after") ?? ""), mayReturn, "Retry-After");
  assert.equal(headers.has("allow"), problem.status === 405, "Allow");
}

/**
 * Waits for what comes about by itself, soon.
 * @template T
 * @param {() => T | Promise<T>} condition anything truthy is what is waited for
 * @param {number} [milliseconds]
 * @returns {Promise<Exclude<T, false | null | undefined>>}
 */
export async function eventually(condition, milliseconds = 5000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const outcome = await condition();
    if (outcome) return /** @type {Exclude<T, false | null | undefined>} */ (outcome);
    if (Date.now() > end) assert.fail(`it didn't come about within ${milliseconds} ms`);
    await sleep(20);
  }
}

/**
 * The first answer of a feed that isn't being healed any longer.
 * @param {() => Promise<Response>} ask
 */
export const healed = (ask) =>
  eventually(async () => {
    const answer = await ask();
    return answer.status !== 503 && answer;
  });

/**
 * The result of a promise, unless that takes too long.
 * @template T
 * @param {Promise<T>} promise
 * @param {number} [milliseconds]
 * @returns {Promise<T>}
 */
export function soon(promise, milliseconds = 20_000) {
  const late = sleep(milliseconds, undefined, { ref: false }).then(() =>
    assert.fail(`it didn't come about within ${milliseconds} ms`),
  );
  return Promise.race([promise, late]);
}
