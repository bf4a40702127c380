// Looked at apart from read: a list that was looked at is so on every device, and nothing of it is read by that.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Opened, SECOND, Stage } from "./stage.ts";

const counts = ({ client }: Opened) => [client.unread, client.unseen];

test("what was looked at is seen on every device and in every tab, and still unread", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "one" });
  const first = await stage.live();
  const follower = await stage.live();
  const other = await stage.live("ann", { share: false, store: null });
  stage.service.post("ann", { title: "two" });
  await stage.world.until("it arrives", () => [follower, other].every(({ client }) => client.items.length === 2));
  assert.deepEqual([first, follower, other].map(counts), [
    [2, 2],
    [2, 2],
    [2, 2],
  ]);
  const asked = first.client.markAllSeen();
  assert.deepEqual(counts(first), [2, 0]);
  await stage.world.settle(asked);
  await stage.world.until("it is told", () => other.client.unseen === 0);
  await stage.world.run(SECOND);
  assert.deepEqual([first, follower, other].map(counts), [
    [2, 0],
    [2, 0],
    [2, 0],
  ]);
  stage.service.post("ann", { title: "three" });
  await stage.world.until("it arrives", () => follower.client.unseen === 1);
  assert.deepEqual([first, follower, other].map(counts), [
    [3, 1],
    [3, 1],
    [3, 1],
  ]);
});

test("looked at without a network: the next visit tells it, and nothing newer is seen by that", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "one" });
  const first = await stage.live();
  stage.browser.setOnline(false);
  first.client.markAllSeen().catch(() => {});
  assert.deepEqual(counts(first), [1, 0]);
  await stage.world.run(100);
  first.tab.kill();
  stage.service.post("ann", { title: "newer" });
  stage.browser.setOnline(true);
  const second = await stage.live();
  await stage.world.until("it arrives", () => stage.disk.changes === 0);
  assert.deepEqual(counts(second), [2, 1]);
  // Nothing is left to be seen but the newer one; seen twice is seen once.
  await stage.world.settle(second.client.markAllSeen());
  await stage.world.settle(second.client.markAllSeen());
  assert.equal(stage.service.answered.filter(({ type }) => type === "markAllSeen").length, 2);
});
