// The frames for an endpoint when it comes back: every case there is, to the frame (ARCHITECTURE "Sequence,
// resume, delta"; docs/live.md). The same table runs natively against the feed in hub/tests.

import assert from "node:assert/strict";
import { test } from "node:test";
import { someone } from "./expect.mjs";
import { startService } from "./harness.mjs";
import { begun, resumed, returnTo } from "./returning.mjs";

const service = await startService();
const { post, patch, remove, expired, comeBack, upToDate } = returnTo(service);
const feed = "/beta/me/notifications";

/** All items, in the order of their last change. @param {string} as */
async function delta(as) {
  const items = [];
  let path = `${feed}/delta?$top=100`;
  while (path) {
    const { json } = await service.request("GET", path, { as });
    items.push(...json.value);
    path = json["@odata.nextLink"]?.slice(service.url.length);
  }
  return items;
}

test("an empty feed: nothing but ready, and its cursor resumes", async () => {
  const as = someone();
  const first = await comeBack(as);
  assert.deepEqual(first.told, [begun]);
  assert.deepEqual((await comeBack(as, first.cursor)).told, [resumed]);
  const id = await post(as, "a");
  assert.deepEqual((await comeBack(as, first.cursor)).told, [["notification", 1, id, "a", "unread"], resumed]);
});

test("no cursor: the whole live feed of the platform, in the order of change, and no tombstones", async () => {
  const as = someone();
  const [a, b, gone] = [await post(as, "a"), await post(as, "b"), await post(as, "gone")];
  await post(as, "not for windows", { platforms: ["ios"] });
  await remove(as, gone);
  await patch(as, a, { readState: "read" });
  for (const cursor of [undefined, ""]) {
    const { told, frames } = await comeBack(as, cursor);
    assert.deepEqual(told, [["notification", 2, b, "b", "unread"], ["notification", 6, a, "a", "read"], begun]);
    const got = await service.request("GET", `${feed}/${a}`, { as });
    const { "@odata.context": _context, ...item } = got.json;
    assert.deepEqual(frames[1].notification, item);
  }
});

test("from a position: what came after it, once", async () => {
  const as = someone();
  await post(as, "a");
  const cursor = await upToDate(as);
  const b = await post(as, "b");
  const c = await post(as, "c");
  const { told, frames } = await comeBack(as, cursor);
  assert.deepEqual(told, [["notification", 2, b, "b", "unread"], ["notification", 3, c, "c", "unread"], resumed]);
  // The cursor of each frame is a position too.
  assert.deepEqual((await comeBack(as, frames[0].cursor)).told, told.slice(1));
  assert.deepEqual((await comeBack(as, frames[1].cursor)).told, [resumed]);
});

test("the same position: nothing", async () => {
  const as = someone();
  await post(as, "a");
  const cursor = await upToDate(as);
  const again = await comeBack(as, cursor);
  assert.deepEqual(again.told, [resumed]);
  assert.equal(again.cursor, cursor);
});

test("a cursor that can't be honoured: reset, then the whole live feed", async () => {
  const as = someone();
  const a = await post(as, "a");
  const cursor = Buffer.from(await upToDate(as), "base64url");
  assert.equal(cursor.length, 24);
  const notYet = Buffer.from(cursor);
  notYet.writeBigInt64BE(2n, 16);
  const foreignEpoch = Buffer.from(cursor);
  foreignEpoch[0] ^= 1;
  const negative = Buffer.from(cursor);
  negative.writeBigInt64BE(-1n, 16);
  const other = someone();
  await post(other, "another's");
  for (const [what, text] of [
    ["a position that doesn't exist yet", notYet.toString("base64url")],
    ["a foreign epoch", foreignEpoch.toString("base64url")],
    ["another user's", await upToDate(other)],
    ["a position before the first", negative.toString("base64url")],
    ["too short", cursor.subarray(0, 23).toString("base64url")],
    ["too long", Buffer.concat([cursor, Buffer.alloc(9)]).toString("base64url")],
    [
      "more content than position",
      Buffer.concat([cursor, cursor.subarray(16, 23), Buffer.from([2])]).toString("base64url"),
    ],
    ["garbage", "not a cursor!"],
  ]) {
    const { told, cursor: next } = await comeBack(as, text);
    assert.deepEqual(told, [["reset"], ["notification", 1, a, "a", "unread"], begun], what);
    assert.deepEqual((await comeBack(as, next)).told, [resumed], what);
  }
});

test("expired while away: nothing, the endpoint knows its instant", async () => {
  const as = someone();
  const id = await post(as, "short", { lives: 400 });
  const cursor = await upToDate(as);
  await patch(as, id, { readState: "read" });
  const unseen = await post(as, "came and went", { lives: 400 });
  await expired(as, unseen);
  await expired(as, id);
  assert.deepEqual((await comeBack(as, cursor)).told, [resumed]);
  assert.deepEqual((await comeBack(as)).told, [begun]);
});

test("deleted while away: removed, also what the endpoint never saw", async () => {
  const as = someone();
  const [a, b] = [await post(as, "a"), await post(as, "b")];
  const cursor = await upToDate(as);
  await remove(as, b);
  const unseen = await post(as, "came and went");
  await remove(as, unseen);
  await remove(as, await post(as, "not for windows", { platforms: ["ios"] }));
  assert.deepEqual((await comeBack(as, cursor)).told, [
    ["removed", 3, b, "deleted"],
    ["removed", 5, unseen, "deleted"],
    resumed,
  ]);
  assert.deepEqual((await comeBack(as)).told, [["notification", 1, a, "a", "unread"], begun]);
});

test("deleted while away, and its appNotificationId used again: another item", async () => {
  const as = someone();
  const first = await post(as, "one", { key: "k" });
  const cursor = await upToDate(as);
  await remove(as, first);
  const second = await post(as, "two", { key: "k" });
  assert.notEqual(first, second);
  assert.deepEqual((await comeBack(as, cursor)).told, [
    ["removed", 2, first, "deleted"],
    ["notification", 3, second, "two", "unread"],
    resumed,
  ]);
});

test("replaced twice while away: the last content, once, unread", async () => {
  const as = someone();
  const id = await post(as, "one", { key: "k" });
  await patch(as, id, { readState: "read" });
  const cursor = await upToDate(as);
  const other = await post(as, "other");
  for (const text of ["two", "three", "three"]) assert.equal(await post(as, text, { key: "k" }), id);
  assert.deepEqual((await comeBack(as, cursor)).told, [
    ["notification", 3, other, "other", "unread"],
    ["notification", 5, id, "three", "unread"],
    resumed,
  ]);
});

test("states changed while away: only the states, as they are now", async () => {
  const as = someone();
  const id = await post(as, "a");
  const cursor = await upToDate(as);
  await patch(as, id, { readState: "read" });
  await patch(as, id, { userActionState: "snoozed" });
  await patch(as, id, { userActionState: "dismissed" });
  assert.deepEqual((await comeBack(as, cursor)).told, [["state", 4, id, "read", "dismissed"], resumed]);
});

test("replaced and its states changed while away: the whole item, with its states", async () => {
  const as = someone();
  const id = await post(as, "one", { key: "k" });
  const cursor = await upToDate(as);
  await post(as, "two", { key: "k" });
  await patch(as, id, { readState: "read" });
  assert.deepEqual((await comeBack(as, cursor)).told, [["notification", 3, id, "two", "read"], resumed]);
});

test("replaced while away by one that has expired since: removed, for the endpoint shows the one before", async () => {
  const as = someone();
  const id = await post(as, "lives on", { key: "k", lives: 3_600_000 });
  const cursor = await upToDate(as);
  await post(as, "short", { key: "k", lives: 300 });
  const { told, cursor: later } = await comeBack(as, cursor);
  if (told.length === 2) assert.deepEqual(told, [["notification", 2, id, "short", "unread"], resumed]);
  await expired(as, id);
  assert.deepEqual((await comeBack(as, cursor)).told, [["removed", 2, id, "deleted"], resumed]);
  // An endpoint that saw the replacement learns when it goes.
  assert.deepEqual((await comeBack(as, later)).told, [resumed]);
  assert.deepEqual((await comeBack(as)).told, [begun]);
});

test("replaced while away by one for fewer platforms: retargeted there, the content elsewhere", async () => {
  const as = someone();
  const id = await post(as, "for both", { key: "k" });
  const [windows, ios, android] = [await upToDate(as), await upToDate(as, "ios"), await upToDate(as, "android")];
  await post(as, "for one", { key: "k", platforms: ["ios"] });
  const content = ["notification", 2, id, "for one", "unread"];
  assert.deepEqual((await comeBack(as, windows)).told, [["removed", 2, id, "retargeted"], resumed]);
  assert.deepEqual((await comeBack(as, ios, "ios")).told, [content, resumed]);
  assert.deepEqual((await comeBack(as, android, "android")).told, [resumed]);
  // Its states are no longer any business of a platform that it left; that it is deleted, of all.
  const gone = await upToDate(as);
  await patch(as, id, { readState: "read" });
  assert.deepEqual((await comeBack(as, gone)).told, [resumed]);
  assert.deepEqual((await comeBack(as, windows)).told, [["removed", 3, id, "retargeted"], resumed]);
  await post(as, "for both again", { key: "k" });
  assert.deepEqual((await comeBack(as, gone)).told, [["notification", 4, id, "for both again", "unread"], resumed]);
});

test("more than a page away: everything, in order, once", async () => {
  const as = someone();
  const kept = await post(as, "kept");
  const cursor = await upToDate(as);
  const gone = await post(as, "gone");
  for (let first = 0; first < 130; first += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, number) => post(as, `n${first + number}`)));
  }
  const order = await delta(as);
  assert.equal(order.length, 132);
  await remove(as, gone);
  await patch(as, kept, { readState: "read" });
  const contents = order
    .slice(2)
    .map(({ id, payload }, number) => ["notification", number + 3, id, payload.rawContent, "unread"]);
  const { told, frames } = await comeBack(as, cursor);
  assert.deepEqual(told, [
    ...contents,
    ["removed", 133, gone, "deleted"],
    ["state", 134, kept, "read", "noInteraction"],
    resumed,
  ]);
  // Without a cursor the tombstone isn't told, though it stands in a later page.
  assert.deepEqual((await comeBack(as)).told, [...contents, ["notification", 134, kept, "kept", "read"], begun]);
  // A client that is cut off goes on where the last frame was.
  for (const last of [97, 99, 120]) {
    assert.deepEqual((await comeBack(as, frames[last].cursor)).told, told.slice(last + 1), `after ${last}`);
  }
});

test("a delta in pages, with a change in between, leads the stream to no gap", async () => {
  const as = someone();
  const ids = [];
  for (const text of ["a", "b", "c", "d"]) ids.push(await post(as, text));
  const first = await service.request("GET", `${feed}/delta?$top=2`, { as });
  await patch(as, ids[3], { readState: "read" });
  let page = await service.request("GET", first.json["@odata.nextLink"].slice(service.url.length), { as });
  const known = [...first.json.value, ...page.json.value];
  assert.deepEqual(
    known.map(({ id }) => id),
    ids.slice(0, 3),
  );
  const link = page.json["@odata.deltaLink"];
  const { told } = await comeBack(as, new URL(link).searchParams.get("$deltatoken") ?? "");
  assert.deepEqual(told, [["notification", 5, ids[3], "d", "read"], resumed]);
  page = await service.request("GET", link.slice(service.url.length), { as });
  assert.deepEqual(
    page.json.value.map((/** @type {any} */ item) => [item.id, item.readState]),
    [[ids[3], "read"]],
  );
});
