// Signing out where localStorage takes no note of it: the note is kept in a database of its own, else in the page.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Faults } from "./tab.ts";
import { type Opened, SECOND, shown, Stage } from "./stage.ts";

const NOTHING = { titles: [], changes: 0, settings: 0 };

function left(stage: Stage): { titles: string[]; changes: number; settings: number } {
  const { titles, changes, settings } = stage.disk;
  return { titles, changes, settings };
}

/**
 * Ann has two tabs where localStorage doesn't work, and the one that leads is stopped while it writes.
 * @returns both
 */
async function heldUp(stage: Stage, settings: Faults["settings"]): Promise<[stopped: Opened, other: Opened]> {
  stage.service.post("ann", { title: "secret" });
  stage.browser.faults.settings = settings;
  const leader = await stage.live();
  const follower = await stage.live();
  await stage.world.run(SECOND);
  stage.service.post("ann", { title: "another" });
  const { databases } = stage.browser;
  await stage.world.until("the leader saves", () => databases.isBusy(leader.tab));
  leader.tab.stop();
  return [leader, follower];
}

/** A client of nobody comes, and has time. */
async function nextVisit(stage: Stage): Promise<Opened> {
  const opened = stage.open("ann", { token: () => Promise.resolve(null) });
  await stage.world.run(SECOND);
  return opened;
}

for (const settings of ["absent", "throws", "full"] as const) {
  test(`a sign-out while the disk is held up is finished by the next client, where localStorage is ${settings}`, async () => {
    using stage = new Stage();
    const [stopped, { client, tab }] = await heldUp(stage, settings);
    await stage.world.settle(client.close({ forget: true }), 2 * SECOND);
    tab.kill();
    stopped.tab.kill(false);
    assert.deepEqual(stage.disk.titles, ["secret"], "the disk was held up");
    await nextVisit(stage);
    assert.deepEqual(left(stage), NOTHING);
  });
}

test("the tab that was stopped finishes it when it goes on", async () => {
  using stage = new Stage();
  const [stopped, { client, tab }] = await heldUp(stage, "throws");
  await stage.world.settle(client.close({ forget: true }), 2 * SECOND);
  tab.kill();
  stopped.tab.goOn();
  await stage.world.run(5 * SECOND);
  assert.equal(stopped.client.status.cause, "forgotten");
  assert.deepEqual(left(stage), NOTHING);
});

test("the page goes some milliseconds after the sign-out began: it is noted", async () => {
  using stage = new Stage();
  const [stopped, { client, tab }] = await heldUp(stage, "throws");
  void client.close({ forget: true });
  await stage.world.run(50);
  tab.kill();
  stopped.tab.kill(false);
  await nextVisit(stage);
  assert.deepEqual(left(stage), NOTHING);
});

test("where localStorage is full, the name of the feed that was opened last makes room for the note", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "secret" });
  const { client, tab } = await stage.live();
  await stage.world.run(SECOND);
  stage.browser.faults.settings = "full";
  void client.close({ forget: true });
  tab.kill();
  await nextVisit(stage);
  assert.deepEqual(stage.disk, { titles: [], changes: 0, names: stage.disk.names, settings: 0 });
  assert.ok(!stage.disk.names.includes("notifeed.signouts"));
});

test("where localStorage is full, no other feed counts as the one that was opened last", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "ann's" });
  stage.service.post("bob", { title: "bob's" });
  const ann = await stage.live("ann");
  await stage.world.run(SECOND);
  ann.tab.kill();
  stage.browser.faults.settings = "full";
  stage.browser.settings.set([...stage.browser.settings.keys()][0]!, "short");
  const bob = await stage.live("bob");
  await stage.world.run(SECOND);
  bob.tab.kill();
  const { client } = await nextVisit(stage);
  await stage.world.settle(client.close({ forget: true }), 2 * SECOND);
  assert.deepEqual(stage.disk.titles, ["ann's", "bob's"]);
});

test("where neither localStorage nor IndexedDB works, the page's next client finishes it", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "secret" });
  const before = await stage.live();
  await stage.world.run(SECOND);
  before.tab.kill();
  stage.browser.faults.settings = "throws";
  stage.browser.setStorage("forbidden");
  const { client, tab } = await stage.live();
  await stage.world.settle(client.close({ forget: true }), 2 * SECOND);
  assert.deepEqual(stage.disk.titles, ["secret"]);
  stage.browser.setStorage("works");
  stage.open("bob", { token: () => Promise.resolve(null) }, tab);
  await stage.world.run(SECOND);
  assert.deepEqual(stage.disk.titles, []);
});

test("the same user signs in again: her new feed begins with nothing, and stays", async () => {
  using stage = new Stage();
  const [stopped, { client, tab }] = await heldUp(stage, "throws");
  await stage.world.settle(client.close({ forget: true }), 2 * SECOND);
  tab.kill();
  stopped.tab.kill(false);
  stage.browser.setOnline(false);
  const again = stage.open();
  await stage.world.run(SECOND);
  assert.deepEqual(left(stage), NOTHING);
  stage.browser.setOnline(true);
  await stage.is(again, "live");
  await nextVisit(stage);
  await stage.world.run(SECOND);
  assert.deepEqual(shown(again), ["another", "secret"]);
  assert.deepEqual(stage.disk.titles, ["another", "secret"]);
});

test("a page that was stopped while it finished a sign-out takes nothing that was stored since", async () => {
  for (let turn = 0; turn < 40; turn++) {
    using stage = new Stage();
    const [stopped, { client, tab }] = await heldUp(stage, "throws");
    await stage.world.settle(client.close({ forget: true }), 2 * SECOND);
    tab.kill();
    stopped.tab.kill(false);
    const finisher = stage.open("bob", { token: () => Promise.resolve(null) });
    await stage.world.run(turn / 4);
    finisher.tab.stop();
    const again = stage.open();
    await stage.world.run(20 * SECOND);
    finisher.tab.goOn();
    await stage.world.run(20 * SECOND);
    assert.equal(again.client.status.state, "live", `stopped after ${turn / 4} ms`);
    assert.deepEqual(shown(again), ["another", "secret"]);
    if (!again.client.status.without.includes("storage"))
      assert.deepEqual(stage.disk.titles, ["another", "secret"], `stopped after ${turn / 4} ms`);
  }
});
