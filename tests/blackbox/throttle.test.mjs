// Throttling: a caller over its limit is told so, in whole seconds, and nobody else notices (CONTRACT §1, 406).

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertProblem, someone } from "./expect.mjs";
import { example, startService, userToken } from "./harness.mjs";

const throttled = { status: 406, code: "Throttled" };
const notifications = "/beta/me/notifications";
const slow = { POSTS_PER_SECOND: "1", POST_BURST: "3", CALLS_PER_SECOND: "1", CALL_BURST: "5" };
const service = await startService({ vars: { ...slow, FRAMES_PER_SECOND: "1", FRAME_BURST: "4" } });

/**
 * @param {import("./harness.mjs").Caller} caller
 * @param {typeof service} [to]
 */
const post = (caller, to = service) => to.post(example({ appNotificationId: undefined }), caller);

/**
 * Ten at once: some are fine, the last aren't.
 * @param {() => Promise<import("./harness.mjs").Answer>} call
 */
async function flood(call) {
  const answers = await Promise.all(Array.from({ length: 10 }, call));
  const fine = answers.filter(({ status }) => status !== 406 && status !== 429);
  const refused = answers.filter((answer) => !fine.includes(answer));
  return { fine, refused };
}

test("posts of one app to one user: a burst, then 406 until the time is up", async () => {
  const as = someone();
  const { fine, refused } = await flood(() => post({ as }));
  assert.ok(fine.length >= 3 && fine.every(({ status }) => status === 201));
  assert.ok(refused.length >= 1);
  for (const answer of refused) {
    assertProblem(answer, throttled);
    assert.equal(answer.headers.get("retry-after"), "1");
  }

  // Neither another user, nor another app, nor what this one does besides posting.
  assert.equal((await post({ as: someone() })).status, 201);
  const other = await userToken(as, { azp: "contoso-server" });
  assert.equal((await post({ token: other })).status, 201);
  const list = await service.request("GET", notifications, { as });
  assert.equal(list.json.value.length, fine.length + 1, "what was refused isn't there");

  await sleep(1000);
  assert.equal((await post({ as })).status, 201);
});

test("posts with an invalid body don't count toward the limit of posts", async () => {
  const as = someone();
  for (let number = 0; number < 3; number++) await service.post({}, { as });
  // Only the Hub counts, and a wrong body of a user's own token never gets there: it is cheap.
  assert.equal((await service.post({}, { as })).status, 400);
});

test("calls of one app about one user", async () => {
  const as = someone();
  const path = `${notifications}/119081f2-f19d-4fa8-817c-7e01092c0f7d`;
  const { fine, refused } = await flood(() => service.request("GET", path, { as }));
  assert.ok(fine.length >= 5 && refused.length >= 1);
  for (const answer of fine) assert.equal(answer.status, 404);
  for (const answer of refused) assertProblem(answer, throttled);
});

test("429 by setting", async () => {
  const service = await startService({ vars: { ...slow, THROTTLE_STATUS: "429" } });
  const as = someone();
  const { refused } = await flood(() => post({ as }, service));
  assert.ok(refused.length >= 1);
  for (const answer of refused) assert.equal(answer.status, 429);
});

test("frames of one socket: 4429", async () => {
  const [as, other] = [someone(), someone()];
  const hasty = await service.connect({ as });
  const calm = await service.connect({ as: other });
  await hasty.until("ready");
  await calm.until("ready");
  for (let number = 0; number < 40; number++) hasty.send({ type: "delete", ref: String(number), id: "x" });
  assert.deepEqual(await hasty.closed, { code: 4429, reason: "Throttled" });
  calm.send({ type: "delete", ref: "calm", id: "x" });
  assert.equal((await calm.next()).status, 404);
});

test("calls of one app, for all of its users together", async () => {
  const service = await startService({ limits: { APP_LIMIT: { limit: 5, period: 60 } } });
  const { fine, refused } = await flood(() => post({ as: someone() }, service));
  assert.deepEqual([fine.length, refused.length], [5, 5]);
  for (const answer of refused) {
    assertProblem(answer, throttled);
    assert.equal(answer.headers.get("retry-after"), "10");
  }
  const other = await userToken(someone(), { azp: "contoso-server" });
  assert.equal((await post({ token: other }, service)).status, 201);
});

test("an address that sends too many invalid tokens is throttled; a valid token from it is still accepted", async () => {
  const service = await startService({ limits: { FAILED_TOKEN_LIMIT: { limit: 20, period: 60 } } });
  const good = await userToken(someone());
  const headers = { "CF-Connecting-IP": "203.0.113.7" };
  const json = example({ appNotificationId: undefined });
  assert.equal((await service.post(json, { token: good, headers })).status, 201);
  /** @type {Set<number>} */
  const seen = new Set();
  for (let number = 0; number < 25; number++) {
    seen.add((await service.post({}, { token: `garbage ${number}`, headers })).status);
  }
  assert.deepEqual([...seen].sort(), [401, 406]);
  const refused = await service.post(json, { token: "garbage", headers });
  assertProblem(refused, throttled);
  assert.equal((await service.post(json, { token: good, headers })).status, 201);
});
