// Another person signs in while clients run: the feed of one user never becomes another's.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, HOUR, MINUTE, SECOND, shown, Stage } from "./stage.ts";

function withFeeds(): Stage {
  const stage = new Stage();
  for (const user of ["ann", "bob"]) stage.service.post(user, { title: `${user}'s` });
  return stage;
}

test("a connection that is another user's brings nothing, and the client stops", async () => {
  using stage = withFeeds();
  let user = "ann";
  const opened = await stage.live("ann", { token: async () => stage.service.token(user) });
  await stage.world.run(SECOND);
  user = "bob";
  stage.service.closeAll(1012);
  await stage.is(opened, "stopped");
  assert.equal(opened.client.status.cause, "another-user");
  await stage.world.run(HOUR);
  assert.deepEqual(shown(opened), []);
  assert.deepEqual(stage.disk.titles, ["ann's"]);
  assert.equal(stage.service.connections.size, 0);
});

test("when it is to go on, it goes on as the other user's, and what was stored stays where it was", async () => {
  using stage = withFeeds();
  let user = "ann";
  const opened = await stage.live("ann", { token: async () => stage.service.token(user) });
  await stage.world.run(SECOND);
  user = "bob";
  stage.service.closeAll(1012);
  await stage.is(opened, "stopped");
  opened.client.reconnect();
  await stage.is(opened, "live");
  await stage.world.run(SECOND);
  assert.deepEqual(shown(opened), ["bob's"]);
  const { stored } = stage.browser.databases;
  assert.deepEqual(stored.map(({ items }) => items.length).sort(), [1, 1]);
  opened.tab.kill();
  assert.deepEqual(shown(await stage.live("ann")), ["ann's"]);
  assert.deepEqual(shown(await stage.live("bob")), ["bob's"]);
});

test("a client that was never connected isn't taken over by another user's first connection", async () => {
  using stage = withFeeds();
  stage.service.isSilent = true;
  let user = "ann";
  const opened = stage.open("ann", { token: async () => stage.service.token(user) });
  await stage.world.run(SECOND);
  user = "bob";
  stage.service.isSilent = false;
  await stage.is(opened, "stopped");
  assert.equal(opened.client.status.cause, "another-user");
  await stage.world.run(MINUTE);
  assert.deepEqual(stage.disk.titles, []);
});

test("a fresh token on the open connection is another user's: nothing of that user is read by it, and the client stops", async () => {
  using stage = withFeeds();
  for (let number = 0; number < 10; number++) stage.service.post("ann", { title: `ann's ${number}` });
  let user = "ann";
  const opened = await stage.live("ann", { top: 3, token: async () => stage.service.token(user) });
  user = "bob";
  await stage.world.run(54.9 * MINUTE);
  assert.equal(opened.client.status.state, "live");
  const isSent = () => [...stage.service.connections].some(({ frames }) => frames.some(({ type }) => type === "token"));
  await stage.world.until("the fresh token is sent", isSent, 10 * MINUTE);
  const older = opened.client.loadOlder().catch(() => {});
  await stage.world.settle(older);
  assert.ok(shown(opened).every((title) => title.startsWith("ann's")));
  await stage.is(opened, "stopped");
  assert.equal(opened.client.status.cause, "another-user");
  await stage.world.run(SECOND);
  assert.ok(stage.disk.titles.every((title) => title.startsWith("ann's")));
});

test("a token of another form of the same user goes on", async () => {
  using stage = withFeeds();
  let format = () => stage.service.token("ann");
  const opened = await stage.live("ann", { token: async () => format() });
  format = () => "opaque-ann-1";
  stage.service.closeAll(1012);
  await stage.world.run(MINUTE);
  assert.deepEqual([opened.client.status.state, ...shown(opened)], ["live", "ann's"]);
});

test("an app that names the user may have opaque tokens; another's is found out all the same", async () => {
  using stage = withFeeds();
  let token = "opaque-ann-1";
  const opened = await stage.live("ann", { user: "megan", token: async () => token });
  token = "opaque-bob-1";
  stage.service.closeAll(1012);
  await stage.is(opened, "stopped");
  assert.equal(opened.client.status.cause, "another-user");
  assert.deepEqual(stage.disk.titles, ["ann's"]);
});

test("a token that doesn't say whose it is needs `user`", async () => {
  using stage = withFeeds();
  const opened = stage.open("ann", { token: async () => "opaque-ann-1" });
  await stage.is(opened, "stopped");
  assert.equal(opened.client.status.cause, "user-unknown");
});

test("a stored feed is another user's by the service's word: nothing of either is shown or mixed", async () => {
  using stage = withFeeds();
  const first = await stage.live("ann", { user: "megan" });
  await stage.world.run(SECOND);
  first.tab.kill();
  const second = stage.open("bob", { user: "megan" });
  await stage.is(second, "stopped");
  assert.equal(second.client.status.cause, "another-user");
  assert.deepEqual(shown(second), []);
  assert.deepEqual(stage.disk.titles, ["ann's"]);
});

test("a tab that follows asks whose it is after it was away for long, and stops where another is signed in", async () => {
  using stage = withFeeds();
  await stage.live("ann", { token: async () => stage.service.token("ann", { lives: DAY }) });
  let user = "ann";
  const follower = await stage.live("ann", { token: async () => stage.service.token(user) });
  assert.equal(follower.client.leads, false);
  user = "bob";
  follower.tab.hide();
  await stage.world.run(6 * MINUTE);
  assert.equal(follower.client.status.state, "live");
  follower.tab.show();
  await stage.is(follower, "stopped");
  assert.equal(follower.client.status.cause, "another-user");
  assert.deepEqual(shown(follower), []);
});

test("a plain close and a switch of user keep changes for the user who made them", async () => {
  using stage = withFeeds();
  const { id } = stage.service.items("ann")[0]!;
  const opened = await stage.live("ann");
  await stage.world.run(SECOND);
  stage.browser.setOnline(false);
  opened.client.markRead(id).catch(() => {});
  await stage.world.run(SECOND);
  assert.deepEqual(await stage.world.settle(opened.client.close()), { unsent: 1 });
  opened.tab.kill();
  stage.browser.setOnline(true);
  const bob = await stage.live("bob");
  await stage.world.run(MINUTE);
  assert.equal(stage.service.items("ann")[0]!.readState, "unread");
  bob.tab.kill();
  await stage.live("ann");
  await stage.world.until("ann's change arrives", () => stage.service.items("ann")[0]!.readState === "read");
});
