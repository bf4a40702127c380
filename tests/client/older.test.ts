// A first visit loads the newest items; older ones come by page, and a badge counts them all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND, Stage } from "./stage.ts";

const count = 250;

async function open(stage: Stage, options: { top?: number } = {}) {
  const ids = Array.from({ length: count }, (_, number) => stage.service.post("ann", { title: `${number}` }).id);
  const opened = await stage.live("ann", options);
  return { ids, ...opened };
}

test("older items come by page, to all tabs, and the badge counts what isn't held too", async () => {
  using stage = new Stage();
  const { client } = await open(stage, { top: 20 });
  const other = await stage.live("ann", { top: 20 });
  for (const one of [client, other.client])
    assert.deepEqual([one.items.length, one.unread, one.more], [20, count, true]);
  assert.equal(await stage.world.settle(other.client.loadOlder()), true);
  for (const one of [client, other.client]) assert.deepEqual([one.items.length, one.unread], [100, count]);
  await stage.world.settle(client.loadOlder());
  assert.equal(await stage.world.settle(client.loadOlder()), false);
  await stage.world.run(SECOND);
  for (const one of [client, other.client]) assert.deepEqual([one.items.length, one.unread], [count, count]);
  assert.equal(stage.service.counts, 0, "what is held, or told by the connection, needs no question");
});

test("a first replay that broke off goes on, and says that there are older items", async () => {
  using stage = new Stage();
  const ids = Array.from({ length: count }, (_, number) => stage.service.post("ann", { title: `${number}` }).id);
  const opened = stage.open("ann", { top: 20 });
  const { client } = opened;
  await stage.world.until("a part has come", () => client.cursor !== null);
  stage.browser.setOnline(false);
  assert.deepEqual([client.items.length < 20, client.more], [true, false]);
  stage.browser.setOnline(true);
  await stage.is(opened, "live");
  assert.deepEqual(
    client.items.map(({ id }) => id),
    ids.slice(-20).reverse(),
  );
  assert.deepEqual([client.more, client.unread], [true, count]);
});

test("changes of what isn't held have the badge asked for, once in 5 s", async () => {
  using stage = new Stage();
  const { client, ids } = await open(stage, { top: 20 });
  const other = await stage.live();
  for (const id of ids.slice(0, 10)) {
    stage.service.change("ann", id, { readState: "read" });
    await stage.world.run(100);
  }
  await stage.world.until(
    "the badge is right",
    () => client.unread === count - 10 && other.client.unread === count - 10,
  );
  assert.ok(stage.service.counts <= 2, `${stage.service.counts} questions`);
  await stage.world.run(30 * SECOND);
  assert.ok(stage.service.counts <= 2, `${stage.service.counts} questions`);
});

test("a tab that follows learns that older items can't be had", async () => {
  using stage = new Stage();
  await open(stage, { top: 20 });
  const { client } = await stage.live();
  stage.service.read = () => null;
  const asked = client.loadOlder();
  await assert.rejects(stage.world.settle(asked), { status: 401, code: "Refused" });
});
