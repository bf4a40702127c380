// The promises of the live connection's frames: whose feed it is, how much is replayed, which requests are refused and how
// (CONTRACT §4, §5).

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertError, someone } from "./expect.mjs";
import { ended, follow } from "./following.mjs";
import { host, Refused, startService } from "./harness.mjs";
import { evict, hubMadeBy } from "./hubs.mjs";
import { begun, inShort, resumed, returnTo } from "./returning.mjs";

const service = await startService();
const { connected } = follow(service);
const { post, patch, remove, comeBack } = returnTo(service);
const subscriptions = "/beta/me/notifications/subscriptions";

/** @param {string} as @param {string} platform */
async function subscribed(as, platform) {
  const json = { targetHostName: host, platform, deviceId: platform };
  const answer = await service.request("POST", subscriptions, { as, json });
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

test("the first frame says whose feed it is, the same for all of a user's connections", async () => {
  const [megan, alex] = [someone(), someone()];
  const { userNotificationSubscriptionId, id } = await subscribed(megan, "windows");
  const streams = [
    await service.connect({ as: megan }),
    await service.connect({ as: megan, platform: "ios", query: { cursor: "garbage" }, bearerProtocol: true }),
    await service.connect({ as: megan, query: { endpoint: id } }),
    await service.connect({ as: alex }),
  ];
  for (const stream of streams) await stream.until("ready");
  const feeds = streams.map(({ first }) => first.feed);
  assert.deepEqual(feeds.slice(0, 3), [feeds[0], feeds[0], feeds[0]]);
  assert.notEqual(feeds[3], feeds[0]);
  // The digest is opaque, and no part of what leads an app server to the user.
  assert.match(feeds[0], /^[0-9a-f]{64}$/);
  const [, , address] = userNotificationSubscriptionId.split(".");
  const hub = Buffer.from(address, "base64url").subarray(0, 32).toString("hex");
  assert.notEqual(feeds[0], hub);
  const now = Date.parse(streams[0].first.now);
  assert.ok(Math.abs(now - Date.now()) < 60_000, streams[0].first.now);
});

test("the first frame and `ready` have the server's clock, in UTC", async () => {
  const before = Date.now();
  const { stream, ready } = await connected({ as: someone() });
  for (const { now } of [stream.first, ready]) {
    assert.match(now, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/);
    assert.ok(Date.parse(now) >= before && Date.parse(now) <= Date.now(), now);
  }
});

test("`top`: the newest live items of the platform, and whether there are older ones", async () => {
  const as = someone();
  const [a, b, c] = [await post(as, "a"), await post(as, "b"), await post(as, "c")];
  await remove(as, await post(as, "gone"));
  await post(as, "not for windows", { platforms: ["ios"] });
  await patch(as, b, { readState: "read" });
  const [first, second, third] = [
    ["notification", 1, a, "a", "unread"],
    ["notification", 3, c, "c", "unread"],
    ["notification", 7, b, "b", "read"],
  ];
  const more = [...begun, "more"];
  assert.deepEqual((await comeBack(as, undefined, "windows", 1)).told, [second, more]);
  assert.deepEqual((await comeBack(as, undefined, "windows", 2)).told, [second, third, more]);
  assert.deepEqual((await comeBack(as, undefined, "windows", 3)).told, [first, second, third, begun]);
  assert.deepEqual((await comeBack(as, undefined, "windows", 1000)).told, [first, second, third, begun]);
  // A cursor that is honoured says more exactly what is known; one that isn't is as good as none.
  const { cursor } = await comeBack(as, undefined, "windows", 1);
  assert.deepEqual((await comeBack(as, cursor, "windows", 1)).told, [resumed]);
  assert.deepEqual((await comeBack(as, "garbage", "windows", 1)).told, [["reset"], second, more]);
});

for (const top of ["0", "1001", "-1", "1.5", "", "ten", "99999999999999999999"]) {
  test(`\`top=${top}\` is refused`, async () => {
    const connecting = service.connect({ as: someone(), query: { top } });
    const refused = await connecting.then(
      () => assert.fail("it was accepted"),
      (error) => error,
    );
    assert.ok(refused instanceof Refused, String(refused));
    assertError(refused.json.error, { status: 400, code: "BadRequest", details: [["InvalidParameter", "top"]] });
  });
}

test("a client whose connection breaks among the newest items still receives all of them, also after an eviction", async () => {
  const as = someone();
  const texts = ["a", "b", "c", "d", "e", "f"];
  const ids = /** @type {Record<string, string>} */ ({});
  const hub = await hubMadeBy(service, async () => {
    for (const text of texts) ids[text] = await post(as, text, { key: text });
  });
  const stream = await service.connect({ as, query: { top: "3" } });
  const { cursor } = await stream.next();
  stream.terminate();
  // Changes of items that it had, that were on their way, and that it hadn't asked for.
  await patch(as, ids.d, { readState: "read" });
  await remove(as, ids.e);
  await patch(as, ids.a, { readState: "read" });
  await evict(service, hub).catch(() => {});
  assert.deepEqual((await comeBack(as, cursor, "windows", 3)).told, [
    ["notification", 6, ids.f, "f", "unread"],
    ["notification", 7, ids.d, "d", "read"],
    ["removed", 8, ids.e, "deleted"],
    ["state", 9, ids.a, "read", "noInteraction"],
    [...resumed, "more"],
  ]);
});

test("a change with `since` is refused if the item has changed since", async () => {
  const as = someone();
  const id = await post(as, "a", { key: "k" });
  const { stream } = await connected({ as });
  const ask = async (/** @type {Record<string, unknown>} */ frame) => {
    stream.send({ ref: "1", ...frame });
    for (;;) {
      const answer = await stream.next();
      if (answer.type === "result") return answer;
    }
  };
  await post(as, "b", { key: "k" });
  for (const frame of [
    { type: "update", id, since: 1, readState: "read" },
    { type: "delete", id, since: 1 },
  ]) {
    const { error, ...refused } = await ask(frame);
    assertError(error, { status: 409, code: "ItemChanged", details: [["ItemChanged", "since"]] });
    const states = { readState: "unread", userActionState: "noInteraction" };
    assert.deepEqual(refused, { type: "result", ref: "1", status: 409, ...states });
  }
  const { json } = await service.request("GET", `/beta/me/notifications/${id}`, { as });
  assert.equal(json.readState, "unread");
  const changed = await ask({ type: "update", id, since: 2, readState: "read" });
  assert.deepEqual(inShort(changed), ["result", "1", 200, 3]);
  assert.deepEqual(inShort(await ask({ type: "delete", id, since: changed.seq })), ["result", "1", 204, 4]);
});

test("a frame of a later protocol is refused, and the connection stays", async () => {
  const { stream } = await connected({ as: someone() });
  for (const [frame, code, details] of /** @type {const} */ ([
    [{ type: "later", ref: "1" }, "UnknownFrame", [["UnknownValue", "type"]]],
    [{ type: "delete", ref: "1" }, "BadRequest", [["RequiredPropertyMissing", "id"]]],
    [{ type: "delete", ref: "1", id: "x", since: -1 }, "BadRequest", [["OutOfRange", "since"]]],
  ])) {
    stream.send(frame);
    const { error, ...refused } = await stream.next();
    assert.deepEqual(refused, { type: "result", ref: "1", status: 400 });
    assertError(error, { status: 400, code, details: details.map(([code, target]) => [code, target]) });
  }
  stream.send("ping");
  assert.equal(await stream.next(), "pong");
});

test("a connection is of its subscription's platform, and knows when that has ended", async () => {
  const as = someone();
  const { id: endpoint } = await subscribed(as, "ios");
  const refused = await service.connect({ as, query: { endpoint } }).catch((error) => error);
  assert.equal(refused.status, 400);
  assertError(refused.json.error, { status: 400, code: "BadRequest", details: [["InvalidParameter", "platform"]] });
  const inBrowser = await service.connect({ as, query: { endpoint }, bearerProtocol: true });
  assert.deepEqual(await inBrowser.closed, { code: 4400, reason: "BadRequest" });

  const { stream } = await connected({ as, platform: "ios", query: { endpoint } });
  assert.equal((await service.request("DELETE", `${subscriptions}/${endpoint}`, { as })).status, 204);
  const reason = { code: 4403, reason: "SubscriptionEnded" };
  assert.deepEqual(await ended(stream), reason);
  const again = await service.connect({ as, platform: "ios", query: { endpoint }, bearerProtocol: true });
  assert.deepEqual(await again.closed, reason);
  await assert.rejects(service.connect({ as, platform: "ios", query: { endpoint } }), { status: 404 });
  await connected({ as, platform: "ios" });
});
