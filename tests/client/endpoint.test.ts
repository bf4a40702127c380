// The subscription that a browser is pushed through, told to a client that runs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE, SECOND, shown, Stage } from "./stage.ts";

/** The subscriptions of the connections that were begun. */
const endpoints = ({ service }: Stage) => service.begun.map(({ query }) => query.get("endpoint"));

test("any tab tells its subscription; the one that leads comes back with it, and misses nothing", async () => {
  using stage = new Stage();
  const leader = await stage.live();
  const follower = await stage.live();
  stage.service.post("ann", { title: "before" });
  await stage.world.until("both have it", () => shown(follower).length === 1 && shown(leader).length === 1);
  follower.client.setEndpoint("one");
  stage.service.post("ann", { title: "meanwhile" });
  await stage.world.until("it comes back", () => endpoints(stage).length === 2);
  await stage.world.until("both have it", () => shown(follower).length === 2 && shown(leader).length === 2);
  assert.deepEqual([leader.client.leads, stage.service.connections.size], [true, 1]);
  // Said again by another tab it changes nothing.
  leader.client.setEndpoint("one");
  follower.client.setEndpoint("one");
  await stage.world.run(MINUTE);
  assert.deepEqual(endpoints(stage), [null, "one"]);
  // The tab that leads next knows it, too.
  leader.tab.kill();
  await stage.world.until("the other leads", () => follower.client.leads);
  await stage.is(follower, "live");
  assert.deepEqual(endpoints(stage), [null, "one", "one"]);
  follower.client.setEndpoint(null);
  await stage.world.run(SECOND);
  await stage.is(follower, "live");
  assert.deepEqual(endpoints(stage), [null, "one", "one", null]);
});

test("a subscription that has ended is done without, and the next one is used", async () => {
  using stage = new Stage();
  const { subscriptions } = stage.service;
  const opened = await stage.live("ann", { endpoint: "one" });
  for (const [ended, next] of [
    ["one", "two"],
    ["two", "three"],
  ] as const) {
    subscriptions.set(ended, null);
    stage.service.closeAll(4403, "SubscriptionEnded");
    await stage.world.run(SECOND);
    await stage.is(opened, "live");
    assert.equal(endpoints(stage).at(-1), null);
    opened.client.setEndpoint(next);
    await stage.world.run(SECOND);
    await stage.is(opened, "live");
    assert.equal(endpoints(stage).at(-1), next);
  }
});

test("a client that is offline, or closed, takes a subscription, too", async () => {
  using stage = new Stage();
  const opened = await stage.offline();
  opened.client.setEndpoint("one");
  stage.browser.setOnline(true);
  await stage.is(opened, "live");
  assert.equal(endpoints(stage).at(-1), "one");
  await stage.world.settle(opened.client.close());
  const begun = endpoints(stage).length;
  opened.client.setEndpoint("two");
  await stage.world.run(MINUTE);
  assert.equal(endpoints(stage).length, begun);
});

test("another user is found out in a tab that has the former one's subscription", async () => {
  using stage = new Stage();
  stage.service.subscriptions.set("ann's", "ann");
  await stage.live("ann", { endpoint: "ann's" });
  let user = "ann";
  const follower = await stage.live("ann", { endpoint: "ann's", token: async () => stage.service.token(user) });
  user = "bob";
  follower.tab.hide();
  await stage.world.run(6 * MINUTE);
  follower.tab.show();
  await stage.is(follower, "stopped");
  assert.equal(follower.client.status.cause, "another-user");
  assert.deepEqual(shown(follower), []);
});
