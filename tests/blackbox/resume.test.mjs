// Coming back to a feed: what a connection is told of what it missed (CONTRACT §4; DESIGN, "Frames").

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, someone } from "./expect.mjs";
import { about, assertInOrder, follow } from "./following.mjs";
import { startService } from "./harness.mjs";

const service = await startService();
const { post, connected } = follow(service);

test("with a cursor: only what was missed", async () => {
  const as = someone();
  const { stream, ready } = await connected({ as });
  await post(as);
  const { cursor } = await stream.next();
  await stream.close(1000);
  const away = await connected({ as, query: { cursor } });
  assert.deepEqual(away.missed, []);
  assert.equal(away.ready.resumed, true);
  away.stream.terminate();
  const ids = [await post(as), await post(as)];
  const back = await connected({ as, query: { cursor } });
  assert.deepEqual(
    back.missed.map(about),
    ids.map((id) => ["notification", id]),
  );
  assertInOrder(back.missed);
  assert.equal(back.ready.resumed, true);
  // From the very beginning too, and from the end.
  assert.equal((await connected({ as, query: { cursor: ready.cursor } })).missed.length, 3);
  assert.equal((await connected({ as, query: { cursor: back.ready.cursor } })).missed.length, 0);
  assert.equal((await connected({ as, query: { cursor: back.missed[0].cursor } })).missed.length, 1);
});

test("a cursor that can't be honoured: reset, then the whole live feed", async () => {
  const [as, other] = [someone(), someone()];
  const id = await post(as);
  await post(other);
  const { ready } = await connected({ as });
  const foreign = (await connected({ as: other })).ready.cursor;
  const beyond = Buffer.from(ready.cursor, "base64url");
  beyond[beyond.length - 1] += 1;
  for (const cursor of [
    "x",
    "nonsense!",
    `${ready.cursor}A`,
    ready.cursor.slice(0, -4),
    foreign,
    beyond.toString("base64url"),
    "A".repeat(3000),
  ]) {
    const { frames } = await connected({ as, query: { cursor } });
    assert.deepEqual(frames.map(about), [
      ["reset", undefined],
      ["notification", id],
      ["ready", undefined],
    ]);
    assert.deepEqual(frames[0], { type: "reset" });
    assert.equal(frames[2].resumed, false);
  }
});

test("a replacement that no longer aims at a platform is removed there", async () => {
  const as = someone();
  const [windows, ios] = [await connected({ as }), await connected({ as, platform: "ios" })];
  const replace = (/** @type {string[]} */ ...platformTypes) =>
    post(as, { appNotificationId: "one", targetPolicy: { platformTypes } });
  const id = await replace("windows", "ios");
  const first = await windows.stream.next();
  assert.deepEqual(about(await ios.stream.next()), ["notification", id]);

  assert.equal(await replace("ios"), id);
  const removed = await windows.stream.next();
  assert.deepEqual(removed, { type: "removed", seq: removed.seq, cursor: removed.cursor, id, reason: "retargeted" });
  assertInOrder([first, removed]);
  assert.deepEqual(about(await ios.stream.next()), ["notification", id]);
  // Who was away is told the same; who knows nothing has nothing to take back.
  const away = await connected({ as, query: { cursor: first.cursor } });
  assert.deepEqual(away.missed.map(about), [["removed", id]]);
  assert.equal(away.missed[0].reason, "retargeted");
  assert.deepEqual((await connected({ as })).missed, []);

  // It may come back.
  await replace("windows");
  assert.deepEqual(about(await windows.stream.next()), ["notification", id]);
  const back = await ios.stream.next();
  assert.deepEqual([...about(back), back.reason], ["removed", id, "retargeted"]);
});

test("replaced twice while away: only what it says now", async () => {
  const as = someone();
  const { stream, ready } = await connected({ as });
  stream.terminate();
  const id = await post(as, { appNotificationId: "one" });
  const between = await post(as);
  for (const title of ["Second", "Third"]) {
    await post(as, { appNotificationId: "one", payload: { visualContent: { title } } });
  }
  const { missed } = await connected({ as, query: { cursor: ready.cursor } });
  assert.deepEqual(missed.map(about), [
    ["notification", between],
    ["notification", id],
  ]);
  assert.equal(missed[1].notification.payload.visualContent.title, "Third");
});

test("expired while away: nothing of it", async () => {
  const as = someone();
  const { stream, ready } = await connected({ as });
  const expiration = Date.now() + 600;
  await post(as, { expirationDateTime: new Date(expiration).toISOString() });
  await stream.next();
  await eventually(async () => Date.now() >= expiration);
  const id = await post(as);
  for (const query of /** @type {Record<string, string>[]} */ ([{}, { cursor: ready.cursor }])) {
    const { missed } = await connected({ as, query });
    assert.deepEqual(missed.map(about), [["notification", id]]);
  }
});

test("more than one page is replayed in order, each once", async () => {
  const as = someone();
  const ids = await Promise.all(Array.from({ length: 130 }, () => post(as)));
  const { missed } = await connected({ as });
  assert.equal(missed.length, ids.length);
  assertInOrder(missed);
  assert.deepEqual(new Set(missed.map(({ notification }) => notification.id)), new Set(ids));
});

test("what happens during the replay isn't missed, and doesn't come twice", async () => {
  const as = someone();
  await Promise.all(Array.from({ length: 120 }, () => post(as)));
  const posting = Array.from({ length: 20 }, () => post(as));
  const connecting = Array.from({ length: 5 }, () => service.connect({ as }));
  const streams = await Promise.all(connecting);
  await Promise.all(posting);
  const last = await post(as);
  for (const stream of streams) {
    const frames = [];
    const still = new Set(["ready", last]);
    while (still.size > 0) {
      const frame = await stream.next();
      frames.push(frame);
      still.delete(frame.notification?.id ?? frame.type);
    }
    const changes = frames.filter(({ type }) => type !== "ready");
    assert.equal(changes.length, frames.length - 1);
    assertInOrder(changes);
    assert.equal(new Set(changes.map(({ notification }) => notification.id)).size, 141);
  }
});
