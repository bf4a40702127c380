import assert from "node:assert/strict";
import { test } from "node:test";
import { isWorthRetrying, secondsOf, wait, waitAfter } from "./retry.ts";

test("what may be another answer later is tried again", () => {
  for (const status of [406, 429, 500, 502, 503, 504, 522]) assert.equal(isWorthRetrying(status), true, String(status));
  for (const status of [0, 200, 302, 400, 401, 403, 404, 405, 413, 415])
    assert.equal(isWorthRetrying(status), false, String(status));
});

test("waits grow to a limit, and are spread over all of it", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => waitAfter(attempt, null, 1));
  assert.deepEqual(longest, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
  assert.equal(waitAfter(5, null, 0), 0);
  assert.equal(waitAfter(5, null, 0.5), 2000);
});

test("nobody comes back before the service said, nor all at the same moment", () => {
  assert.equal(waitAfter(1, 3, 0), 3000);
  assert.equal(waitAfter(1, 3, 1), 3250);
});

test("Retry-After is seconds or a date", () => {
  const now = Date.parse("2026-11-22T06:00:00Z");
  assert.equal(secondsOf(null, now), null);
  assert.equal(secondsOf("", now), null);
  assert.equal(secondsOf("soon", now), null);
  assert.equal(secondsOf("0", now), 0);
  assert.equal(secondsOf(" 120 ", now), 120);
  assert.equal(secondsOf("Sun, 22 Nov 2026 06:01:30 GMT", now), 90);
  assert.equal(secondsOf("Sun, 22 Nov 2026 05:00:00 GMT", now), 0);
});

test("a wait ends with its signal, and leaves nothing behind", async () => {
  const abort = new AbortController();
  const waited = wait(60_000, abort.signal);
  abort.abort(new Error("enough"));
  await assert.rejects(waited, /enough/);
  await wait(1, undefined);
});
