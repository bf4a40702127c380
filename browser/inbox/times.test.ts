import assert from "node:assert/strict";
import { test } from "node:test";
import { Times } from "./times.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = Date.parse("2026-11-22T12:00:00Z");

test("how long ago it was, and when that reads differently", () => {
  const table: [age: number, text: string, next: number][] = [
    [0, "now", MINUTE],
    [59 * SECOND, "now", SECOND],
    [MINUTE, "1 minute ago", MINUTE],
    [HOUR - 1, "59 minutes ago", 1],
    [HOUR, "1 hour ago", HOUR],
    [DAY - SECOND, "23 hours ago", SECOND],
    [DAY, "1 day ago", DAY],
    [2 * DAY - HOUR, "1 day ago", HOUR],
    [30 * DAY, "30 days ago", DAY],
    // A sender whose clock is ahead.
    [-HOUR, "now", MINUTE],
  ];
  const times = new Times("en");
  for (const [age, text, next] of table) {
    times.begin(now);
    assert.equal(times.relative(now - age), text);
    assert.equal(times.next, next, text);
  }
});

test("the next redraw is due when the first of several times changes", () => {
  const times = new Times("en");
  times.begin(now);
  assert.equal(times.next, Infinity);
  for (const age of [DAY, 90 * SECOND, HOUR]) times.relative(now - age);
  assert.equal(times.next, 30 * SECOND);
});

test("an invalid language tag falls back to the browser's language", () => {
  const times = new Times("ar-EG");
  times.begin(now);
  assert.equal(times.relative(now - 5 * MINUTE), "قبل ٥ دقائق");
  assert.equal(times.count(7), "٧");
  assert.doesNotThrow(() => new Times("no language at all").relative(now));
});

test("a badge has two digits at most", () => {
  const times = new Times("en");
  assert.deepEqual(
    [0, 99, 100, 10_000].map((count) => times.count(count)),
    ["0", "99", "99+", "99+"],
  );
});
