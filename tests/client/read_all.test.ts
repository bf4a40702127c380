// Everything read in one step: offline, by any tab, without sweeping anything newer along.

import assert from "node:assert/strict";
import { test } from "node:test";
import { refusals, SECOND, Stage } from "./stage.ts";

const unread = (stage: Stage) => stage.service.items("ann").filter(({ readState }) => readState === "unread");
const titles = (items: readonly { payload: { visualContent?: { title: string } | null } }[]) =>
  items.map(({ payload }) => payload.visualContent?.title);

function post(stage: Stage, count: number): void {
  for (let number = 1; number <= count; number++) stage.service.post("ann", { title: `${number}` });
}

test("one frame reads a thousand items, those that aren't loaded too, here and in another browser", async () => {
  using stage = new Stage();
  post(stage, 1000);
  const { client } = await stage.live();
  const follower = await stage.live();
  assert.equal(client.unread, 1000);
  const asked = client.markAllRead();
  assert.equal(client.unread, 0);
  assert.ok(client.items.every(({ readState }) => readState === "read"));
  await stage.world.settle(asked);
  assert.equal(unread(stage).length, 0);
  await stage.world.run(SECOND);
  assert.deepEqual([client.unread, follower.client.unread], [0, 0]);
  assert.deepEqual(
    stage.service.answered.map(({ type, status }) => [type, status]),
    [["markAllRead", 200]],
  );
  assert.equal(stage.disk.changes, 0);
});

test("asked without a network, and the tab closed: the next visit reads what was there then, and nothing newer", async () => {
  using stage = new Stage();
  post(stage, 3);
  const first = await stage.offline();
  first.client.markAllRead().catch(() => {});
  assert.equal(first.client.unread, 0);
  await stage.world.run(100);
  first.tab.kill();
  stage.service.post("ann", { title: "newer" });
  stage.browser.setOnline(true);
  const second = await stage.live();
  await stage.world.until("it arrives", () => unread(stage).length === 1);
  await stage.world.run(SECOND);
  assert.deepEqual(titles(unread(stage)), ["newer"]);
  assert.equal(second.client.unread, 1);
  assert.equal(stage.disk.changes, 0);
});

test("changes asked for before and after it are all made, in the person's order", async () => {
  using stage = new Stage();
  post(stage, 3);
  const { client } = await stage.offline();
  const [three, two, one] = client.items.map(({ id }) => id);
  const asked = [client.dismiss(three!), client.markUnread(two!), client.markAllRead()];
  asked.push(client.markUnread(one!), client.dismiss(two!));
  assert.deepEqual(
    client.items.map(({ readState, userActionState }) => [readState, userActionState]),
    [
      ["read", "dismissed"],
      ["read", "dismissed"],
      ["unread", "noInteraction"],
    ],
  );
  stage.browser.setOnline(true);
  await stage.world.settle(Promise.all(asked));
  const states = stage.service.items("ann").map(({ readState, userActionState }) => [readState, userActionState]);
  assert.deepEqual(states, [
    ["read", "dismissed"],
    ["read", "dismissed"],
    ["unread", "noInteraction"],
  ]);
  assert.equal(client.unread, 1);
});

test("of a feed that was begun anew meanwhile it is taken back, and said to be refused", async () => {
  using stage = new Stage();
  post(stage, 2);
  const opened = await stage.offline();
  const { client } = opened;
  const asked = client.markAllRead();
  asked.catch(() => {});
  stage.service.feed("ann").renew();
  stage.browser.setOnline(true);
  await stage.world.until("it is refused", () => refusals(opened).length > 0);
  await assert.rejects(asked, { status: 410, code: "SyncStateNotFound" });
  const [refused] = refusals(opened);
  assert.equal(refused?.change, "markAllRead");
  await stage.world.run(SECOND);
  assert.equal(client.unread, 2);
});

test("another device's is taken in, for the platforms that it names", async () => {
  using stage = new Stage();
  post(stage, 2);
  const { client } = await stage.live();
  const other = await stage.live("ann", { share: false, store: null });
  await stage.world.settle(other.client.markAllRead());
  await stage.world.until("it is told", () => client.unread === 0);
  await stage.world.run(SECOND);
  assert.deepEqual(unread(stage), []);
});
