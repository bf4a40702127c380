// The copy in KV: a second, independent one of every feed, which nothing is answered from (ARCHITECTURE "Two
// stores"). That a KV which fails, lags or lies harms nothing is tried natively, in hub/tests.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, pushSubscription, someone } from "./expect.mjs";
import { about, follow } from "./following.mjs";
import { example, host, startService } from "./harness.mjs";
import { evict, hubMadeBy, hubs } from "./hubs.mjs";

/** @typedef {import("./following.mjs").Service} Service */

// Nothing is pushed: that has a test file of its own.
const service = await startService({ vars: { VAPID_KEYS: "" } });
const { post } = follow(service);
const notifications = "/beta/me/notifications";
const hour = 60 * 60 * 1000;

/**
 * KV's copies of an item, an owner (`!owner`) or a subscription (`!{id}`): keys with metadata and value.
 * @param {string} what
 * @param {Service} [of]
 */
async function kept(what, of = service) {
  const kv = await of.miniflare.getKVNamespace("FEED");
  const { keys } = await kv.list();
  const found = keys.filter(({ name }) => name.split(":")[1] === what);
  const copies = await Promise.all(found.map(async (key) => ({ ...key, text: await kv.get(key.name, "text") })));
  // A copy that went in between isn't there.
  return copies.flatMap(({ text, ...key }) => (text === null ? [] : [{ ...key, value: JSON.parse(text) }]));
}

/** The numbers of an item's copies, once there is just one. @param {string} id @param {number} copy */
const hasOnly = (id, copy) =>
  eventually(async () => {
    const [found, ...others] = await kept(id);
    return found?.value.copy === copy && others.length === 0 && found;
  });

test("an item is there under Hub, id and copy, whole, until after it expires", async () => {
  const as = someone();
  const expiration = Date.now() + hour + 1;
  let id = "";
  const hub = await hubMadeBy(service, async () => {
    id = await post(as, { appNotificationId: "one", expirationDateTime: new Date(expiration).toISOString() });
  });
  const found = await hasOnly(id, 1);
  assert.match(hub, /^[0-9a-f]{64}$/);
  const { name, value, metadata } = found;
  assert.deepEqual([name, found.expiration], [`${hub}:${id}:1`, Math.ceil(expiration / 1000) + 120]);
  assert.deepEqual(metadata, { version: 1, ordinal: value.ordinal, expiration, gone: false });
  const { created, modified, posted, platforms, reached, requestDigest, keepUntil, content, ...rest } = value;
  assert.deepEqual(rest, {
    ...{ version: 1, id, ordinal: 1, copy: 1, revision: 1, issuer: "notifeed-dev", app: "contoso-client" },
    ...{ appNotificationId: "one", groupName: "TestGroup", priority: "High", expiration, displayTimeToLive: 60 },
    ...{ readState: "unread", userActionState: "noInteraction" },
  });
  assert.ok(created <= Date.now() && created === modified && created === posted && keepUntil >= expiration);
  assert.ok(requestDigest.length > 20 && platforms > 0 && platforms === reached);
  assert.equal(content.targetHostName, host);
  assert.deepEqual(content.payload, example().payload);
});

test("after many posts at once KV has a copy of each", async () => {
  const as = someone();
  const ids = await Promise.all(Array.from({ length: 120 }, () => post(as)));
  const kv = await service.miniflare.getKVNamespace("FEED");
  await eventually(async () => {
    const stored = new Set((await kv.list()).keys.map(({ name }) => name.split(":")[1]));
    return ids.every((id) => stored.has(id));
  });
});

test("a replacement takes the place of what was there; states alone aren't copied", async () => {
  const as = someone();
  for (const [index, title] of ["First", "Second", "Third"].entries()) {
    const payload = { visualContent: { title } };
    const id = await post(as, { appNotificationId: "one", payload });
    const json = { readState: "read" };
    assert.equal((await service.request("PATCH", `${notifications}/${id}`, { as, json })).status, 200);
    const { value } = await hasOnly(id, index + 1);
    assert.deepEqual(value.content.payload, payload);
    assert.equal(value.revision, index + 1);
  }
});

test("replaced faster than it is copied: only the last stays", async () => {
  const as = someone();
  const titles = Array.from({ length: 20 }, (_, number) => `Title ${number}`);
  /** @type {string[]} */
  const ids = [];
  for (const title of titles) {
    ids.push(await post(as, { appNotificationId: "one", payload: { visualContent: { title } } }));
  }
  assert.equal(new Set(ids).size, 1);
  const { value } = await hasOnly(ids[0], 20);
  assert.deepEqual(value.content.payload, { visualContent: { title: "Title 19" } });
});

test("what is deleted is marked as gone, and what it was leaves", async () => {
  const as = someone();
  const id = await post(as);
  await hasOnly(id, 1);
  assert.equal((await service.request("DELETE", `${notifications}/${id}`, { as })).status, 204);
  const { value, metadata, expiration } = await hasOnly(id, 2);
  const { modified, keepUntil, ...rest } = value;
  assert.deepEqual(rest, { version: 1, id, ordinal: value.ordinal, copy: 2, gone: true });
  assert.ok(modified <= Date.now() && keepUntil > modified);
  assert.equal(/** @type {any} */ (metadata).gone, true);
  assert.equal(expiration, Math.ceil(keepUntil / 1000) + 120);
});

test("KV has the owner and the subscriptions, and a gone mark for one that has ended", async () => {
  const as = someone();
  /** @type {any} */
  let subscribed;
  const hub = await hubMadeBy(service, async () => {
    const json = { targetHostName: host, platform: "webpush", deviceId: "d", pushSubscription };
    subscribed = (await service.request("POST", `${notifications}/subscriptions`, { as, json })).json;
  });
  const { id, expirationDateTime } = subscribed;
  const { name, value, expiration } = await eventually(async () => (await kept(`!${id}`)).at(0));
  const expires = Date.parse(expirationDateTime);
  assert.deepEqual([name, expiration], [`${hub}:!${id}`, Math.ceil(expires / 1000) + 120]);
  const { created, ...rest } = value;
  const { endpoint, keys } = pushSubscription;
  assert.ok(created <= Date.now());
  assert.deepEqual(rest, {
    ...{ version: 1, id, issuer: "notifeed-dev", app: "contoso-client", deviceId: "d", platform: "WebPush" },
    ...{ displayName: null, pushSubscription: JSON.stringify({ endpoint, keys }), expiration: expires },
  });
  const owner = await eventually(async () => (await kept("!owner")).find(({ name }) => name === `${hub}:!owner`));
  assert.deepEqual([owner.value.subject, owner.value.principalName, owner.value.host], [as, as, host]);

  const ended = await service.request("DELETE", `${notifications}/subscriptions/${id}`, { as });
  assert.equal(ended.status, 204);
  const gone = await eventually(async () => (await kept(`!${id}`)).find(({ value }) => value.gone));
  assert.deepEqual(gone.value, { version: 1, id, gone: true });
});

test("if KV loses all copies, every answer stays the same", async () => {
  const lossy = await startService();
  const { post, connected } = follow(lossy);
  const as = someone();
  const payload = { rawContent: "raw 🎉", visualContent: { title: "Title" } };
  const id = await post(as, { appNotificationId: "one", payload });
  await eventually(async () => (await kept(id, lossy)).length === 1);
  const kv = await lossy.miniflare.getKVNamespace("FEED");
  for (const { name } of (await kv.list()).keys) await kv.delete(name);
  for (const hub of await hubs(lossy)) await evict(lossy, hub);

  const fetched = await lossy.request("GET", `${notifications}/${id}`, { as });
  assert.deepEqual(fetched.json.payload, payload);
  const listed = await lossy.request("GET", notifications, { as });
  assert.deepEqual(listed.json.value[0].payload, payload);
  const { missed } = await connected({ as });
  assert.deepEqual(missed.map(about), [["notification", id]]);
  assert.deepEqual(missed[0].notification.payload, payload);
  const again = await lossy.post(example({ appNotificationId: "one", payload }), { as });
  assert.deepEqual([again.status, again.json.id], [200, id]);
});

test("what was still to be copied at a crash is copied after any event", async () => {
  const slow = await startService({ vars: { COPY_DELAY_MS: "1500" } });
  const as = someone();
  const id = await follow(slow).post(as);
  await slow.restart();
  assert.deepEqual(await kept(id, slow), []);
  assert.equal((await slow.request("GET", `${notifications}/${id}`, { as })).status, 200);
  await eventually(async () => (await kept(id, slow)).length === 1);
});

test("a subscription or a connection after an eviction doesn't put off what is due", async () => {
  const slow = await startService({ vars: { COPY_DELAY_MS: "1000" } });
  const following = follow(slow);
  const late = [
    (/** @type {string} */ as) => following.connected({ as }),
    (/** @type {string} */ as) =>
      slow.request("POST", `${notifications}/subscriptions`, {
        as,
        json: { targetHostName: host, platform: "windows" },
      }),
  ];
  for (const event of late) {
    const as = someone();
    let id = "";
    const hub = await hubMadeBy(slow, async () => (id = await following.post(as)));
    await evict(slow, hub);
    await event(as);
    await eventually(async () => (await kept(id, slow)).length === 1);
  }
});

test("the fan-out doesn't wait for the copy", async () => {
  const never = await startService({ vars: { COPY_DELAY_MS: "600000" } });
  const following = follow(never);
  const as = someone();
  const { stream } = await following.connected({ as });
  const id = await following.post(as);
  assert.deepEqual(about(await stream.next()), ["notification", id]);
  assert.deepEqual(await kept(id, never), []);
});
