// Signing out: nothing of the feed stays on the device or in another tab, whenever it is asked for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Opened, SECOND, shown, Stage } from "./stage.ts";

/** Nothing of anybody is left, and it took at most two seconds. */
async function forgets(stage: Stage, { client }: Opened): Promise<{ unsent: number }> {
  const began = stage.world.elapsed;
  const closed = await stage.world.settle(client.close({ forget: true }));
  assert.ok(stage.world.elapsed - began <= 2 * SECOND, `it took ${stage.world.elapsed - began} ms`);
  await stage.world.run(10 * SECOND);
  assert.deepEqual(stage.disk, { titles: [], changes: 0, names: [], settings: 0 });
  assert.deepEqual(client.items, []);
  return closed;
}

/** Somebody was here before: the feed is on the disk. */
async function visited(stage: Stage): Promise<void> {
  stage.service.post("ann", { title: "secret" });
  const before = await stage.live();
  await stage.world.run(SECOND);
  before.tab.kill();
  assert.deepEqual(stage.disk.titles, ["secret"]);
}

test("a sign-out in the tab that leads", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "secret" });
  const opened = await stage.live();
  await forgets(stage, opened);
  assert.equal(stage.service.connections.size, 0);
});

test("a sign-out empties the inbox in the same turn", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "secret" });
  const { client } = await stage.live();
  assert.equal(client.items.length, 1);
  const closed = client.close({ forget: true });
  assert.equal(client.items.length, 0);
  await stage.world.settle(closed);
});

test("a sign-out after a plain close", async () => {
  using stage = new Stage();
  await visited(stage);
  const opened = await stage.live();
  await stage.world.settle(opened.client.close());
  assert.deepEqual(stage.disk.titles, ["secret"], "a plain close keeps the feed");
  await forgets(stage, opened);
});

test("a sign-out in the turn of connect()", async () => {
  using stage = new Stage();
  await visited(stage);
  await forgets(stage, stage.open());
});

for (const [what, token] of [
  ["before the first token came", () => new Promise<never>(() => {})],
  ["while `token` fails", () => Promise.reject(new Error("no network"))],
  ["where nobody is signed in any more", () => Promise.resolve(null)],
] as const) {
  test(`a sign-out ${what}`, async () => {
    using stage = new Stage();
    await visited(stage);
    const opened = stage.open("ann", { token });
    await stage.world.run(3 * SECOND);
    await forgets(stage, opened);
  });
}

test("a sign-out while the user isn't known deletes only the feed that was opened last", async () => {
  using stage = new Stage();
  stage.service.post("bob", { title: "bob's" });
  const bob = await stage.live("bob");
  await stage.world.run(SECOND);
  bob.tab.kill();
  await visited(stage).catch(() => {});
  assert.deepEqual(stage.disk.titles, ["bob's", "secret"]);
  const opened = stage.open("ann", { token: () => Promise.resolve(null) });
  await stage.world.run(SECOND);
  await stage.world.settle(opened.client.close({ forget: true }));
  await stage.world.run(SECOND);
  assert.deepEqual(stage.disk.titles, ["bob's"]);
});

test("a sign-out in a tab that follows: the tab that leads stops as well, and writes nothing back", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "secret" });
  const leader = await stage.live();
  const follower = await stage.live();
  assert.deepEqual([leader.client.leads, follower.client.leads], [true, false]);
  await forgets(stage, follower);
  assert.equal(leader.client.status.cause, "forgotten");
  assert.deepEqual(shown(leader), []);
  stage.service.post("ann", { title: "later" });
  await stage.world.run(60 * SECOND);
  assert.deepEqual(stage.disk.titles, []);
  assert.equal(stage.service.connections.size, 0);
});

test("a sign-out in the tab that leads: those that follow stop as well", async () => {
  using stage = new Stage();
  const leader = await stage.live();
  const followers = [await stage.live(), await stage.live()];
  await forgets(stage, leader);
  for (const { client, tokens } of followers) {
    assert.equal(client.status.cause, "forgotten");
    assert.ok(tokens <= 1);
  }
});

test("a sign-out while the tab that leads is stopped by a dialog: when it goes on it stops, and writes nothing back", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "secret" });
  const leader = await stage.live();
  const follower = await stage.live();
  await stage.world.run(SECOND);
  leader.tab.stop();
  const began = stage.world.elapsed;
  await stage.world.settle(follower.client.close({ forget: true }));
  assert.ok(stage.world.elapsed - began <= 2 * SECOND);
  assert.deepEqual(stage.disk.titles, []);
  stage.service.post("ann", { title: "later" });
  await stage.world.run(5 * SECOND);
  leader.tab.goOn();
  await stage.world.run(10 * SECOND);
  assert.equal(leader.client.status.cause, "forgotten");
  assert.deepEqual(stage.disk.titles, []);
});

test("a later sign-in isn't held up by a tab that is stopped", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "hers" });
  const leader = await stage.live();
  const follower = await stage.live();
  await stage.world.run(SECOND);
  leader.tab.stop();
  await stage.world.settle(follower.client.close({ forget: true }));
  const again = stage.open();
  await stage.world.until("the client is live", () => again.client.status.state === "live", 10 * SECOND);
  assert.deepEqual(shown(again), ["hers"]);
});

test("a tab that has no locks hears of it all the same", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "secret" });
  stage.browser.faults.locks = "absent";
  const alone = await stage.live();
  assert.deepEqual(alone.client.status.without, ["sharing"]);
  stage.browser.faults.locks = "works";
  await forgets(stage, await stage.live());
  assert.equal(alone.client.status.cause, "forgotten");
  assert.deepEqual(shown(alone), []);
});

test("a page that was put away meanwhile writes nothing back when it returns, neither items nor changes", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "secret" });
  let user: string | null = "ann";
  const token = async () => (user === null ? null : stage.service.token(user));
  const away = await stage.live("ann", { token });
  await stage.world.run(SECOND);
  stage.service.answer = () => "nothing";
  away.client.markRead(id).catch(() => {});
  await stage.world.run(SECOND);
  away.tab.freeze();
  await stage.world.run(SECOND);
  user = null;
  const other = await stage.live();
  await stage.world.settle(other.client.close({ forget: true }));
  away.tab.resume();
  await stage.world.run(30 * SECOND);
  assert.deepEqual(stage.disk, { titles: [], changes: 0, names: [], settings: 0 });
  assert.equal(away.client.leads, false);
  assert.deepEqual(shown(away), []);
});

test("what isn't answered is sent first, and what can't be is counted and dropped", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "one" });
  const opened = await stage.live();
  void opened.client.markRead(id);
  assert.deepEqual(await forgets(stage, opened), { unsent: 0 });
  assert.equal(stage.service.items("ann")[0]!.readState, "read");
});

test("changes that find no connection are dropped, and it says how many", async () => {
  using stage = new Stage();
  const items = [1, 2, 3].map((number) => stage.service.post("ann", { title: `${number}` }));
  const opened = await stage.live();
  stage.browser.setOnline(false);
  await stage.world.run(SECOND);
  for (const { id } of items) opened.client.markRead(id).catch(() => {});
  assert.deepEqual(await forgets(stage, opened), { unsent: 3 });
  stage.browser.setOnline(true);
  await stage.live();
  await stage.world.run(60 * SECOND);
  assert.deepEqual(stage.service.answered, []);
});

for (const storage of ["absent", "throws", "forbidden", "hangs", "fails"] as const) {
  test(`it settles in time where storage ${storage}`, async () => {
    using stage = new Stage();
    const { client } = await stage.live();
    stage.browser.setStorage(storage);
    const began = stage.world.elapsed;
    await stage.world.settle(client.close({ forget: true }));
    assert.ok(stage.world.elapsed - began <= 2 * SECOND);
  });
}

test("a token that a tab kept isn't used again", async () => {
  using stage = new Stage();
  stage.service.refusal = { code: 4429, reason: "ServerBusy" };
  const opened = stage.open();
  await stage.world.run(100);
  await stage.world.settle(opened.client.close({ forget: true }));
  stage.service.refusal = null;
  const begun = stage.service.begun.length;
  await stage.world.run(120 * SECOND);
  assert.equal(stage.service.begun.length, begun);
});

test("names on the disk, of locks and of channels are digests", async () => {
  using stage = new Stage();
  await stage.live();
  await stage.live();
  await stage.world.run(SECOND);
  const { locks, channels, settings } = stage.browser;
  const names = [...stage.disk.names, ...locks.held, ...channels.names, ...settings.keys(), ...settings.values()];
  assert.ok(names.length >= 5);
  for (const name of names) assert.match(name, /^notifeed\.(\d\.)?[0-9a-f]{32}$/);
});
