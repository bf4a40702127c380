// The console's feed and its patience, as pure functions.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ask,
  EMPTY,
  lineLost,
  newestFirst,
  nextExpiration,
  receive,
  unreadCount,
  withoutExpired,
} from "../../www/devices/feed.js";
import { waitAfter } from "../../www/devices/live.js";

const noon = Date.parse("2026-11-22T12:00:00Z");
const at = (/** @type {number} */ seconds) => new Date(noon + seconds * 1000).toISOString();

/**
 * @param {number} seq
 * @param {string} id
 * @param {Partial<import("../../www/devices/feed.js").Notification>} [members]
 * @returns {import("../../www/devices/feed.js").Arrival}
 */
function arrival(seq, id, members = {}) {
  return {
    type: "notification",
    seq,
    cursor: `c${seq}`,
    replayed: false,
    notification: {
      id,
      groupName: null,
      priority: "High",
      payload: { visualContent: { title: id } },
      targetPolicy: { platformTypes: ["Windows"] },
      createdDateTime: at(seq),
      expirationDateTime: at(3600),
      readState: "unread",
      userActionState: "noInteraction",
      status: "active",
      ...members,
    },
  };
}

const ids = (/** @type {import("../../www/devices/feed.js").Feed} */ feed) => newestFirst(feed).map(({ id }) => id);

test("notifications stand newest first, and a cursor says where to go on", () => {
  const feed = receive(EMPTY, [arrival(1, "a"), arrival(2, "b"), arrival(3, "c")]);
  assert.deepEqual(ids(feed), ["c", "b", "a"]);
  assert.equal(feed.cursor, "c3");
  assert.deepEqual(ids(EMPTY), [], "the feed that it began with is untouched");
});

test("what was created in the same millisecond stands as it came", () => {
  const together = { createdDateTime: at(0) };
  assert.deepEqual(ids(receive(EMPTY, [arrival(1, "a", together), arrival(2, "b", together)])), ["b", "a"]);
});

test("a change that is known already is dropped, whatever it says", () => {
  const feed = receive(EMPTY, [arrival(5, "a")]);
  const again = receive(feed, [
    arrival(5, "a", { readState: "read" }),
    arrival(4, "b"),
    { type: "removed", seq: 3, cursor: "c3", id: "a", reason: "deleted" },
  ]);
  assert.deepEqual(again, feed);
});

test("a replacement keeps its place and shows its new content", () => {
  const feed = receive(EMPTY, [arrival(1, "a"), arrival(2, "b")]);
  const replaced = receive(feed, [arrival(3, "a", { createdDateTime: at(1), status: "updated" })]);
  assert.deepEqual(ids(replaced), ["b", "a"]);
  assert.equal(replaced.items.get("a")?.status, "updated");
});

test("a state changes the one notification, a removal takes it away", () => {
  const feed = receive(EMPTY, [arrival(1, "a"), arrival(2, "b")]);
  const state = { readState: "read", userActionState: "dismissed" };
  const changed = receive(feed, [{ type: "state", seq: 3, cursor: "c3", id: "a", ...state }]);
  assert.equal(changed.items.get("a")?.readState, "read");
  assert.equal(changed.items.get("a")?.userActionState, "dismissed");
  assert.equal(changed.items.get("b"), feed.items.get("b"));
  assert.equal(feed.items.get("a")?.readState, "unread");
  const removed = receive(changed, [{ type: "removed", seq: 4, cursor: "c4", id: "a", reason: "deleted" }]);
  assert.deepEqual(ids(removed), ["b"]);
  const unknown = receive(removed, [{ type: "state", seq: 5, cursor: "c5", id: "z", ...state }]);
  assert.deepEqual(ids(unknown), ["b"]);
});

test("a reset forgets everything, the numbers too", () => {
  const feed = receive(EMPTY, [arrival(9, "a")]);
  const begun = receive(feed, [{ type: "reset" }, arrival(1, "b")]);
  assert.deepEqual(ids(begun), ["b"]);
  assert.equal(begun.cursor, "c1");
  assert.deepEqual(receive(feed, [{ type: "reset" }]), EMPTY);
});

test("ready and results carry the cursor on", () => {
  const ready = receive(EMPTY, [{ type: "ready", cursor: "c7", endpoint: null, resumed: false }]);
  assert.equal(ready.cursor, "c7");
  const result = receive(ready, [{ type: "result", ref: "1", status: 200, seq: 8, cursor: "c8" }]);
  assert.equal(result.cursor, "c8");
  assert.equal(result.seq, 8);
  const refused = receive(result, [{ type: "result", ref: "2", status: 404, error: { message: "" } }]);
  assert.deepEqual(refused, result);
});

/** @type {import("../../www/devices/feed.js").Request} */
const dismissal = { type: "update", ref: "1", id: "a", readState: "read", userActionState: "dismissed" };

test("what is asked for happens when the result says so, and carries the cursor on", () => {
  const asked = ask(receive(EMPTY, [arrival(1, "a"), arrival(2, "b")]), dismissal);
  assert.equal(asked.items.get("a")?.readState, "unread");
  const done = receive(asked, [{ type: "result", ref: "1", status: 200, seq: 3, cursor: "c3" }]);
  assert.equal(done.items.get("a")?.readState, "read");
  assert.equal(done.items.get("a")?.userActionState, "dismissed");
  assert.equal(done.cursor, "c3");
  assert.deepEqual(done.asked, EMPTY.asked);

  const undone = receive(ask(done, { type: "update", ref: "2", id: "a", userActionState: "noInteraction" }), [
    { type: "result", ref: "2", status: 200, seq: 4, cursor: "c4" },
  ]);
  assert.equal(undone.items.get("a")?.userActionState, "noInteraction");
  assert.equal(undone.items.get("a")?.readState, "read", "a state that wasn't named stays");

  const deleted = receive(ask(undone, { type: "delete", ref: "3", id: "b" }), [
    { type: "result", ref: "3", status: 204, seq: 5, cursor: "c5" },
  ]);
  assert.deepEqual(ids(deleted), ["a"]);
});

test("what is refused changes nothing; what has gone already leaves", () => {
  const asked = ask(receive(EMPTY, [arrival(1, "a")]), dismissal);
  /** @type {(status: number) => import("../../www/devices/feed.js").Frame} */
  const refusal = (status) => ({ type: "result", ref: "1", status, error: { message: "" } });
  const refused = receive(asked, [refusal(503)]);
  assert.deepEqual(refused, { ...asked, asked: EMPTY.asked });
  assert.deepEqual(ids(receive(asked, [refusal(404)])), []);
});

test("a change and a replacement count in the order in which they come", () => {
  const asked = ask(receive(EMPTY, [arrival(1, "a")]), dismissal);
  const replaced = arrival(2, "a", { status: "updated" });
  /** @type {import("../../www/devices/feed.js").Frame} */
  const result = { type: "result", ref: "1", status: 200, seq: 3, cursor: "c3" };
  const dismissedAfter = receive(asked, [replaced, result]);
  assert.equal(dismissedAfter.items.get("a")?.userActionState, "dismissed");
  assert.equal(dismissedAfter.items.get("a")?.status, "updated");
  const replacedAfter = receive(asked, [
    { ...result, seq: 2 },
    { ...replaced, seq: 3 },
  ]);
  assert.equal(replacedAfter.items.get("a")?.userActionState, "noInteraction");
});

test("a lost line takes its answers with it; the replay tells what became of it", () => {
  const lost = lineLost(ask(receive(EMPTY, [arrival(1, "a")]), dismissal));
  assert.equal(lost.cursor, "c1");
  const late = receive(lost, [{ type: "result", ref: "1", status: 200 }]);
  assert.equal(late.items.get("a")?.userActionState, "noInteraction");
  const { id, readState, userActionState } = { readState: "", userActionState: "", ...dismissal };
  const replayed = receive(lost, [{ type: "state", seq: 2, cursor: "c2", id, readState, userActionState }]);
  assert.equal(replayed.items.get("a")?.userActionState, "dismissed");
});

test("unread is what waits to be read", () => {
  assert.equal(unreadCount(EMPTY), 0);
  const feed = receive(EMPTY, [
    arrival(1, "a"),
    arrival(2, "b"),
    arrival(3, "c", { readState: "read" }),
    arrival(4, "d", { userActionState: "dismissed" }),
  ]);
  assert.equal(unreadCount(feed), 2);
  const done = receive(ask(feed, dismissal), [{ type: "result", ref: "1", status: 200, seq: 5, cursor: "c5" }]);
  assert.equal(unreadCount(done), 1);
});

test("at its instant a notification has expired", () => {
  const feed = receive(EMPTY, [arrival(1, "a", { expirationDateTime: at(10) }), arrival(2, "b")]);
  assert.equal(nextExpiration(feed), noon + 10_000);
  assert.equal(withoutExpired(feed, noon + 9_999), feed);
  assert.deepEqual(ids(withoutExpired(feed, noon + 10_000)), ["b"]);
  assert.equal(nextExpiration(EMPTY), Infinity);
});

test("after a lost line the wait is anything up to a growing limit", () => {
  assert.equal(waitAfter(1006, 1, 0), 0);
  const limits = [1, 2, 3, 4, 5, 6, 7, 100].map((failures) => waitAfter(1006, failures, 1));
  assert.deepEqual(limits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  assert.equal(waitAfter(4429, 1, 1), 1000);
});

test("close codes say what to do", () => {
  for (const stop of [4400, 4403]) assert.equal(waitAfter(stop, 1, 0.5), Infinity);
  for (const atOnce of [1012, 4401, 4408]) {
    assert.equal(waitAfter(atOnce, 1, 0.5), 0);
    assert.ok(waitAfter(atOnce, 2, 0.5) > 0, `${atOnce} again and again is a loop`);
  }
});
