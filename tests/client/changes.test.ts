// Nothing that a person did is lost: it is kept until it is answered, and sent by whichever tab or visit comes next.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, MINUTE, refusals, SECOND, Stage } from "./stage.ts";

const stateOf = (stage: Stage, number = 0) => stage.service.items("ann")[number]?.readState;
test("read without a network, and the page reloaded: still read here, and sent by the next visit with `since`", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "one" });
  const first = await stage.offline();
  first.client.markRead(id).catch(() => {});
  await stage.world.run(100);
  first.tab.kill();
  const second = stage.open();
  await stage.world.until("the stored feed is shown", () => second.client.items.length === 1);
  assert.equal(second.client.items[0]!.readState, "read");
  assert.equal(stateOf(stage), "unread");
  stage.browser.setOnline(true);
  await stage.world.until("it arrives", () => stateOf(stage) === "read");
  assert.deepEqual(
    stage.service.answered.map(({ hasSince }) => hasSince),
    [true],
  );
  await stage.world.run(SECOND);
  assert.equal(stage.disk.changes, 0);
});

test("a change by a tab that follows, which crashes: the tab that leads sends it", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "one" });
  await stage.live();
  const follower = await stage.live();
  stage.service.refusal = { code: 1013, reason: "" };
  stage.service.closeAll(1013);
  await stage.world.run(SECOND);
  follower.client.markRead(id).catch(() => {});
  await stage.world.run(100);
  follower.tab.kill(false);
  stage.service.refusal = null;
  await stage.world.until("it arrives", () => stateOf(stage) === "read");
});

test("a thousand marked read, and the tab closed after 2 s: the next visit sends the rest", async () => {
  using stage = new Stage();
  for (let number = 0; number < 1000; number++) stage.service.post("ann", { title: `${number}` });
  const first = await stage.live("ann", { top: null });
  for (const { id } of first.client.items) first.client.markRead(id).catch(() => {});
  await stage.world.run(2 * SECOND);
  first.tab.kill(false);
  const unread = () => stage.service.items("ann").filter(({ readState }) => readState === "unread").length;
  assert.ok(unread() > 100, "the service lets a client change only so many at once");
  await stage.live("ann", { top: null });
  await stage.world.until("all are read", () => unread() === 0, 2 * MINUTE);
  assert.equal(stage.service.begun.length, 2, "nobody was closed for flooding");
  await stage.world.run(MINUTE);
  assert.equal(stage.disk.changes, 0);
});

test("another device changed it meanwhile: that wins, and `refused` says so, in whatever visit", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "one" });
  const first = await stage.offline();
  first.client.dismiss(id).catch(() => {});
  await stage.world.run(100);
  first.tab.kill();
  stage.service.change("ann", id, { readState: "read" });
  stage.service.change("ann", id, { readState: "unread" });
  stage.browser.setOnline(true);
  const second = await stage.live();
  await stage.world.until("it is refused", () => refusals(second).length === 1);
  const { change, error } = refusals(second)[0]!;
  assert.deepEqual([change, error.status], [{ readState: "read", userActionState: "dismissed" }, 409]);
  const [shown] = second.client.items;
  assert.deepEqual([shown!.readState, shown!.userActionState], ["unread", "noInteraction"]);
});

test("content that was replaced is never read by an old tap", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "one", key: "k" });
  const first = await stage.offline();
  first.client.markRead(id).catch(() => {});
  await stage.world.run(100);
  stage.service.post("ann", { title: "two", key: "k" });
  stage.browser.setOnline(true);
  await stage.is(first, "live");
  await stage.world.run(MINUTE);
  assert.equal(stateOf(stage), "unread");
  assert.equal(refusals(first).length, 1);
});

test("an offline `markRead` doesn't mark content as read that was replaced before a new epoch", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "one", key: "k" });
  const first = await stage.offline();
  first.client.markRead(id).catch(() => {});
  await stage.world.run(100);
  stage.service.post("ann", { title: "two", key: "k" });
  stage.service.feed("ann").renew();
  stage.browser.setOnline(true);
  await stage.is(first, "live");
  await stage.world.run(MINUTE);
  assert.equal(stateOf(stage), "unread");
});

for (const status of [400, 403, 404, 409]) {
  test(`${status} takes the change back, and emits \`refused\` once`, async () => {
    using stage = new Stage();
    const { id } = stage.service.post("ann", { title: "one" });
    const opened = await stage.live();
    stage.service.answer = () => ({ status });
    await assert.rejects(stage.world.settle(opened.client.markRead(id)), { status });
    await stage.world.run(5 * MINUTE);
    assert.equal(refusals(opened).length, 1);
    assert.equal(stage.service.answered.length, 1);
    if (status !== 404) assert.equal(opened.client.items[0]!.readState, "unread");
    assert.equal(stage.disk.changes, 0);
  });
}

for (const answer of [{ status: 406 }, { status: 429 }, { status: 500 }, { status: 503 }, "nothing"] as const) {
  test(`${typeof answer === "string" ? "no answer" : answer.status}: shown as done, and sent again until it is`, async () => {
    using stage = new Stage();
    const { id } = stage.service.post("ann", { title: "one" });
    const opened = await stage.live();
    let asked = 0;
    stage.service.answer = ({ type }) => (type === "update" && ++asked < 4 ? answer : undefined);
    const done = opened.client.markRead(id);
    await stage.world.run(20 * SECOND);
    assert.ok(asked <= 2, `${asked} times in 20 s`);
    assert.equal(opened.client.items[0]!.readState, "read");
    assert.equal(stage.disk.changes, 1);
    await stage.world.settle(done, 5 * MINUTE);
    assert.equal(stateOf(stage), "read");
    assert.deepEqual(refusals(opened), []);
    await stage.world.run(SECOND);
    assert.equal(stage.disk.changes, 0);
  });
}

test("an answer that is lost with its connection: sent again, and done once", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "one" });
  const opened = await stage.live();
  const done = opened.client.markRead(id);
  await stage.world.until("it arrives", () => stateOf(stage) === "read");
  stage.browser.network.silence();
  stage.browser.setOnline(false);
  stage.browser.setOnline(true);
  await stage.world.settle(done);
  assert.deepEqual(refusals(opened), []);
  assert.equal(stage.service.feed("ann").head, 2);
});

test("several changes of one item arrive in their order", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "one" });
  const opened = await stage.offline();
  for (const act of ["markRead", "markUnread", "dismiss", "restore", "markUnread"] as const)
    opened.client[act](id).catch(() => {});
  stage.browser.setOnline(true);
  await stage.is(opened, "live");
  await stage.world.run(5 * SECOND);
  const [item] = stage.service.items("ann");
  assert.deepEqual([item!.readState, item!.userActionState], ["unread", "noInteraction"]);
  assert.equal(stage.service.answered.length, 5);
  assert.ok(stage.service.answered.every(({ status }) => status === 200));
});

test("a notification that was deleted offline is deleted in the feed", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "one" });
  const opened = await stage.offline();
  opened.client.remove(id).catch(() => {});
  assert.deepEqual(opened.client.items, []);
  stage.browser.setOnline(true);
  await stage.world.until("it is gone", () => stage.service.items("ann").length === 0);
});

test("a custom store gets changes to keep, and gives them back", async () => {
  using stage = new Stage();
  const { id } = stage.service.post("ann", { title: "one" });
  const kept = new Map<string, object>();
  const store = {
    load: async () => ({ items: [], seq: -1, cursor: null, changes: [...kept.values()] as never }),
    save: async () => {},
    keep: async (put: { ref: string }[], drop: string[]) => {
      for (const change of put) kept.set(change.ref, change);
      for (const ref of drop) kept.delete(ref);
    },
    forget: async () => kept.clear(),
  };
  const first = await stage.live("ann", { store });
  stage.browser.setOnline(false);
  await stage.world.run(SECOND);
  first.client.markRead(id).catch(() => {});
  await stage.world.run(100);
  first.tab.kill();
  assert.equal(kept.size, 1);
  await stage.world.run(DAY);
  stage.browser.setOnline(true);
  await stage.live("ann", { store });
  await stage.world.until("it arrives", () => stateOf(stage) === "read");
  await stage.world.run(SECOND);
  assert.equal(kept.size, 0);
});
