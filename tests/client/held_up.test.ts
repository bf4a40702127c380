// Signing out while another tab, stopped in the middle of a transaction, holds the disk up, and the page that signs out
// is gone before the disk answers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Opened, SECOND, shown, Stage } from "./stage.ts";

const EMPTY = { titles: [], changes: 0, settings: 0 };

function left(stage: Stage): { titles: string[]; changes: number; settings: number } {
  const { titles, changes, settings } = stage.disk;
  return { titles, changes, settings };
}

/** Ann signs out and her page goes, while another tab of hers is stopped. @returns the tab that is stopped */
async function heldUp(stage: Stage): Promise<Opened> {
  stage.service.post("ann", { title: "secret" });
  const leader = await stage.live();
  const follower = await stage.live();
  await stage.world.run(SECOND);
  stage.service.post("ann", { title: "another" });
  const { databases } = stage.browser;
  await stage.world.until("the leader saves", () => databases.isBusy(leader.tab));
  leader.tab.stop();
  await stage.world.settle(follower.client.close({ forget: true }), 2 * SECOND);
  follower.tab.kill();
  assert.deepEqual(stage.disk.titles, ["secret"], "the disk is held up");
  return leader;
}

test("the tab that was stopped empties the disk when it goes on", async () => {
  using stage = new Stage();
  const stopped = await heldUp(stage);
  await stage.world.run(SECOND);
  stopped.tab.goOn();
  await stage.world.run(5 * SECOND);
  assert.equal(stopped.client.status.cause, "forgotten");
  assert.deepEqual(left(stage), EMPTY);
});

for (const [who, token] of [
  ["of nobody", () => Promise.resolve(null)],
  ["whose token is late", () => new Promise<never>(() => {})],
] as const) {
  test(`the next client, ${who}, empties the disk`, async () => {
    using stage = new Stage();
    const stopped = await heldUp(stage);
    stopped.tab.kill();
    stage.open("ann", { token });
    await stage.world.run(SECOND);
    assert.deepEqual(left(stage), EMPTY);
  });
}

test("the next client of another user empties the disk, and stays as it is", async () => {
  using stage = new Stage();
  stage.service.post("bob", { title: "bob's" });
  const stopped = await heldUp(stage);
  stopped.tab.kill();
  const bob = await stage.live("bob");
  await stage.world.run(5 * SECOND);
  assert.deepEqual(stage.disk.titles, ["bob's"]);
  assert.equal(stage.disk.settings, 1, "the feed that was opened last");
  assert.equal(bob.client.status.state, "live");
});

test("a page that was killed in its sign-out has signed out", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "secret" });
  const { client, tab } = await stage.live();
  await stage.world.run(SECOND);
  stage.service.answer = () => "nothing";
  client.markRead(id).catch(() => {});
  await stage.world.run(SECOND);
  void client.close({ forget: true });
  tab.kill();
  stage.open("ann", { token: () => Promise.resolve(null) });
  await stage.world.run(SECOND);
  assert.deepEqual(left(stage), EMPTY);
});

test("two tabs in which the user signs in again at once begin with nothing, and both stay", async () => {
  using stage = new Stage();
  const stopped = await heldUp(stage);
  stopped.tab.kill();
  stage.browser.setOnline(false);
  const tabs = [stage.open(), stage.open()];
  await stage.world.run(SECOND);
  assert.deepEqual(left(stage), { ...EMPTY, settings: 1 });
  for (const opened of tabs) assert.deepEqual(shown(opened), []);
  stage.browser.setOnline(true);
  for (const opened of tabs) await stage.is(opened, "live");
  await stage.world.run(5 * SECOND);
  for (const opened of tabs) assert.deepEqual(shown(opened), ["another", "secret"]);
  assert.deepEqual(stage.disk.titles, ["another", "secret"]);
});

test("a sign-out where storage is forbidden is finished when it works", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "secret" });
  const before = await stage.live();
  await stage.world.run(SECOND);
  before.tab.kill();
  stage.browser.setStorage("forbidden");
  const { client, tab } = await stage.live();
  await stage.world.settle(client.close({ forget: true }), 2 * SECOND);
  tab.kill();
  stage.browser.setStorage("works");
  stage.open("ann", { token: () => Promise.resolve(null) });
  await stage.world.run(SECOND);
  assert.deepEqual(left(stage), EMPTY);
});
