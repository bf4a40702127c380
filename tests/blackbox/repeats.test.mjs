// The same app posts the same `appNotificationId` again: a retry, or a replacement (CONTRACT §1, "200 OK").

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertProblem, eventually, someone } from "./expect.mjs";
import { example, host, startService } from "./harness.mjs";

const service = await startService();

/**
 * The id that an app server posts to that user with.
 * @param {string} as
 * @returns {Promise<string>}
 */
async function subscriptionOf(as) {
  const json = { targetHostName: host, platform: "windows" };
  const answer = await service.request("POST", "/beta/me/notifications/subscriptions", { as, json });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.userNotificationSubscriptionId;
}

/** The part of an answer's Location that a request names. @param {import("./harness.mjs").Answer} answer */
function location(answer) {
  return new URL(answer.headers.get("location") ?? "").pathname;
}

test("the same again is answered with what is stored, and nobody is told", async () => {
  const as = someone();
  const stream = await service.connect({ as });
  await stream.until("ready");
  const json = example({ expirationDateTime: undefined, displayTimeToLive: "600" });
  const first = await service.post(json, { as });
  assert.equal(first.status, 201, first.text);
  // Another clock, another order and another spelling are no other content.
  await sleep(5);
  const { targetHostName, ...rest } = json;
  const respelled = {
    ...rest,
    displayTimeToLive: 600,
    priority: "hIGH",
    targetPolicy: { platformTypes: ["Android", "iOS", "Windows", "windows"] },
    targetHostName: targetHostName.toUpperCase(),
    fallbackPolicy: null,
  };
  for (const again of [json, respelled]) {
    const second = await service.post(again, { as });
    assert.equal(second.status, 200, second.text);
    assert.equal(second.headers.get("location"), first.headers.get("location"));
    assert.deepEqual(Object.keys(second.json), Object.keys(first.json));
    assert.ok(second.json.displayTimeToLive <= first.json.displayTimeToLive);
    assert.deepEqual({ ...second.json, displayTimeToLive: 599 }, { ...first.json, displayTimeToLive: 599 });
  }
  const last = await service.post(example({ appNotificationId: "another" }), { as });
  assert.equal((await stream.next()).notification.id, first.json.id);
  assert.equal((await stream.next()).notification.id, last.json.id);
});

test("other content under the same appNotificationId replaces, keeping id and creation", async () => {
  const as = someone();
  const stream = await service.connect({ as });
  await stream.until("ready");
  const first = await service.post(example(), { as });
  const created = (await stream.next()).notification;
  await sleep(5);
  const payload = { visualContent: { title: "Changed" } };
  const second = await service.post(example({ payload, groupName: null, displayTimeToLive: 30 }), { as });
  assert.equal(second.status, 200, second.text);
  assert.equal(second.json.id, first.json.id);
  assert.equal(second.headers.get("location"), first.headers.get("location"));
  assert.equal(second.json.displayTimeToLive, 29);
  assert.deepEqual(second.json.payload, payload);

  const { type, replayed, notification } = await stream.next();
  assert.equal(type, "notification");
  assert.equal(replayed, false);
  assert.equal(notification.id, first.json.id);
  assert.deepEqual(notification.payload, payload);
  assert.equal(notification.groupName, null);
  assert.equal(notification.createdDateTime, created.createdDateTime);
  assert.ok(Date.parse(notification.lastModifiedDateTime) > Date.parse(created.lastModifiedDateTime));
  assert.equal(notification.status, "updated");
  assert.equal(notification.readState, "unread");
  assert.equal(notification.userActionState, "noInteraction");
  assert.equal(notification.displayTimeToLive, 29);

  const fetched = await service.request("GET", location(second), { as });
  assert.deepEqual(fetched.json.payload, payload);
  assert.equal(fetched.json.status, "updated");
  // The present content, posted again, is the same again.
  assert.equal((await service.post(example(), { as })).status, 200);
  assert.equal((await stream.next()).notification.payload.visualContent.title, "Hello World!");
});

test("appNotificationId is the app's own, and of one user", async () => {
  const [as, other] = [someone(), someone()];
  const headers = { "X-UNS-ID": await subscriptionOf(as) };
  const answers = [
    await service.post(example(), { as }),
    await service.post(example(), { as: other }),
    await service.post(example(), { app: "contoso-server", headers }),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201, 201],
  );
  assert.equal(new Set(answers.map(({ json }) => json.id)).size, 3);
});

test("without an appNotificationId each post is a notification of its own", async () => {
  const as = someone();
  const json = example({ appNotificationId: undefined });
  const [first, second] = [await service.post(json, { as }), await service.post(json, { as })];
  assert.deepEqual([first.status, second.status], [201, 201]);
  assert.notEqual(first.json.id, second.json.id);
});

test("what has expired is gone at that instant, and its appNotificationId free again", async () => {
  const as = someone();
  const expiration = Date.now() + 700;
  const json = example({ expirationDateTime: new Date(expiration).toISOString() });
  const first = await service.post(json, { as });
  assert.equal(first.status, 201, first.text);
  assert.equal((await service.request("GET", location(first), { as })).status, 200);
  await eventually(async () => Date.now() >= expiration);
  assertProblem(await service.request("GET", location(first), { as }), { status: 404, code: "ItemNotFound" });
  const stream = await service.connect({ as });
  assert.deepEqual(
    (await stream.until("ready")).map(({ type }) => type),
    ["ready"],
  );
  const second = await service.post(example(), { as });
  assert.equal(second.status, 201, second.text);
  assert.notEqual(second.json.id, first.json.id);
});
