// Clocks of devices that are wrong, that are set while the app runs, and times that can't be read.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, HOUR, MINUTE, SECOND, shown, Stage } from "./stage.ts";

for (const [name, error] of [
  ["2 h ahead", 2 * HOUR],
  ["8 days ahead", 8 * DAY],
  ["10 min ahead", 10 * MINUTE],
  ["8 days behind", -8 * DAY],
] as const) {
  test(`a clock ${name}: everything is shown, tokens are asked for as ever, and no timer spins`, async () => {
    using stage = new Stage();
    stage.browser.clockError = error;
    stage.service.post("ann", { title: "a week" });
    stage.service.post("ann", { title: "5 minutes", lives: 5 * MINUTE });
    const opened = await stage.live();
    await stage.world.run(2 * SECOND);
    assert.deepEqual(shown(opened), ["5 minutes", "a week"]);
    assert.ok(Math.abs(opened.client.now() - stage.world.now) < SECOND);
    await stage.world.run(6 * MINUTE);
    assert.deepEqual(shown(opened), ["a week"], "it expires by the service's clock");
    await stage.world.run(54 * MINUTE);
    assert.ok(opened.tokens <= 3, `${opened.tokens} tokens`);
    assert.ok(opened.tab.timers < 600, `${opened.tab.timers} timers in an hour`);
    assert.deepEqual(stage.disk.titles, ["a week"], "what has expired leaves the disk");
  });
}

test("a tab that follows knows the service's time, though it came before its leader knew it, and is out of view", async () => {
  using stage = new Stage();
  stage.browser.clockError = 8 * DAY;
  stage.service.post("ann", { title: "one" });
  const leader = stage.open();
  const tab = stage.browser.tab();
  tab.hide();
  const follower = stage.open("ann", {}, tab);
  await stage.is(leader, "live");
  await stage.is(follower, "live");
  assert.deepEqual(shown(follower), ["one"]);
});

test("a visit with a wrong clock throws nothing away: once it is right all is there, also without a network", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "one" });
  const first = await stage.live();
  await stage.world.run(SECOND);
  first.tab.kill();
  stage.browser.clockError = 8 * DAY;
  stage.browser.setOnline(false);
  const second = stage.open();
  await stage.world.run(MINUTE);
  second.tab.kill();
  assert.deepEqual(stage.disk.titles, ["one"]);
  stage.browser.clockError = 0;
  const third = stage.open();
  await stage.world.until("the stored feed is shown", () => third.client.items.length === 1);
});

test("the last offset serves the next visit until the service tells its time", async () => {
  using stage = new Stage();
  stage.browser.clockError = 8 * DAY;
  stage.service.post("ann", { title: "one" });
  const first = await stage.live();
  await stage.world.run(SECOND);
  first.tab.kill();
  stage.browser.setOnline(false);
  const second = stage.open();
  await stage.world.until("the stored feed is shown", () => second.client.items.length === 1);
  assert.deepEqual(shown(second), ["one"]);
});

test("a clock that is set while the app runs changes nothing", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "one" });
  const opened = await stage.live();
  for (const error of [8 * DAY, -8 * DAY, 2 * HOUR, 0]) {
    stage.browser.clockError = error;
    stage.service.post("ann", { title: `at ${error}` });
    await stage.world.run(MINUTE);
    assert.ok(shown(opened).includes(`at ${error}`) && shown(opened).includes("one"));
  }
  assert.ok(opened.tab.timers < 100, `${opened.tab.timers} timers`);
  assert.ok(opened.tokens <= 2);
});

for (const expirationDateTime of ["", "soon", "2026-13-45T99:00:00Z", "+275761-01-01T00:00:00Z"]) {
  test(`a time that can't be read (${JSON.stringify(expirationDateTime)}) harms nobody`, async () => {
    using stage = new Stage();
    const opened = await stage.live();
    const item = stage.service.post("ann", { title: "good" });
    let changes = 0;
    opened.client.on("change", () => (changes += 1));
    const cursor = stage.service.feed("ann").cursor({ position: 2, content: 2, newest: null });
    stage.service.feed("ann").head = 2;
    const odd = { ...item, id: "odd", expirationDateTime, payload: { visualContent: { title: "odd" } } };
    stage.service.say("ann", { type: "notification", seq: 2, cursor, replayed: false, notification: odd });
    await stage.world.run(MINUTE);
    assert.ok(shown(opened).includes("good"));
    assert.ok(changes <= 4, `${changes} changes`);
    assert.ok(opened.tab.timers < 30, `${opened.tab.timers} timers`);
  });
}

for (const now of ["", "soon", "0000-00-00"]) {
  test(`a service that tells its time as ${JSON.stringify(now)} is believed by nobody`, async () => {
    using stage = new Stage();
    stage.service.tellTime = () => now;
    stage.service.post("ann", { title: "one" });
    const opened = await stage.live();
    await stage.world.run(10 * MINUTE);
    assert.deepEqual(shown(opened), ["one"]);
    assert.ok(opened.tab.timers < 200, `${opened.tab.timers} timers`);
  });
}

for (const [what, lives, issued] of [
  ["that end at once", 0, 0],
  ["that ended before they were issued", -HOUR, 0],
  ["of a minute", MINUTE, 0],
  ["that were issued next week", HOUR, 7 * DAY],
] as const) {
  test(`tokens ${what} are asked for at most once a minute`, async () => {
    using stage = new Stage();
    const { service, world } = stage;
    // The service takes them, whatever they say.
    service.read = (token) => (token ? { user: "ann", expires: Infinity } : null);
    let asked = 0;
    const token = async () => {
      asked += 1;
      return service.token("ann", { lives, issued: world.now + issued });
    };
    await stage.live("ann", { token });
    asked = 0;
    await world.run(10 * MINUTE);
    assert.ok(asked <= 10, `${asked} times in 10 minutes`);
  });
}
