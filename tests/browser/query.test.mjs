// What the console asks of the stored feed, and when, as pure functions.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nextLook } from "../../www/feed/bodies.js";
import { bodiesPath, countPath, filterOf, firstPage, pathOf } from "../../www/feed/query.js";
import { duration } from "../../www/times.js";

/** @type {import("../../www/feed/query.js").Choice} */
const all = { readState: "", userActionState: "", priority: "", groupName: "", top: 5 };

test("only what is chosen is asked for, quotes doubled", () => {
  assert.equal(filterOf(all), "");
  assert.equal(filterOf({ ...all, groupName: null }), "groupName eq null");
  assert.equal(
    filterOf({ ...all, groupName: "O'Hara's", priority: "High", readState: "unread" }),
    "readState eq 'unread' and groupName eq 'O''Hara''s' and priority eq 'High'",
  );
});

test("the count and the bodies are of the same page", () => {
  const choice = { ...all, groupName: "a&b", top: 20 };
  const filter = "$filter=groupName%20eq%20'a%26b'";
  assert.equal(firstPage(all), "/beta/me/notifications?$top=5");
  assert.equal(firstPage(choice), `/beta/me/notifications?$top=20&${filter}`);
  assert.equal(countPath(all), "/beta/me/notifications/$count");
  assert.equal(countPath(choice), `/beta/me/notifications/$count?${filter}`);
  assert.equal(bodiesPath(firstPage(choice)), `/dev/bodies?$top=20&${filter}`);
  assert.equal(bodiesPath("/beta/me/notifications"), "/dev/bodies");
});

test("a link of a service behind a proxy leads to this server", () => {
  const link = "https://notify.example.com/beta/me/notifications?$skiptoken=x&$top=5";
  assert.equal(pathOf(link), "/beta/me/notifications?$skiptoken=x&$top=5");
});

test("bodies are looked at again when the next of them moves", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  const at = (/** @type {number} */ seconds) => new Date(now + seconds * 1000).toISOString();
  const about = { revision: 1, etag: "" };
  /** @type {import("../../www/feed/bodies.js").Body[]} */
  const bodies = [
    { id: "a", ...about, place: "both", forgetDateTime: at(120) },
    { id: "b", ...about, place: "kv" },
    { id: "c", ...about, place: "outbox", dueDateTime: at(10), attempts: 1 },
    { id: "d", ...about, place: "outbox", dueDateTime: at(-10), attempts: 0 },
  ];
  const look = (/** @type {string} */ ids) =>
    nextLook(
      [...ids].map((id) => ({ id })),
      new Map(bodies.map((body) => [body.id, body])),
      now,
    );
  assert.equal(look("b"), Infinity, "it stays where it is");
  assert.equal(look(""), Infinity);
  assert.equal(look("ab"), 120_400);
  assert.equal(look("abc"), 10_400);
  assert.equal(look("abcd"), 1500, "late, but not without a pause");
  assert.equal(look("x"), 1500, "not told yet");
  assert.equal(nextLook([{ id: "a" }], null, now), Infinity, "nobody tells");
});

test("how long, in the two largest units", () => {
  const [second, minute, hour] = [1000, 60_000, 3_600_000];
  for (const [milliseconds, text] of /** @type {const} */ ([
    [-5, "0 s"],
    [999, "0 s"],
    [59 * second, "59 s"],
    [minute + 43 * second, "1 min 43 s"],
    [hour, "1 h 0 min"],
    [30 * 24 * hour - 1, "29 d 23 h"],
  ])) {
    assert.equal(duration(milliseconds), text);
  }
});
