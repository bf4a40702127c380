// Answers: shown at once, kept until the service has answered, and the first one wins.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Opened, refusals, SECOND, Stage } from "./stage.ts";

const ACTIONS = ["approve", "reject"];

const given = ({ client }: Opened) => client.items[0]?.answer?.actionId;

test("an answer is shown at once, and on every device once the service has it", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "Deploy?", actions: ACTIONS });
  const first = await stage.live();
  const other = await stage.live("ann", { share: false, store: null });
  const asked = first.client.answer(first.client.items[0]!, "approve", "Go");
  assert.deepEqual([given(first), first.client.items[0]!.readState], ["approve", "read"]);
  assert.equal(first.client.items, first.client.items);
  await stage.world.settle(asked);
  await stage.world.until("it is told", () => given(other) === "approve");
  assert.equal(other.client.items[0]!.answer!.text, "Go");
  assert.equal(first.client.items[0]!.answer!.platform, "Windows");
  await stage.world.run(SECOND);
  assert.equal(stage.disk.changes, 0);
});

test("given without a network, and the tab closed: the next visit gives it, by a second try where the first is lost", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "Deploy?", actions: ACTIONS });
  const first = await stage.offline();
  first.client.answer(first.client.items[0]!, "reject").catch(() => {});
  await stage.world.run(100);
  first.tab.kill();
  // The first try is lost with its connection.
  let lost = 0;
  stage.service.answer = (frame) => {
    if (frame.type !== "answer" || lost++ > 0) return undefined;
    stage.service.closeAll(1006);
    return "nothing";
  };
  stage.browser.setOnline(true);
  const second = await stage.live();
  await stage.world.until("it arrives", () => stage.disk.changes === 0);
  assert.equal(given(second), "reject");
  assert.equal(stage.service.items("ann")[0]!.answer!.actionId, "reject");
});

test("who comes second is refused, and sees the answer that won", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "Deploy?", actions: ACTIONS });
  const first = await stage.offline();
  const asked = first.client.answer(first.client.items[0]!, "reject");
  asked.catch(() => {});
  assert.equal(given(first), "reject");
  const feed = stage.service.feed("ann");
  const [entry] = feed.live(stage.world.now);
  feed.answer(
    entry!,
    { actionId: "approve", answeredDateTime: "2026-11-22T12:00:00Z", platform: "iOS" },
    stage.world.now,
  );
  stage.browser.setOnline(true);
  await assert.rejects(stage.world.settle(asked), { status: 409, code: "AlreadyAnswered" });
  await stage.world.until("the winner is shown", () => given(first) === "approve");
  assert.deepEqual(
    refusals(first).map(({ change }) => change),
    ["answer"],
  );
});

test("an answer to a former content isn't one to the new", async () => {
  using stage = new Stage();
  stage.service.post("ann", { title: "Deploy 1?", actions: ACTIONS, key: "k" });
  const opened = await stage.live();
  const [seen] = opened.client.items;
  stage.service.post("ann", { title: "Deploy 2?", actions: ACTIONS, key: "k" });
  const asked = opened.client.answer(seen!, "approve");
  await assert.rejects(stage.world.settle(asked), { status: 409, code: "ContentChanged" });
  await stage.world.run(SECOND);
  assert.deepEqual([given(opened), opened.client.items[0]!.readState], [undefined, "unread"]);
});
