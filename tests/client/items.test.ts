// The items that an app holds: odd ones, an array that stays the same, a client in a framework's wrapping.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE, SECOND, shown, Stage } from "./stage.ts";

for (const [what, odd] of [
  ["without a payload", { payload: undefined }],
  ["whose payload is null", { payload: null }],
  ["whose payload is a text", { payload: "text" }],
  ["without an id", { id: undefined }],
  ["whose id is a number", { id: 5 }],
  ["without times", { createdDateTime: undefined, expirationDateTime: undefined }],
  ["without target", { targetPolicy: undefined }],
  ["that is null", null],
] as const) {
  test(`an item ${what} harms nobody, received or stored`, async () => {
    using stage = new Stage();
    const good = stage.service.post("ann", { title: "good" });
    const opened = await stage.live();
    const feed = stage.service.feed("ann");
    const notification = odd && { ...good, id: "odd", payload: { visualContent: { title: "odd" } }, ...odd };
    feed.head = 2;
    const cursor = feed.cursor({ position: 2, content: 2, newest: null });
    stage.service.say("ann", { type: "notification", seq: 2, cursor, replayed: false, notification });
    stage.service.post("ann", { title: "after" });
    await stage.world.until("the rest goes on", () => shown(opened).includes("after"));
    assert.ok(shown(opened).includes("good"));
    await stage.world.run(SECOND);
    opened.tab.kill();
    stage.browser.setOnline(false);
    const again = stage.open();
    await stage.world.until("the stored feed is shown", () => again.client.items.length >= 2);
    assert.ok(shown(again).includes("good") && shown(again).includes("after"));
  });
}

test("what is damaged on the disk harms nobody", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "good" });
  const first = await stage.live();
  await stage.world.run(SECOND);
  first.tab.kill();
  const open = stage.browser.databases.of(stage.browser.tab()).open(stage.disk.names[0]!, 1);
  open.onsuccess = () => {
    const items = open.result.transaction(["items"], "readwrite").objectStore("items");
    items.put({ notification: { id: "damaged" } });
    items.put({ seq: "x", notification: { id: "odd", payload: {}, expirationDateTime: 7 } });
    open.result.close();
  };
  await stage.world.run(100);
  stage.browser.setOnline(false);
  const second = stage.open();
  await stage.world.until("the stored feed is shown", () => second.client.items.length > 0);
  assert.ok(second.client.items.some(({ payload }) => payload.visualContent?.title === "good"));
  stage.browser.setOnline(true);
  await stage.is(second, "live");
});

test("frames and members of a newer service are passed over, and the feed is read anew once for each type", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "one" });
  const opened = await stage.live();
  const feed = stage.service.feed("ann");
  for (let count = 0; count < 5; count++) {
    feed.head += 1;
    const cursor = feed.cursor({ position: feed.head, content: feed.head, newest: null });
    stage.service.say("ann", { type: "reaction", seq: feed.head, cursor, strange: [{}] });
    stage.service.say("ann", { type: "greeting", text: "hello" });
    await stage.world.run(SECOND);
  }
  await stage.world.run(MINUTE);
  assert.deepEqual(shown(opened), ["one"]);
  assert.equal(stage.service.begun.length, 2);
  assert.equal(stage.service.begun[1]!.query.get("cursor"), null);
});

test("`items` is the same array as long as nothing changed, over reconnections too", async () => {
  using stage = new Stage();
  for (const title of ["one", "two", "three"]) stage.service.post("ann", { title });
  const opened = await stage.live();
  await stage.world.run(SECOND);
  const { items } = opened.client;
  for (let count = 0; count < 5; count++) {
    stage.service.closeAll(count === 3 ? 1012 : 1006);
    if (count === 3) stage.service.feed("ann").renew();
    await stage.world.run(30 * SECOND);
    assert.equal(opened.client.status.state, "live");
    assert.equal(opened.client.items, items, `after ${count + 1} reconnections`);
  }
  stage.service.post("ann", { title: "four" });
  await stage.world.until("it is there", () => opened.client.items.length === 4);
  assert.notEqual(opened.client.items, items);
  assert.equal(opened.client.items[1], items[0], "what didn't change is the same object");
});

test("a client behind a Proxy works, and can't be changed", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "one" });
  const { client } = await stage.live();
  const wrapped = new Proxy(client, {});
  assert.equal(wrapped.items.length, 1);
  assert.equal(wrapped.status.state, "live");
  await stage.world.settle(wrapped.markRead(id));
  assert.equal(wrapped.unread, 0);
  assert.throws(() => Object.assign(client, { items: [] }), TypeError);
  let told = 0;
  wrapped.on("change", () => (told += 1));
  stage.service.post("ann", { title: "two" });
  await stage.world.run(SECOND);
  assert.ok(told > 0);
  await stage.world.settle(wrapped.close());
});

test("a listener that throws costs nobody else an event", async () => {
  using stage = new Stage();
  const { client } = await stage.live();
  const caught: unknown[] = [];
  const catches = (error: unknown) => void caught.push(error);
  process.prependOnceListener("uncaughtException", catches);
  client.on("notification", () => {
    throw new Error("the app's mistake");
  });
  let told = 0;
  client.on("notification", () => (told += 1));
  stage.service.post("ann", { title: "one" });
  const others = process.listeners("uncaughtException").filter((listener) => listener !== catches);
  for (const listener of others) process.off("uncaughtException", listener);
  await stage.world.run(SECOND);
  for (const listener of others) process.on("uncaughtException", listener);
  assert.deepEqual([told, (caught[0] as Error).message], [1, "the app's mistake"]);
});

test("the newest first, older ones by page, for all tabs, each once", async () => {
  using stage = new Stage();
  for (let number = 0; number < 450; number++) stage.service.post("ann", { title: `${number}` });
  const opened = await stage.live("ann", { top: 100 });
  const follower = await stage.live("ann", { top: 100 });
  assert.deepEqual([opened.client.items.length, opened.client.more], [100, true]);
  while (follower.client.more) await stage.world.settle(follower.client.loadOlder());
  assert.deepEqual(
    shown(follower),
    stage.service.items("ann").map(({ payload }) => payload.visualContent!.title),
  );
  assert.deepEqual(shown(opened), shown(follower));
});
