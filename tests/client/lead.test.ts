// The tab that leads is stopped, frozen, put away, killed: another takes over, and nothing of the former counts any more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE, type Opened, SECOND, shown, Stage } from "./stage.ts";

async function two(stage: Stage): Promise<[Opened, Opened]> {
  const leader = await stage.live();
  const follower = await stage.live();
  assert.deepEqual([leader.client.leads, follower.client.leads], [true, false]);
  return [leader, follower];
}

test("a leader that is stopped: the tab in view takes over within 15 s", async () => {
  using stage = new Stage();
  const [leader, follower] = await two(stage);
  leader.tab.stop();
  await stage.world.until("the other leads", () => follower.client.leads, 15 * SECOND);
  await stage.is(follower, "live");
  stage.service.post("ann", { title: "news" });
  await stage.world.until("it is told", () => shown(follower).includes("news"));
  leader.tab.goOn();
  await stage.world.until("the former follows", () => !leader.client.leads);
  await stage.world.until("it has the news", () => shown(leader).includes("news"));
  await stage.world.run(SECOND);
  assert.equal(stage.service.connections.size, 1);
});

test("tabs out of view leave a stopped leader alone", async () => {
  using stage = new Stage();
  const [leader, follower] = await two(stage);
  follower.tab.hide();
  await stage.world.run(20 * SECOND);
  leader.tab.stop();
  await stage.world.run(5 * MINUTE);
  assert.equal(follower.client.leads, false);
  follower.tab.show();
  await stage.world.until("it leads", () => follower.client.leads, 5 * SECOND);
});

test("a leader that is busy for a moment keeps the lead", async () => {
  using stage = new Stage();
  const [leader, follower] = await two(stage);
  for (let round = 0; round < 20; round++) {
    leader.tab.stop();
    await stage.world.run(2.5 * SECOND);
    leader.tab.goOn();
    await stage.world.run(7.5 * SECOND);
  }
  assert.deepEqual([leader.client.leads, follower.client.leads], [true, false]);
});

test("the lead is taken over by force once in 30 s at most, even if every new leader is suspended", async () => {
  using stage = new Stage();
  const [leader, follower] = await two(stage);
  const begun = stage.service.begun.length;
  for (let round = 0; round < 60; round++) {
    const [leads, follows] = leader.client.leads ? [leader, follower] : [follower, leader];
    leads.tab.stop();
    await stage.world.run(SECOND);
    follows.client.reconnect();
    await stage.world.run(3 * SECOND);
    leads.tab.goOn();
    await stage.world.run(SECOND);
  }
  const steals = stage.service.begun.length - begun;
  // Two tabs, 300 s: each takes over once in 30 s at most.
  assert.ok(steals <= 20, `${steals} connections`);
});

for (const how of ["freeze", "kill"] as const) {
  test(`a leader gives up the lead before it goes (${how}), and another has it at once`, async () => {
    using stage = new Stage();
    const [leader, follower] = await two(stage);
    leader.tab[how]();
    await stage.world.until("the other leads", () => follower.client.leads, SECOND);
    await stage.is(follower, "live");
  });
}

test("a leader that crashes: another has the lead at once", async () => {
  using stage = new Stage();
  const [leader, follower] = await two(stage);
  leader.tab.kill(false);
  await stage.world.until("the other leads", () => follower.client.leads, SECOND);
});

test("a page that comes back from where it was put away follows, and has everything", async () => {
  using stage = new Stage();
  const [leader, follower] = await two(stage);
  leader.tab.freeze();
  await stage.is(follower, "live");
  stage.service.post("ann", { title: "meanwhile" });
  await stage.world.run(10 * MINUTE);
  leader.tab.resume();
  await stage.world.until("it has it", () => shown(leader).includes("meanwhile"), 5 * SECOND);
  assert.equal(stage.service.connections.size, 1);
});

test("events of the time in which a page was put away don't make it join twice", async () => {
  using stage = new Stage();
  const opened = await stage.live();
  stage.browser.setOnline(false);
  await stage.world.run(SECOND);
  opened.tab.freeze();
  await stage.world.run(SECOND);
  stage.browser.setOnline(true);
  await stage.world.run(SECOND);
  opened.tab.resume();
  await stage.is(opened, "live");
  await stage.world.run(5 * SECOND);
  const { channels, locks } = stage.browser;
  assert.deepEqual(
    [channels.count(opened.tab), locks.count(locks.held[0]!), stage.service.connections.size],
    [1, 1, 1],
  );
});

test("a page that comes back and is seen, or pressed, before it has the lock joins once", async () => {
  using stage = new Stage();
  const opened = await stage.live();
  stage.browser.setOnline(false);
  await stage.world.run(SECOND);
  assert.equal(opened.client.status.state, "waiting");
  opened.tab.freeze();
  await stage.world.run(SECOND);
  stage.browser.setOnline(true);
  const { tokens } = opened;
  opened.tab.resume();
  await stage.world.run(0);
  opened.tab.show();
  opened.client.reconnect();
  await stage.is(opened, "live");
  await stage.world.run(5 * SECOND);
  const { channels, locks } = stage.browser;
  assert.deepEqual([channels.count(opened.tab), locks.count(locks.held[0]!), opened.tokens - tokens], [1, 1, 1]);
});

test("a page alone that comes back leads again", async () => {
  using stage = new Stage();
  const opened = await stage.live();
  for (let round = 0; round < 5; round++) {
    opened.tab.freeze();
    await stage.world.run(MINUTE);
    assert.equal(stage.service.connections.size, 0);
    stage.service.post("ann", { title: `${round}` });
    opened.tab.resume();
    await stage.world.until("it has it", () => shown(opened)[0] === `${round}`, 5 * SECOND);
    assert.equal(opened.client.leads, true);
  }
});

test("a former leader's save is aborted: the disk is of the generation that leads", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "old" });
  const [leader, follower] = await two(stage);
  await stage.world.run(SECOND);
  // News that the former leader has heard, and not stored yet, waits with it.
  stage.service.post("ann", { title: "heard" });
  await stage.world.run(5);
  leader.tab.stop();
  await stage.world.until("the other leads", () => follower.client.leads, 15 * SECOND);
  await stage.is(follower, "live");
  const { id } = stage.service.items("ann").find((item) => item.payload.visualContent!.title === "old")!;
  stage.service.delete("ann", id);
  await stage.world.run(SECOND);
  leader.tab.goOn();
  await stage.world.run(10 * SECOND);
  assert.deepEqual(stage.disk.titles, ["heard"]);
});

test("fifty tabs: one connection, and all have everything", async () => {
  using stage = new Stage();
  const all: Opened[] = [];
  for (let count = 0; count < 50; count++) all.push(stage.open());
  for (const opened of all) await stage.is(opened, "live");
  stage.service.post("ann", { title: "news" });
  await stage.world.run(SECOND);
  for (const opened of all) assert.deepEqual(shown(opened), ["news"]);
  assert.equal(stage.service.begun.length, 1);
});

test("tabs that come and go leave nothing behind", async () => {
  using stage = new Stage();
  const tab = stage.browser.tab();
  for (let count = 0; count < 20; count++) {
    const opened = await stage.live("ann", {}, tab);
    if (count % 2) await stage.world.settle(opened.client.close());
    else {
      void opened.client.close();
      stage.open("ann", {}, tab).client.close();
    }
    await stage.world.run(10);
  }
  await stage.world.run(SECOND);
  const { locks, channels } = stage.browser;
  const left = { watchers: tab.watchers, channels: channels.count(tab), locks: locks.held.length };
  assert.deepEqual(left, { watchers: 0, channels: 0, locks: 0 });
  assert.equal(stage.service.connections.size, 0);
  const { timers } = tab;
  await stage.world.run(10 * MINUTE);
  assert.equal(tab.timers, timers);
});
