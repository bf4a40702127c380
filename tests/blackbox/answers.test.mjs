// Answers over the wire: by PATCH and by frame, told to devices and to the sender (CONTRACT §5.3).

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertProblem, someone } from "./expect.mjs";
import { follow } from "./following.mjs";
import { example, host, startService } from "./harness.mjs";

const service = await startService();
const { connected } = follow(service);

const actions = [
  { id: "approve", title: "Approve", style: "primary" },
  { id: "reject", title: "Reject", input: { placeholder: "Why?" } },
];
const question = () => ({ ...example(), payload: { visualContent: { title: "Deploy?", actions } } });

/** @param {string} as @param {string} id @param {object} answer @param {string} [query] */
const answer = (as, id, answer, query = "") =>
  service.request("PATCH", `/beta/me/notifications/${id}${query}`, { as, json: { answer } });

test("a person answers, the asker reads it, and another device is told who was first", async () => {
  const as = someone();
  const json = { targetHostName: host, platform: "ios", deviceId: "phone" };
  const device = (await service.request("POST", "/beta/me/notifications/subscriptions", { as, json })).json;
  const asker = { app: "contoso-server", headers: { "X-UNS-ID": device.userNotificationSubscriptionId } };
  const posted = await service.post(question(), asker);
  assert.equal(posted.status, 201, posted.text);
  const { id } = posted.json;
  const { stream } = await connected({ as, platform: "windows" });

  const given = await answer(
    as,
    id,
    { actionId: "reject", revision: 1, key: "k", text: "Too late" },
    `?endpoint=${device.id}`,
  );
  assert.equal(given.status, 200, given.text);
  const { answeredDateTime, ...rest } = given.json.answer;
  assert.deepEqual(rest, { actionId: "reject", text: "Too late", platform: "iOS", endpoint: device.id });
  assert.ok(Math.abs(Date.parse(answeredDateTime) - Date.now()) < 60_000);
  assert.deepEqual([given.json.readState, given.json.userActionState], ["read", "activated"]);

  const told = await stream.next();
  assert.deepEqual([told.type, told.id, told.answer], ["state", id, given.json.answer]);
  stream.send({ type: "answer", ref: "1", id, actionId: "approve", revision: 1, key: "w" });
  const late = await stream.next();
  assert.deepEqual([late.status, late.error.code], [409, "AlreadyAnswered"]);
  assert.equal(late.error.details[0].target, "reject");

  // A lost answer: the same key again is 200, and changes nothing.
  const again = await answer(as, id, { actionId: "reject", revision: 1, key: "k", text: "Too late" });
  assert.deepEqual([again.status, again.json], [200, given.json]);
  const sent = await service.request("GET", `/beta/me/notifications/${id}`, asker);
  const { endpoint, ...forSender } = given.json.answer;
  assert.deepEqual(sent.json.answer, forSender);
  const list = await service.request("GET", "/beta/me/notifications", { as });
  assert.deepEqual(list.json.value[0].answer, given.json.answer);
});

test("by frame, on a live connection", async () => {
  const as = someone();
  const { json } = await service.post(question(), { as });
  const { stream } = await connected({ as, platform: "android" });
  stream.send({ type: "answer", ref: "1", id: json.id, actionId: "approve", revision: 1, key: "k" });
  const { answer: given, ...result } = await stream.next();
  assert.deepEqual([result.type, result.ref, result.status, typeof result.cursor], ["result", "1", 200, "string"]);
  assert.deepEqual([given.actionId, given.platform], ["approve", "Android"]);
});

test("what can't be an answer is refused, and nothing changes", async () => {
  const as = someone();
  const key = someone();
  const { id } = (await service.post({ ...question(), appNotificationId: key }, { as })).json;
  const plain = (await service.post(example(), { as })).json.id;
  const refused = /** @type {const} */ ([
    [{ actionId: "approve" }, 400, "BadRequest"],
    [{ actionId: "approve", revision: 1, key: "" }, 400, "BadRequest"],
    [{ actionId: "later", revision: 1 }, 400, "BadRequest"],
    [{ actionId: "approve", revision: 1, text: "Why" }, 400, "BadRequest"],
    [{ actionId: "reject", revision: 1, text: "x".repeat(201) }, 400, "BadRequest"],
    [{ actionId: "approve", revision: 2 }, 409, "ContentChanged"],
  ]);
  for (const [given, status, code] of refused) assertProblem(await answer(as, id, given), { status, code });
  assertProblem(await answer(as, plain, { actionId: "approve", revision: 1 }), { status: 400, code: "BadRequest" });
  const nobody = "00000000-0000-4000-8000-000000000000";
  assertProblem(await answer(as, id, { actionId: "approve", revision: 1 }, `?endpoint=${nobody}`), {
    status: 404,
    code: "ItemNotFound",
  });
  await service.post(
    { ...question(), appNotificationId: key, payload: { visualContent: { title: "New", actions } } },
    { as },
  );
  assertProblem(await answer(as, id, { actionId: "approve", revision: 1 }), { status: 409, code: "ContentChanged" });
  const item = (await service.request("GET", `/beta/me/notifications/${id}`, { as })).json;
  assert.deepEqual([item.answer, item.revision, item.readState], [undefined, 2, "unread"]);
});
