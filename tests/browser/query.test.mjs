// The console's questions to the stored feed, and when it asks, as pure functions.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nextLook } from "../../www/feed/copies.js";
import { copiesPath, countPath, filterOf, firstPage, pathOf } from "../../www/feed/query.js";
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

test("the count and the copies are of the same page", () => {
  const choice = { ...all, groupName: "a&b", top: 20 };
  const filter = "$filter=groupName%20eq%20'a%26b'";
  assert.equal(firstPage(all), "/beta/me/notifications?$top=5");
  assert.equal(firstPage(choice), `/beta/me/notifications?$top=20&${filter}`);
  assert.equal(countPath(all), "/beta/me/notifications/$count");
  assert.equal(countPath(choice), `/beta/me/notifications/$count?${filter}`);
  assert.equal(copiesPath(firstPage(choice)), `/dev/copies?$top=20&${filter}`);
  assert.equal(copiesPath("/beta/me/notifications"), "/dev/copies");
});

test("a link of a service behind a proxy leads to this server", () => {
  const link = "https://notify.example.com/beta/me/notifications?$skiptoken=x&$top=5";
  assert.equal(pathOf(link), "/beta/me/notifications?$skiptoken=x&$top=5");
});

test("copies are looked at again as long as one is still to come", () => {
  const about = { revision: 1, etag: "", copy: 1 };
  const copies = new Map([
    ["a", { id: "a", ...about, copied: true }],
    ["b", { id: "b", ...about, copied: false }],
  ]);
  const look = (/** @type {string} */ ids) =>
    nextLook(
      [...ids].map((id) => ({ id })),
      copies,
    );
  assert.equal(look("a"), Infinity, "it stays there");
  assert.equal(look(""), Infinity);
  assert.equal(look("ab"), 1500);
  assert.equal(look("ax"), 1500, "not told yet");
  assert.equal(nextLook([{ id: "b" }], null), Infinity, "nobody tells");
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
