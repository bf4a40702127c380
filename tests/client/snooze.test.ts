// Snoozes: read for now, kept until the service has them, and unread again by the service's word.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR, MINUTE, type Opened, refusals, SECOND, Stage } from "./stage.ts";

const states = ({ client }: Opened) => {
  const [item] = client.items;
  return [item?.readState, item?.userActionState, item?.snoozedUntilDateTime];
};
const FRESH = ["unread", "noInteraction", undefined];

test("a snoozed item is read for now, and unread again at its time in every tab and on every device", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "later" });
  const first = await stage.live();
  const all = [first, await stage.live(), await stage.live("ann", { share: false, store: null })];
  const until = new Date(stage.world.now + HOUR);
  const asked = first.client.snooze(id, until);
  const snoozed = ["read", "snoozed", until.toISOString()];
  assert.deepEqual(states(first), snoozed);
  await stage.world.settle(asked);
  await stage.world.run(HOUR - SECOND);
  assert.deepEqual(all.map(states), [snoozed, snoozed, snoozed]);
  await stage.world.run(2 * SECOND);
  assert.deepEqual(all.map(states), [FRESH, FRESH, FRESH]);
  assert.deepEqual(
    all.map(({ client }) => client.unread),
    [1, 1, 1],
  );
  assert.equal(stage.disk.changes, 0);
});

test("asked without a network, and the tab closed: the next visit asks for it", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "later" });
  const first = await stage.offline();
  first.client.snooze(id, stage.world.now + HOUR).catch(() => {});
  const snoozed = states(first);
  await stage.world.run(100);
  first.tab.kill();
  stage.browser.setOnline(true);
  const second = await stage.live();
  await stage.world.until("it arrives", () => stage.disk.changes === 0);
  assert.deepEqual(
    stage.service.answered.map(({ status, hasSince }) => [status, hasSince]),
    [[200, true]],
  );
  assert.deepEqual(states(second), snoozed);
  await stage.world.run(HOUR);
  assert.deepEqual(states(second), FRESH);
});

test("a time that has passed before the network is back is refused, and the item is as it was", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "later" });
  const opened = await stage.offline();
  const asked = opened.client.snooze(id, stage.world.now + MINUTE);
  asked.catch(() => {});
  await stage.world.run(2 * MINUTE);
  stage.browser.setOnline(true);
  await assert.rejects(stage.world.settle(asked), { status: 400, code: "BadRequest" });
  assert.deepEqual(states(opened), FRESH);
  assert.equal(refusals(opened).length, 1);
});

test("another state ends a snooze, made here without a network or on another device", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "later" });
  const opened = await stage.live();
  await stage.world.settle(opened.client.snooze(id, stage.world.now + HOUR));
  stage.service.change("ann", id, { userActionState: "dismissed" });
  const dismissed = ["read", "dismissed", undefined];
  await stage.world.until("it is told", () => states(opened)[1] === "dismissed");
  assert.deepEqual(states(opened), dismissed);
  await stage.world.settle(opened.client.snooze(id, stage.world.now + HOUR));
  stage.browser.setOnline(false);
  const asked = opened.client.dismiss(id);
  assert.deepEqual(states(opened), dismissed);
  stage.browser.setOnline(true);
  await stage.world.settle(asked);
  await stage.world.run(2 * HOUR);
  assert.deepEqual(states(opened), dismissed);
});

test("without a time there is no snooze", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "later" });
  const opened = await stage.live();
  // @ts-expect-error A snooze has a time.
  assert.throws(() => opened.client.snooze(id), RangeError);
  assert.throws(() => opened.client.snooze(id, "soon"), RangeError);
  assert.deepEqual(states(opened), FRESH);
});
