// A service that restarts, is busy or refuses is left in peace.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR, SECOND, Stage } from "./stage.ts";
import { Browser } from "./tab.ts";

test("retry-after is waited out, whatever events come, but for one press of a person", async () => {
  using stage = new Stage();
  const opened = await stage.live();
  stage.service.refusal = { code: 4429, reason: "ServerBusy retry-after=60" };
  stage.service.closeAll(4429, "ServerBusy retry-after=60");
  await stage.is(opened, "waiting");
  const begun = () => stage.service.begun.length - 1;
  for (let round = 0; round < 10; round++) {
    opened.tab.tell("offline");
    opened.tab.tell("online");
    opened.tab.hide();
    opened.tab.show();
    await stage.world.run(2 * SECOND);
  }
  assert.equal(begun(), 0);
  for (let presses = 0; presses < 10; presses++) {
    opened.client.reconnect();
    await stage.world.run(SECOND);
  }
  assert.equal(begun(), 1, "one press counts");
  await stage.world.run(20 * SECOND);
  assert.equal(begun(), 1);
  stage.service.refusal = null;
  await stage.world.until("it comes back", () => begun() === 2, 70 * SECOND);
});

for (const code of [1001, 1006, 1012, 1013]) {
  test(`${code}: 200 devices come back spread over 3 s`, async () => {
    using stage = new Stage(code);
    const all = [];
    for (let count = 0; count < 200; count++) {
      const tab = new Browser(stage.world, stage.service).tab();
      all.push(stage.open("ann", {}, tab));
    }
    for (const opened of all) await stage.is(opened, "live");
    const [before, at] = [stage.service.begun.length, stage.world.elapsed];
    stage.service.closeAll(code);
    await stage.world.run(4 * SECOND);
    const returns = stage.service.begun.slice(before).map(({ at: then }) => then - at);
    assert.equal(returns.length, 200);
    const inEach = [0, 1, 2].map(
      (second) => returns.filter((then) => Math.floor((then - 20) / SECOND) === second).length,
    );
    for (const count of inEach) assert.ok(count >= 40 && count <= 95, `${inEach.join(", ")} in the seconds`);
  });
}

test("events of the browser shorten a wait at most once a second", async () => {
  using stage = new Stage();
  const opened = await stage.live();
  stage.service.refusal = { code: 1006, reason: "" };
  stage.service.closeAll(1006);
  const begun = stage.service.begun.length;
  for (let count = 0; count < 100; count++) {
    opened.tab.tell("online");
    opened.tab.tell("visible");
    await stage.world.run(100);
  }
  assert.ok(stage.service.begun.length - begun <= 14, `${stage.service.begun.length - begun} in 10 s`);
});

test("a renewal of the token that fails is tried again before the token ends", async () => {
  using stage = new Stage();
  let fails = 0;
  const token = async ({ fresh }: { fresh: boolean }) => {
    if (fresh && fails++ < 3) throw new Error("no network");
    return stage.service.token("ann");
  };
  await stage.live("ann", { token });
  await stage.world.run(3 * HOUR);
  assert.ok(fails > 3);
  assert.equal(stage.service.begun.length, 1, "the connection never ended");
});

test("a fresh token goes over the connection in time, hour after hour", async () => {
  using stage = new Stage();
  const opened = await stage.live();
  await stage.world.run(24 * HOUR);
  assert.equal(stage.service.begun.length, 1);
  assert.ok(opened.tokens >= 24 && opened.tokens <= 30, `${opened.tokens} tokens`);
});

test("a token that is refused is replaced, and after five of them the client stops", async () => {
  using stage = new Stage();
  stage.service.refusal = { code: 4401, reason: "InvalidAuthenticationToken" };
  const opened = stage.open();
  await stage.is(opened, "stopped");
  assert.deepEqual([opened.client.status.cause, stage.service.begun.length], ["token-refused", 5]);
});

for (const [code, cause] of [
  [4400, "malformed"],
  [4403, "denied"],
] as const) {
  test(`${code} stops (${cause}), until a person wants it again`, async () => {
    using stage = new Stage();
    const opened = await stage.live();
    stage.service.closeAll(code);
    await stage.is(opened, "stopped");
    assert.equal(opened.client.status.cause, cause);
    await stage.world.run(HOUR);
    assert.equal(stage.service.begun.length, 1);
    opened.client.reconnect();
    await stage.is(opened, "live");
  });
}
