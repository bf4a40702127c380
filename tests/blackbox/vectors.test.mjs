// The vectors of tests/vectors, against the running service: status, code and every detail of what
// is refused; of what is accepted every member of both views but those of the clock, and the id.

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { readCases } from "../vectors/cases.mjs";
import { assertGuid, assertProblem } from "./expect.mjs";
import { host, startService } from "./harness.mjs";

const service = await startService();
const cases = await readCases();
const week = 7 * 24 * 60 * 60 * 1000;

/** Vectors that the service's own clock judges otherwise, and why. */
const notReplayed = new Map([["past by a clock of the year 9999", "none of that year's days is past yet"]]);

/**
 * The encodings, tried in turn: none changes a verdict.
 * @type {[headers: Record<string, string>, encode: (body: Buffer<ArrayBuffer>) => Buffer<ArrayBuffer>][]}
 */
const encodings = [
  [{}, (body) => body],
  [{ "Content-Encoding": "gzip" }, (body) => gzipSync(body)],
  [{ "Content-Encoding": "deflate" }, (body) => deflateSync(body)],
];

/** How many are on their way at a time. */
const lanes = 16;

/** @typedef {import("../vectors/cases.mjs").Case} Case */

/**
 * The body as it is, but for an expiration that only the vector's clock finds in the future: that
 * is moved by 400 years, after which the calendar repeats.
 * @param {Case} vector
 */
function replayable({ body, expect }) {
  if (!expect.ok && expect.violations.some(({ path }) => path === "expirationDateTime")) return body;
  // Latin-1 leaves bytes that are no UTF-8 as they are.
  const moved = body
    .toString("latin1")
    .replace(/("expirationDateTime":\s*")(\d{4})/, (whole, before, year) =>
      Number(year) < 2400 ? `${before}${Number(year) + 400}` : whole,
    );
  return Buffer.from(moved, "latin1");
}

/**
 * @param {Case} vector
 * @param {number} index
 */
async function replay(vector, index) {
  const { expect, sentences, user } = vector;
  // A user of its own: what one vector stores is nothing to the next.
  const as = `vector${index}@contoso.com`;
  const [encoding, encode] = encodings[index % encodings.length];
  const headers = { "Content-Type": "application/json", ...encoding };
  const body = encode(replayable(vector));
  const answer = await service.request("POST", "/beta/me/notifications", { as, headers, body });
  if (!expect.ok) {
    assertProblem(answer, expect);
    assert.deepEqual(
      answer.json.error.details,
      expect.violations.map(({ code, path }, index) => ({ code, target: path, message: sentences[index] })),
    );
    return;
  }
  const canonical = JSON.parse(expect.canonical);
  if (canonical.targetHostName !== host) {
    assertProblem(answer, { status: 403, code: "NotAuthorizedForUser" });
    return;
  }
  assert.equal(answer.status, 201, answer.text);
  const sent = answer.json;
  assertGuid(sent.id);
  const expected = JSON.parse(expect.response);
  expected["@odata.context"] = expected["@odata.context"]
    .replace("https://graph.microsoft.com", service.url)
    .replace(encodeURIComponent(user), encodeURIComponent(as));
  const { id, expirationDateTime } = sent;
  assert.ok(Date.parse(expirationDateTime) <= Date.now() + week, expirationDateTime);
  // Members in their order: to the byte, but for those two.
  assert.equal(answer.text, JSON.stringify({ ...expected, id, expirationDateTime }));

  // Devices get the canonical notification.
  const received = await service.request("GET", `/beta/me/notifications/${id}`, { as });
  assert.equal(received.status, 200, received.text);
  for (const name of Object.keys(canonical)) {
    if (name === "expirationDateTime" || name === "displayTimeToLive") continue;
    assert.deepEqual(received.json[name], canonical[name], name);
  }
}

test(`${cases.length} vectors`, async () => {
  assert.ok(cases.length >= 150);
  for (const name of notReplayed.keys())
    assert.ok(
      cases.some((vector) => vector.name === name),
      name,
    );
  const waiting = cases.filter(({ name }) => !notReplayed.has(name)).entries();
  /** @type {unknown[]} */
  const failures = [];
  const lane = async () => {
    for (const [index, vector] of waiting) {
      await replay(vector, index).catch((error) => {
        error.message = `${vector.file}, “${vector.name}”: ${error.message}`;
        failures.push(error);
      });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("\n\n"));
});
