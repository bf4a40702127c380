// Stalls: facilities that never answer, are denied, throw or are absent. The client goes on with less, and says with how much less.

import assert from "node:assert/strict";
import { test } from "node:test";
import { streamOf } from "../../browser/client/address.ts";
import { formerName } from "../../browser/client/names.ts";
import { HOUR, MINUTE, SECOND, shown, Stage } from "./stage.ts";

for (const storage of ["absent", "throws", "forbidden", "hangs", "fails"] as const) {
  test(`storage ${storage}: the feed is live within 5 s, and the status says so`, async () => {
    using stage = new Stage();
    stage.browser.setStorage(storage);
    stage.service.post("ann", { title: "one" });
    const opened = stage.open();
    await stage.world.until("the client is live", () => opened.client.status.state === "live", 5 * SECOND);
    assert.deepEqual(shown(opened), ["one"]);
    assert.ok(opened.client.status.without.includes("storage"));
    await stage.world.settle(opened.client.markRead(opened.client.items[0]!.id));
    assert.equal(stage.service.items("ann")[0]!.readState, "read");
  });
}

test("storage that answers late isn't used in this visit, and is in the next", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "one" });
  stage.browser.setStorage("hangs");
  const first = await stage.live();
  stage.browser.setStorage("works");
  await stage.world.run(MINUTE);
  assert.deepEqual(stage.disk.titles, []);
  first.tab.kill();
  await stage.live();
  await stage.world.run(SECOND);
  assert.deepEqual(stage.disk.titles, ["one"]);
});

test("a disk that is full or stalls while the app runs costs nobody the feed", async () => {
  using stage = new Stage();
  const opened = await stage.live();
  for (const storage of ["full", "hangs", "works"] as const) {
    stage.browser.setStorage(storage);
    stage.service.post("ann", { title: storage });
    await stage.world.run(MINUTE);
    assert.equal(shown(opened)[0], storage);
  }
  assert.deepEqual(stage.disk.titles, ["full", "hangs", "works"], "once it works it has all of it");
});

for (const locks of ["absent", "throws", "denied", "hangs"] as const) {
  test(`locks ${locks}: the client is alone, live within 2 s`, async () => {
    using stage = new Stage();
    stage.browser.faults.locks = locks;
    const opened = stage.open();
    await stage.world.until("the client is live", () => opened.client.status.state === "live", 2 * SECOND);
    assert.deepEqual([opened.client.leads, opened.client.status.without], [true, ["sharing"]]);
  });
}

for (const channels of ["absent", "throws"] as const) {
  test(`channels ${channels}: the client is alone`, async () => {
    using stage = new Stage();
    stage.browser.faults.channels = channels;
    const opened = await stage.live();
    assert.deepEqual([opened.client.leads, opened.client.status.without], [true, ["sharing"]]);
  });
}

test("a sandboxed frame, where everything throws", async () => {
  using stage = new Stage();
  stage.browser.setStorage("throws");
  Object.assign(stage.browser.faults, { locks: "throws", channels: "throws", settings: "throws" });
  stage.service.post("ann", { title: "one" });
  const opened = await stage.live();
  assert.deepEqual(shown(opened), ["one"]);
  assert.deepEqual([...opened.client.status.without].sort(), ["sharing", "storage"]);
  await stage.world.settle(opened.client.close({ forget: true }));
});

test("a page on plain http: neither locks nor `crypto` with its functions", async () => {
  using stage = new Stage();
  const crypto = Object.getOwnPropertyDescriptor(globalThis, "crypto")!;
  Object.defineProperty(globalThis, "crypto", { configurable: true, value: undefined });
  try {
    stage.browser.faults.locks = "absent";
    const opened = await stage.live();
    await stage.world.run(SECOND);
    assert.match(stage.disk.names[0]!, /^notifeed\.\d\.[0-9a-f]{32}$/);
    await stage.world.settle(opened.client.close({ forget: true }));
  } finally {
    Object.defineProperty(globalThis, "crypto", crypto);
  }
});

test("`token` hangs at the first connection: it is waited for, and never called a second time", async () => {
  using stage = new Stage();
  let give = (_token: string) => {};
  let calls = 0;
  const token = () => {
    calls += 1;
    return new Promise<string>((resolve) => (give = resolve));
  };
  const opened = stage.open("ann", { token });
  await stage.world.run(31 * SECOND);
  const { state, cause, without } = opened.client.status;
  assert.deepEqual({ state, cause, without }, { state: "waiting", cause: "token", without: ["token"] });
  for (const event of ["online", "visible", "online"] as const) opened.tab.tell(event);
  await stage.world.run(HOUR);
  assert.equal(calls, 1);
  give(stage.service.token("ann"));
  await stage.is(opened, "live");
  assert.deepEqual([calls, opened.client.status.without], [1, []]);
});

test("`token` hangs at a later connection", async () => {
  using stage = new Stage();
  let give = (_token: string) => {};
  let calls = 0;
  let hangs = false;
  const token = () => {
    calls += 1;
    return hangs ? new Promise<string>((resolve) => (give = resolve)) : Promise.resolve(stage.service.token("ann"));
  };
  const opened = await stage.live("ann", { token });
  hangs = true;
  calls = 0;
  stage.service.closeAll(1012);
  await stage.world.run(MINUTE);
  assert.deepEqual([opened.client.status.state, opened.client.status.cause], ["waiting", "token"]);
  opened.client.reconnect();
  await stage.world.run(HOUR);
  assert.equal(calls, 1);
  give(stage.service.token("ann"));
  await stage.is(opened, "live");
});

test("`token` gives `undefined`: a mistake of the app, which says so and stops", async () => {
  using stage = new Stage();
  const opened = stage.open("ann", { token: async () => undefined as unknown as null });
  await stage.is(opened, "stopped");
  assert.equal(opened.client.status.cause, "token-mistake");
  assert.match(opened.client.status.reason!, /`token` gave undefined/);
});

test("a service that never answers is given up and asked again, ever less often", async () => {
  using stage = new Stage();
  stage.service.isSilent = true;
  stage.open();
  await stage.world.run(10 * MINUTE);
  assert.ok(
    stage.service.begun.length >= 10 && stage.service.begun.length <= 60,
    `${stage.service.begun.length} times`,
  );
});

test("names carry a version: what an older build stored is taken over, under a digest, and the clear name goes", async () => {
  using stage = new Stage();
  const token = () => Promise.reject(new Error("no network"));
  const stream = streamOf({ url: "https://notify.example", platform: "windows", token });
  const former = formerName(stream, "megan");
  const item = stage.service.post("ann", { title: "of the older build" });
  const writer = stage.browser.databases.of(stage.browser.tab());
  const open = writer.open(former, 1);
  open.onupgradeneeded = () => {
    const items = open.result.createObjectStore("items", { keyPath: "notification.id" });
    items.put({ seq: 1, notification: item });
    const cursor = stage.service.feed("ann").cursor({ position: 1, content: 1, newest: null });
    open.result.createObjectStore("position").put({ seq: 1, cursor }, 0);
  };
  open.onsuccess = () => open.result.close();
  await stage.world.run(SECOND);
  assert.deepEqual(stage.disk.names, [former]);
  const opened = await stage.live("ann", { user: "megan" });
  assert.equal(stage.service.begun[0]!.query.get("cursor")?.includes("1"), true, "it goes on where that one was");
  await stage.world.run(SECOND);
  assert.deepEqual(shown(opened), ["of the older build"]);
  assert.equal(stage.disk.names.length, 1);
  assert.match(stage.disk.names[0]!, /^notifeed\.\d\.[0-9a-f]{32}$/);
  assert.deepEqual(stage.disk.titles, ["of the older build"]);
});
