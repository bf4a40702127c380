// The sender's half over the wire: taking back, waiting, a delta of its own, posts that only create (CONTRACT §5.1).

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertProblem, someone } from "./expect.mjs";
import { follow } from "./following.mjs";
import { example, host, startService } from "./harness.mjs";

const service = await startService({ vars: { SENDER_RETENTION_SECONDS: "3600" } });
const { connected } = follow(service);

const actions = [{ id: "approve", title: "Approve" }];
const question = () => ({ ...example(), payload: { visualContent: { title: "Deploy?", actions } } });

/** A user's phone, and what the app server calls with. */
async function subscribed() {
  const as = someone();
  const json = { targetHostName: host, platform: "ios", deviceId: "phone" };
  const device = (await service.request("POST", "/beta/me/notifications/subscriptions", { as, json })).json;
  const app = "contoso-server";
  const headers = { "X-UNS-ID": device.userNotificationSubscriptionId };
  /** @param {string} method @param {string} path @param {Record<string, string>} [more] */
  const call = (method, path, more = {}) =>
    service.request(method, `/beta/me/notifications/${path}`, { app, headers: { ...headers, ...more } });
  /** @param {object} body @param {Record<string, string>} [more] */
  const post = async (body, more = {}) => {
    const posted = await service.post(body, { app, headers: { ...headers, ...more } });
    assert.ok([200, 201].includes(posted.status), posted.text);
    return posted;
  };
  return { as, device, call, post };
}

test("what is taken back is gone from every device, and its sender still reads how it ended", async () => {
  const { as, call, post } = await subscribed();
  const { id } = (await post(question())).json;
  const { stream } = await connected({ as, platform: "windows" });
  const taken = await call("DELETE", id);
  assert.deepEqual([taken.status, taken.text], [204, ""]);
  const told = await stream.next();
  assert.deepEqual([told.type, told.id, told.reason], ["removed", id, "retracted"]);
  assert.equal((await call("DELETE", id)).status, 204);
  const read = await call("GET", id);
  assert.deepEqual(
    [read.status, read.json.ended, read.json.answer, read.json.payload],
    [200, "retracted", null, undefined],
  );
  assert.equal((await service.request("GET", `/beta/me/notifications/${id}`, { as })).status, 404);
  assertProblem(await call("DELETE", "00000000-0000-4000-8000-000000000000"), { status: 404, code: "ItemNotFound" });
});

test("an answered one isn't taken back unless its sender says so", async () => {
  const { as, call, post } = await subscribed();
  const { id } = (await post(question())).json;
  const json = { answer: { actionId: "approve", revision: 1 } };
  assert.equal((await service.request("PATCH", `/beta/me/notifications/${id}`, { as, json })).status, 200);
  const refused = await call("DELETE", id);
  assertProblem(refused, { status: 409, code: "AlreadyAnswered" });
  assert.equal(refused.json.error.details[0].target, "approve");
  assert.equal((await call("DELETE", id, { "If-Match": "*" })).status, 204);
  assert.equal((await call("GET", id)).json.answer.actionId, "approve");
});

test("a call that waits for an item is answered when the user has answered, otherwise after the given seconds", async () => {
  const { as, call, post } = await subscribed();
  const { id } = (await post(question())).json;
  const etag = /** @type {string} */ ((await call("GET", id)).headers.get("ETag"));
  const known = { "If-None-Match": etag };
  const unchanged = await call("GET", id, known);
  assert.deepEqual([unchanged.status, unchanged.text, unchanged.headers.get("ETag")], [304, "", etag]);

  const began = Date.now();
  const after = await call("GET", id, { ...known, Prefer: "wait=1" });
  assert.deepEqual([after.status, after.headers.get("Preference-Applied")], [304, "wait=1"]);
  assert.ok(Date.now() - began >= 950);

  const waits = call("GET", id, { ...known, Prefer: "wait=30" });
  const json = { answer: { actionId: "approve", revision: 1 } };
  await service.request("PATCH", `/beta/me/notifications/${id}`, { as, json });
  const told = await waits;
  assert.deepEqual([told.status, told.json.answer.actionId], [200, "approve"]);
  assert.ok(Date.now() - began < 20_000);

  // Without a version there is nothing to wait for.
  const atOnce = await call("GET", id, { Prefer: "wait=30" });
  assert.deepEqual([atOnce.status, atOnce.headers.get("Preference-Applied")], [200, null]);
  for (const wait of ["wait", "wait=0", "wait=soon", "wait=1.5"]) {
    const refused = await call("GET", id, { ...known, Prefer: wait });
    assertProblem(refused, { status: 400, code: "BadRequest" });
    assert.equal(refused.json.error.details[0].code, "InvalidPreference");
  }
});

test("a call that waits for an item is answered when the item expires, which writes nothing", async () => {
  const { call, post } = await subscribed();
  const expirationDateTime = new Date(Date.now() + 2000).toISOString();
  const { id } = (await post({ ...question(), expirationDateTime, displayTimeToLive: undefined })).json;
  const etag = /** @type {string} */ ((await call("GET", id)).headers.get("ETag"));
  const told = await call("GET", id, { "If-None-Match": etag, Prefer: "wait=30" });
  assert.deepEqual([told.status, told.json?.ended], [200, "expired"], told.text);
  assert.ok(Date.now() - Date.parse(expirationDateTime) < 15_000);
});

test("the sender's delta has the state of everything that the app sent", async () => {
  const { as, call, post } = await subscribed();
  await service.post(example(), { as });
  const { id } = (await post({ ...question(), appNotificationId: "mine" })).json;
  const first = await call("GET", "delta");
  assert.equal(first.status, 200, first.text);
  assert.deepEqual(
    first.json.value.map((/** @type {any} */ item) => [item.id, item.appNotificationId, item.readState]),
    [[id, "mine", "unread"]],
  );
  assert.equal(first.json.value[0].payload.visualContent.title, "Deploy?");
  const token = new URL(first.json["@odata.deltaLink"]).search;

  const waits = call("GET", `delta${token}`, { Prefer: "wait=30" });
  await service.post(example(), { as });
  assert.equal((await call("DELETE", id)).status, 204);
  const next = await waits;
  assert.deepEqual(next.json.value, [
    {
      id,
      appNotificationId: "mine",
      "@removed": { reason: "deleted" },
      ended: "retracted",
      readState: "unread",
      userActionState: "noInteraction",
      answer: null,
    },
  ]);
  // A token is its reader's.
  assertProblem(await service.request("GET", `/beta/me/notifications/delta${token}`, { as }), {
    status: 410,
    code: "SyncStateNotFound",
  });
  assertProblem(await call("GET", "delta?$select=id"), { status: 400, code: "BadRequest" });
});

test("a post that only creates replaces nothing", async () => {
  const { call, post } = await subscribed();
  const first = await post({ ...question(), appNotificationId: "k" }, { "If-None-Match": "*" });
  assert.equal(first.status, 201);
  const other = { ...question(), payload: { visualContent: { title: "Another" } }, appNotificationId: "k" };
  const again = await post(other, { "If-None-Match": "*" });
  assert.deepEqual([again.status, again.json.id], [200, first.json.id]);
  assert.equal(again.json.payload.visualContent.title, "Deploy?");
  await call("DELETE", first.json.id);
  assert.equal((await post(other, { "If-None-Match": "*" })).status, 201);
});

test("a subscription that has ended still reads and takes back, and posts no longer", async () => {
  const { as, device, call, post } = await subscribed();
  const { id } = (await post(question())).json;
  const ended = await service.request("DELETE", `/beta/me/notifications/subscriptions/${device.id}`, { as });
  assert.equal(ended.status, 204, ended.text);
  const app = "contoso-server";
  const headers = { "X-UNS-ID": device.userNotificationSubscriptionId };
  assertProblem(await service.post(question(), { app, headers }), { status: 403, code: "NotAuthorizedForUser" });
  assert.equal((await call("GET", id)).status, 200);
  assert.equal((await call("DELETE", id)).status, 204);
});

test("the thirty-third that waits is refused, the others are told", async () => {
  const { as, call, post } = await subscribed();
  const { id } = (await post(question())).json;
  const etag = /** @type {string} */ ((await call("GET", id)).headers.get("ETag"));
  const wait = () => call("GET", id, { "If-None-Match": etag, Prefer: "wait=30" });
  const waiting = Array.from({ length: 33 }, wait);
  const first = await Promise.race(waiting);
  assertProblem(first, { status: 406, code: "ServerBusy" });
  const json = { answer: { actionId: "approve", revision: 1 } };
  await service.request("PATCH", `/beta/me/notifications/${id}`, { as, json });
  const statuses = (await Promise.all(waiting)).map(({ status }) => status);
  assert.deepEqual(statuses.toSorted(), [...Array(32).fill(200), 406]);
});
