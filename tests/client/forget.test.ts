// Signing out while service, disk or channel fail, and with a store of the app's own.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Store } from "../../browser/client/store.ts";
import { SECOND, shown, Stage } from "./stage.ts";

/** Everything is empty: the disk, its index, and what is shown. */
function assertGone(stage: Stage): void {
  const { titles, changes, settings } = stage.disk;
  assert.deepEqual({ titles, changes, settings }, { titles: [], changes: 0, settings: 0 });
}

test("a sign-out takes 2 s, though neither the service nor the disk answers", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "secret" });
  const { client } = await stage.live();
  stage.service.answer = () => "nothing";
  const marked = client.markRead(id);
  await stage.world.run(10);
  stage.browser.setStorage("hangs");
  const closed = stage.world.settle(client.close({ forget: true }), 2 * SECOND);
  assert.deepEqual(await closed, { unsent: 1 });
  await assert.rejects(marked, { code: "Closed" });
  stage.browser.setStorage("works");
  await stage.world.until("the disk is empty", () => stage.disk.titles.length === 0);
});

test("a sign-out waits for what is unanswered no longer than it takes", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "secret" });
  const { client } = await stage.live();
  void client.markRead(id);
  const begun = stage.world.elapsed;
  assert.deepEqual(await stage.world.settle(client.close({ forget: true })), { unsent: 0 });
  assert.ok(stage.world.elapsed - begun < SECOND, `${stage.world.elapsed - begun} ms`);
  assert.equal(stage.service.items("ann")[0]!.readState, "read");
});

test("a sign-out after a plain close, whose last save hangs, takes 2 s too", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "secret" });
  const { client } = await stage.live();
  stage.browser.setStorage("hangs");
  void client.close();
  await stage.world.settle(client.close({ forget: true }), 2 * SECOND);
  stage.browser.setStorage("works");
  await stage.world.until("the disk is empty", () => stage.disk.titles.length === 0);
});

test("a store of the app's own gets nothing after it has forgotten, and its save ends first", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "secret" });
  const calls: string[] = [];
  const store: Store = {
    load: () => Promise.resolve(null),
    async save() {
      calls.push("save");
      await new Promise<void>((resolve) => stage.world.after(100, resolve));
      calls.push("saved");
    },
    keep: async () => void calls.push("keep"),
    forget: async () => void calls.push("forget"),
  };
  const { client } = await stage.live("ann", { store });
  await stage.world.run(SECOND);
  stage.service.post("ann", { title: "another" });
  await stage.world.until("it is being saved", () => calls.at(-1) === "save");
  stage.service.change("ann", id, { readState: "read" });
  await stage.world.run(20);
  await stage.world.settle(client.close({ forget: true }));
  assert.deepEqual(calls.slice(-3), ["save", "saved", "forget"]);
  await stage.world.run(5 * SECOND);
  assert.equal(calls.at(-1), "forget");
});

test("the other tabs let go of the feed, those without sharing too, and the user can come back", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "secret" });
  const leader = await stage.live();
  const follower = await stage.live();
  const alone = await stage.live("ann", { share: false });
  await stage.world.settle(follower.client.close({ forget: true }));
  for (const other of [leader, alone]) {
    await stage.is(other, "stopped");
    assert.equal(other.client.status.cause, "forgotten");
    assert.deepEqual(shown(other), []);
    assert.equal(other.client.cursor, null, "what isn't shown isn't held either");
  }
  await stage.world.run(5 * SECOND);
  assertGone(stage);
  leader.client.reconnect();
  await stage.is(leader, "live");
  assert.deepEqual(shown(leader), ["secret"]);
});

test("tabs without a channel learn of a sign-out from their database", async () => {
  using stage = new Stage();
  stage.browser.faults.channels = "absent";
  stage.service.post("ann", { title: "secret" });
  const one = await stage.live();
  const other = await stage.live();
  await stage.world.settle(one.client.close({ forget: true }));
  await stage.is(other, "stopped");
  assert.equal(other.client.status.cause, "forgotten");
  await stage.world.run(5 * SECOND);
  assertGone(stage);
});

test("tabs without a channel learn of it too where their database was cleared before", async () => {
  using stage = new Stage();
  stage.browser.faults.channels = "absent";
  const { id } = stage.service.post("ann", { title: "secret" });
  const one = await stage.live();
  const other = await stage.live();
  await stage.world.run(SECOND);
  stage.browser.clearData();
  await stage.world.settle(one.client.close({ forget: true }));
  await stage.is(other, "stopped");
  assert.equal(other.client.status.cause, "forgotten");
  other.client.markRead(id).catch(() => {});
  await stage.world.run(5 * SECOND);
  assertGone(stage);
});

test("a page that was stopped while it read the disk hears of the sign-out when it goes on", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "secret" });
  const one = await stage.live();
  const other = stage.open();
  await stage.world.until("it reads the disk", () => stage.browser.databases.isBusy(other.tab));
  other.tab.stop();
  stage.browser.clearData();
  await stage.world.settle(one.client.close({ forget: true }));
  await stage.world.run(SECOND);
  other.tab.goOn();
  await stage.world.run(5 * SECOND);
  assert.equal(other.client.status.cause, "forgotten");
  assertGone(stage);
});

for (const isFrozen of [true, false]) {
  const how = isFrozen ? "frozen" : "put away, but still running,";
  test(`a page that was ${how} during the sign-out stays stopped when it returns, and writes nothing back`, async () => {
    using stage = new Stage();
    stage.service.post("ann", { title: "secret" });
    const away = await stage.live();
    const other = await stage.live();
    if (isFrozen) away.tab.freeze();
    else away.tab.tell("leave");
    await stage.world.until("the other leads", () => other.client.leads);
    await stage.world.settle(other.client.close({ forget: true }));
    await stage.world.run(SECOND);
    if (isFrozen) away.tab.resume();
    else away.tab.tell("return");
    await stage.world.run(5 * SECOND);
    assert.equal(away.client.status.state, "stopped");
    assert.equal(away.client.status.cause, "forgotten");
    assert.deepEqual(shown(away), []);
    assertGone(stage);
  });
}
