// Leadership: a tab that was overtaken, or has no token, leaves it to another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE, SECOND, shown, Stage } from "./stage.ts";

test("a leader that was stopped and overtaken follows, and saves nothing over the other's", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "first" });
  const first = await stage.live();
  const second = await stage.live();
  assert.equal(first.client.leads, true);
  first.tab.stop();
  await stage.world.until("the other leads", () => second.client.leads);
  await stage.is(second, "live");
  stage.service.post("ann", { title: "second" });
  await stage.world.until("it is stored", () => stage.disk.titles.length === 2);
  first.tab.goOn();
  await stage.world.until("the first follows", () => !first.client.leads && shown(first).length === 2);
  assert.deepEqual(stage.disk.titles, ["first", "second"]);
});

test("the lead is given up where only the store says that another has it", async () => {
  using stage = new Stage();
  const first = await stage.live();
  // The second tab gets no lock in time, and leads alone over the same store.
  stage.browser.faults.locks = "hangs";
  const second = await stage.live();
  stage.browser.faults.locks = "works";
  await stage.world.run(SECOND);
  const before = stage.service.begun.length;
  stage.service.post("ann", { title: "news" });
  await stage.world.until("it joins anew", () => stage.service.begun.length > before);
  await stage.is(first, "live");
  await stage.world.run(MINUTE);
  assert.deepEqual([shown(first), shown(second)], [["news"], ["news"]]);
  assert.ok(stage.service.begun.length <= before + 2, "they don't fight over it");
});

test("what the browser clears is stored anew", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "kept" });
  const { client, tab } = await stage.live();
  await stage.world.until("it is stored", () => stage.disk.titles.length === 1);
  stage.browser.clearData();
  stage.browser.setOnline(false);
  await stage.world.run(SECOND);
  void client.markRead(id);
  await stage.world.run(SECOND);
  assert.equal(stage.disk.changes, 1);
  tab.kill();
  stage.browser.setOnline(true);
  await stage.live();
  await stage.world.until("the service has it", () => stage.service.items("ann")[0]!.readState === "read");
  assert.deepEqual(stage.disk.titles, ["kept"]);
});

test("a leader whose `token` doesn't answer leaves the lead to a tab that has one", async () => {
  using stage = new Stage();
  let hangs = false;
  const token = () => (hangs ? new Promise<string>(() => {}) : Promise.resolve(stage.service.token("ann")));
  const first = await stage.live("ann", { token });
  const second = await stage.live();
  await stage.world.run(11 * SECOND);
  hangs = true;
  stage.service.closeAll(1012);
  await stage.world.until("the other leads", () => second.client.leads);
  await stage.is(second, "live");
  await stage.is(first, "live");
  assert.deepEqual(first.client.status.without, ["token"]);
  assert.deepEqual(second.client.status.without, []);
});

test("a failing `token` shows in the status, and so does its recovery", async () => {
  using stage = new Stage();
  let fails = true;
  const token = () => (fails ? Promise.reject(new Error("no")) : Promise.resolve(stage.service.token("ann")));
  const opened = stage.open("ann", { token });
  await stage.is(opened, "waiting");
  assert.deepEqual(opened.client.status.without, ["token"]);
  assert.equal(opened.client.status.cause, "token");
  fails = false;
  await stage.is(opened, "live");
  assert.deepEqual(opened.client.status.without, []);
  fails = true;
  stage.service.closeAll(1012);
  await stage.world.until("it is told", () => opened.client.status.without.length === 1);
});

test("`token` that doesn't answer at first leaves a client waiting, and isn't called meanwhile", async () => {
  using stage = new Stage();
  let give: (token: string) => void = () => {};
  let calls = 0;
  const token = () => {
    calls += 1;
    return new Promise<string>((resolve) => (give = resolve));
  };
  const opened = stage.open("ann", { token });
  await stage.is(opened, "waiting");
  opened.client.reconnect();
  stage.browser.setOnline(false);
  stage.browser.setOnline(true);
  await stage.world.run(5 * MINUTE);
  assert.equal(calls, 1);
  assert.deepEqual(opened.client.status.without, ["token"]);
  give(stage.service.token("ann"));
  await stage.is(opened, "live");
  assert.equal(calls, 1);
});
