import assert from "node:assert/strict";
import { test } from "node:test";
import type { FeedNotification } from "../generated/types.ts";
import { Feed, type Change, type FeedFrame } from "./feed.ts";

function item(id: string, members: Partial<FeedNotification> = {}): FeedNotification {
  return {
    id,
    appNotificationId: null,
    targetHostName: "contoso.example",
    groupName: null,
    priority: "High",
    payload: { visualContent: { title: id } },
    targetPolicy: { platformTypes: ["Windows"] },
    fallbackPolicy: null,
    createdDateTime: "2026-11-22T10:00:00Z",
    lastModifiedDateTime: "2026-11-22T10:00:00Z",
    expirationDateTime: "2026-11-29T10:00:00Z",
    displayTimeToLive: null,
    readState: "unread",
    userActionState: "noInteraction",
    status: "active",
    ...members,
  };
}

function arrival(seq: number, id: string, members: Partial<FeedNotification> = {}, replayed = false): FeedFrame {
  return { type: "notification", seq, cursor: `c${seq}`, replayed, notification: item(id, members) };
}

const read = (seq: number, id: string): FeedFrame => ({ type: "state", seq, cursor: `c${seq}`, id, readState: "read" });
const ready: FeedFrame = {
  type: "ready",
  cursor: "end",
  endpoint: null,
  resumed: true,
  now: "2026-11-26T00:00:00Z",
  unread: 0,
  unseen: 0,
  seenThrough: 0,
};

/** The news, in short. */
function told(changes: Change[]): string[] {
  return changes.map(({ type, held }) => `${type} ${held.notification.id}`);
}

/** A feed that has taken frames in, and what it told. */
function fed(...frames: FeedFrame[]): { feed: Feed; news: string[] } {
  const feed = new Feed();
  return { feed, news: frames.flatMap((frame) => told(feed.take(frame))) };
}

test("a change counts once, and only forwards", () => {
  const { feed, news } = fed(arrival(2, "a"), arrival(2, "a"), arrival(1, "b"), read(3, "a"), read(3, "a"));
  assert.deepEqual(news, ["notification a", "state a"]);
  assert.equal(feed.cursor, "c3");
});

test("a state that isn't named stays", () => {
  const { feed } = fed(arrival(1, "a", { userActionState: "snoozed" }), read(2, "a"));
  const { readState, userActionState } = feed.items.get("a")!.notification;
  assert.deepEqual([readState, userActionState], ["read", "snoozed"]);
});

test("a change of what isn't known changes nothing but the cursor", () => {
  const { feed, news } = fed(read(5, "a"), { type: "removed", seq: 6, cursor: "c6", id: "a", reason: "deleted" });
  assert.deepEqual(news, []);
  assert.equal(feed.cursor, "c6");
});

test("what is read in one step: what was unread, hadn't changed since, and is for that platform", () => {
  const both: Partial<FeedNotification> = { targetPolicy: { platformTypes: ["Windows", "iOS"] } };
  const { feed, news } = fed(
    arrival(1, "a"),
    arrival(2, "b", both),
    arrival(3, "c", { ...both, readState: "read" }),
    arrival(4, "d", both),
    { type: "readAll", seq: 5, cursor: "c5", through: 3, platform: "iOS" },
  );
  assert.deepEqual(news.slice(4), ["state b"]);
  assert.equal(feed.items.get("b")?.last, 5);
  assert.deepEqual(told(feed.take({ type: "readAll", seq: 7, cursor: "c7", through: 5, platform: null })), [
    "state a",
    "state d",
  ]);
  assert.equal(feed.cursor, "c7");
});

test("replaced content emits an event; the same content in a replay emits none, but changed states do", () => {
  const title = { payload: { visualContent: { title: "new" } } };
  const seconds = { displayTimeToLive: 59 };
  const { news } = fed(
    arrival(1, "a", { displayTimeToLive: 60 }),
    arrival(2, "a", { ...seconds, readState: "read" }, true),
    arrival(3, "a", { ...seconds, readState: "read" }, true),
    arrival(4, "a", { ...title, status: "updated" }, true),
    arrival(5, "a", { ...title, status: "updated" }),
  );
  assert.deepEqual(news, ["notification a", "state a", "known a", "notification a", "notification a"]);
});

test("newest first; of the same instant, the one that came later; a replacement keeps its place", () => {
  const at = (time: string) => ({ createdDateTime: `2026-11-22T10:00:${time}Z` });
  const { feed } = fed(
    arrival(1, "a", at("01")),
    arrival(2, "b", at("01.5")),
    arrival(3, "c", at("01")),
    arrival(4, "a", { ...at("01"), status: "updated" }),
  );
  assert.deepEqual(
    feed.newestFirst().map(({ id }) => id),
    ["b", "c", "a"],
  );
});

test("after a reset, what isn't met again until the end is removed", () => {
  const { feed, news } = fed(arrival(1, "a"), arrival(2, "b"), { type: "reset" }, arrival(1, "b", {}, true));
  assert.deepEqual(news, ["notification a", "notification b", "known b"]);
  assert.deepEqual(feed.met(), ["b"]);
  assert.deepEqual(told(feed.take(ready)), ["removed a"]);
  assert.deepEqual(feed.met(), ["b"]);
});

test("what expires leaves at its instant", () => {
  const { feed } = fed(arrival(1, "a"), arrival(2, "b", { expirationDateTime: "2026-11-23T10:00:00Z" }));
  const instant = Date.parse("2026-11-23T10:00:00Z");
  assert.equal(feed.nextExpiration(instant - 1), instant);
  assert.ok(feed.nextExpiration(instant) > instant);
  assert.deepEqual(feed.expire(instant - 1), []);
  assert.deepEqual(told(feed.expire(instant)), ["removed b"]);
  assert.equal(fed().feed.nextExpiration(instant), Infinity);
});

test("a tab that adopts another tab's position emits only the difference, and continues in the same state", () => {
  // The same run every time: a linear congruential generator.
  let seed = 1;
  const random = (below: number) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % below;
  const leader = new Feed();
  const follower = new Feed();
  const shown = new Map<string, FeedNotification>();
  const show = (changes: Change[]) => {
    for (const { type, held } of changes) {
      const { id } = held.notification;
      if (type === "removed") assert.ok(shown.delete(id), "removed what was shown");
      else if (type === "notification" || shown.has(id)) shown.set(id, held.notification);
      else assert.fail(`${type} of what isn't shown`);
    }
  };
  let seq = 0;
  let follows = true;
  for (let step = 0; step < 20_000; step++) {
    const id = String(random(8));
    const next: FeedFrame[] = [
      arrival(++seq, id, { groupName: String(random(2)) }, random(2) === 0),
      read(seq, id),
      { type: "removed", seq, cursor: `c${seq}`, id, reason: "deleted" },
      { type: "gone", id },
      ready,
    ];
    let frame = next[random(5)]!;
    if (random(40) === 0) {
      frame = { type: "reset" };
      seq = 0;
    }
    leader.take(frame);
    if (follows) show(follower.take(frame));
    if (random(10) === 0) {
      follows = random(2) === 0;
      if (follows) show(follower.adopt(leader.position()));
    }
    if (follows) assert.deepEqual(follower.position(), leader.position());
    assert.deepEqual([...shown.keys()].sort(), [...follower.items.keys()].sort());
  }
});
