// What outlives a crash, what goes to KV, and what a Hub out of memory still does (DESIGN, "Two
// stores", "The Hub").

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { assertProblem, eventually, someone } from "./expect.mjs";
import { about, assertInOrder, follow } from "./following.mjs";
import { example, host, startService, userToken } from "./harness.mjs";

/** @typedef {import("./following.mjs").Service} Service */

// As it is by default; and one that brings bodies to KV and forgets them as soon as it can.
const patient = await startService();
const hasty = await startService({ vars: { OUTBOX_DELAY_MS: "10", BODY_GRACE_MS: "20" } });
const notifications = "/beta/me/notifications";

/**
 * What KV has of a notification: its keys, with their expiration.
 * @param {Service} service
 * @param {string} id
 */
async function kept(service, id) {
  const kv = await service.miniflare.getKVNamespace("FEED");
  const { keys } = await kv.list();
  return keys.filter(({ name }) => name.split(":")[1] === id);
}

/**
 * The ids of the Hubs that there are.
 * @param {Service} service
 */
const hubs = (service) => service.miniflare.listDurableObjectIds("Hub");

/**
 * Takes a Hub out of memory, as the runtime does with one that is idle; its sockets stay.
 * @param {Service} service
 * @param {string} id
 */
const evict = (service, id) =>
  service.miniflare.unsafeEvictDurableObject("notifeed", "Hub", { id, webSockets: "hibernate" });

/**
 * The Hub that a user's first post makes.
 * @param {Service} service
 * @param {() => Promise<unknown>} post
 */
async function hubMadeBy(service, post) {
  const before = new Set(await hubs(service));
  await post();
  const [made, ...others] = (await hubs(service)).filter((id) => !before.has(id));
  assert.ok(made && others.length === 0);
  return made;
}

/**
 * Waits until a Hub has forgotten the body of a revision: then only KV has it. Takes it out of KV,
 * and gives it back unless told to hide it.
 * @param {Service} service
 * @param {string} as
 * @param {string} id
 * @param {{ hide?: boolean }} [options]
 */
async function forgotten(service, as, id, { hide = false } = {}) {
  const kv = await service.miniflare.getKVNamespace("FEED");
  return eventually(async () => {
    const [key] = await kept(service, id);
    if (!key) return undefined;
    const text = String(await kv.get(key.name));
    await kv.delete(key.name);
    const { status } = await service.request("GET", `${notifications}/${id}`, { as });
    const body = { key: key.name, text, restore: () => kv.put(key.name, text) };
    if (status !== 503) {
      // Not yet: the Hub finds out that KV lost it, and puts it again.
      await new Promise((done) => setTimeout(done, 100));
      return undefined;
    }
    if (!hide) await body.restore();
    return body;
  });
}

test("a crash of the runtime loses nothing that was answered", async () => {
  const service = await startService();
  const { post, connected } = follow(service);
  const as = someone();
  const ids = [await post(as), await post(as), await post(as, { appNotificationId: "one" })];
  const json = { targetHostName: host, platform: "windows" };
  const subscribed = await service.request("POST", `${notifications}/subscriptions`, { as, json });
  const { missed: before, ready } = await connected({ as });
  const early = before[0].cursor;
  const away = await post(as);
  // Nothing is tidied up, and nothing was waited for.
  await service.restart();

  const resumed = await connected({ as, query: { cursor: ready.cursor } });
  assert.equal(resumed.ready.resumed, true);
  assert.deepEqual(resumed.missed.map(about), [["notification", away]]);
  const later = await connected({ as, query: { cursor: early } });
  assert.deepEqual(
    later.missed.map(about),
    [ids[1], ids[2], away].map((id) => ["notification", id]),
  );
  const { missed: all } = await connected({ as });
  // Byte for byte the same frames, but for the seconds left.
  const timeless = (/** @type {any} */ frame) => ({
    ...frame,
    notification: { ...frame.notification, displayTimeToLive: null },
  });
  assert.deepEqual(all.slice(0, 3).map(timeless), before.map(timeless));

  const next = await post(as);
  const frame = await later.stream.next();
  assert.deepEqual(about(frame), ["notification", next]);
  assertInOrder([...all, frame]);
  // The same again is known to be the same, and the subscription still works.
  const repeated = await service.post(example({ appNotificationId: "other" }), { as });
  assert.equal(repeated.status, 201, repeated.text);
  const headers = { "X-UNS-ID": subscribed.json.userNotificationSubscriptionId };
  assert.equal((await service.post(example(), { app: "contoso-server", headers })).status, 201);
});

test("what was still to go to KV at a crash goes there afterwards", async () => {
  const service = await startService({ vars: { OUTBOX_DELAY_MS: "1500" } });
  const { post } = follow(service);
  const as = someone();
  const id = await post(as);
  await service.restart();
  // Any event of the Hub brings its alarm back.
  assert.equal((await service.request("GET", `${notifications}/${id}`, { as })).status, 200);
  await eventually(async () => (await kept(service, id)).length === 1);
});

test("a body reaches KV under Hub, id and revision, and expires there after the notification", async () => {
  const { post } = follow(patient);
  const as = someone();
  const expiration = Date.now() + 60 * 60 * 1000;
  let id = "";
  const hub = await hubMadeBy(patient, async () => {
    id = await post(as, { expirationDateTime: new Date(expiration).toISOString() });
  });
  const key = await eventually(async () => (await kept(patient, id)).at(0));
  assert.match(hub, /^[0-9a-f]{64}$/);
  assert.deepEqual(key, { name: `${hub}:${id}:1`, expiration: Math.ceil(expiration / 1000) + 120 });
  const kv = await patient.miniflare.getKVNamespace("FEED");
  const body = JSON.parse(String(await kv.get(key.name)));
  assert.equal(body.targetHostName, host);
  assert.deepEqual(body.payload, example().payload);
});

test("many at once reach KV, each", async () => {
  const { post } = follow(hasty);
  const as = someone();
  const ids = await Promise.all(Array.from({ length: 120 }, () => post(as)));
  const kv = await hasty.miniflare.getKVNamespace("FEED");
  await eventually(async () => {
    const stored = new Set((await kv.list()).keys.map(({ name }) => name.split(":")[1]));
    return ids.every((id) => stored.has(id));
  });
});

test("the Hub forgets a body that KV has; fetching and replaying give it all the same", async () => {
  const { post, connected } = follow(hasty);
  const as = someone();
  const payload = { rawContent: "raw 🎉", visualContent: { title: "Title" } };
  const id = await post(as, { payload });
  await forgotten(hasty, as, id);
  const fetched = await hasty.request("GET", `${notifications}/${id}`, { as });
  assert.equal(fetched.status, 200, fetched.text);
  assert.deepEqual(fetched.json.payload, payload);
  const { missed } = await connected({ as });
  assert.deepEqual(missed.map(about), [["notification", id]]);
  assert.deepEqual(missed[0].notification.payload, payload);
});

test("the same again is answered with the body that only KV has", async () => {
  const as = someone();
  const first = await hasty.post(example(), { as });
  await forgotten(hasty, as, first.json.id);
  const second = await hasty.post(example(), { as });
  assert.equal(second.status, 200, second.text);
  assert.deepEqual(second.json.payload, first.json.payload);
});

test("a body that KV lost is 503, and ends no feed", async () => {
  const { post, connected } = follow(hasty);
  const as = someone();
  const lost = await post(as);
  const body = await forgotten(hasty, as, lost, { hide: true });
  assert.ok(body);
  const other = await post(as);
  const answer = await hasty.request("GET", `${notifications}/${lost}`, { as });
  assertProblem(answer, { status: 503, code: "ServiceUnavailable" });
  const { stream, missed } = await connected({ as });
  assert.deepEqual(missed.map(about), [["notification", other]]);
  assert.ok(hasty.log.some((line) => line.includes(lost)));
  const third = await post(as);
  assert.deepEqual(about(await stream.next()), ["notification", third]);
  await body.restore();
  assert.equal((await hasty.request("GET", `${notifications}/${lost}`, { as })).status, 200);
});

test("what a replacement took the place of leaves KV", async () => {
  const { post } = follow(hasty);
  const as = someone();
  for (const title of ["First", "Second", "Third"]) {
    const payload = { visualContent: { title } };
    const id = await post(as, { appNotificationId: "one", payload });
    const revision = { First: 1, Second: 2, Third: 3 }[title];
    await eventually(async () => {
      const names = (await kept(hasty, id)).map(({ name }) => name.split(":")[2]);
      return names.length === 1 && names[0] === String(revision);
    });
    await forgotten(hasty, as, id);
    const fetched = await hasty.request("GET", `${notifications}/${id}`, { as });
    assert.deepEqual(fetched.json.payload, payload);
  }
});

test("replaced faster than bodies go to KV: only the last stays there", async () => {
  const { post } = follow(hasty);
  const as = someone();
  const titles = Array.from({ length: 20 }, (_, number) => `Title ${number}`);
  /** @type {string[]} */
  const ids = [];
  for (const title of titles) {
    ids.push(await post(as, { appNotificationId: "one", payload: { visualContent: { title } } }));
  }
  assert.equal(new Set(ids).size, 1);
  await eventually(async () => {
    const names = (await kept(hasty, ids[0])).map(({ name }) => name.split(":")[2]);
    return names.length === 1 && names[0] === "20";
  });
});

test("what is deleted leaves KV", async () => {
  const { post } = follow(hasty);
  const as = someone();
  const id = await post(as);
  await forgotten(hasty, as, id);
  assert.equal((await hasty.request("DELETE", `${notifications}/${id}`, { as })).status, 204);
  await eventually(async () => (await kept(hasty, id)).length === 0);
});

test("a Hub out of memory keeps its sockets, and a ping doesn't wake it", async () => {
  const { post, connected } = follow(patient);
  const as = someone();
  /** @type {Awaited<ReturnType<typeof connected>>[]} */
  const sockets = [];
  const hub = await hubMadeBy(patient, async () => {
    sockets.push(await connected({ as }), await connected({ as, platform: "ios" }));
  });
  await evict(patient, hub);
  for (const { stream } of sockets) {
    stream.send("ping");
    assert.equal(await stream.next(), "pong");
  }
  await assert.rejects(evict(patient, hub), /not currently running/);
  // The fan-out goes on, by platform, in order.
  const ids = [await post(as), await post(as, { targetPolicy: { platformTypes: ["ios"] } })];
  await evict(patient, hub);
  ids.push(await post(as));
  const [windows, ios] = sockets;
  const wanted = [[ids[0], ids[2]], ids];
  for (const [index, { stream }] of [windows, ios].entries()) {
    const frames = [];
    for (const id of wanted[index]) {
      const frame = await stream.next();
      assert.deepEqual(about(frame), ["notification", id]);
      frames.push(frame);
    }
    assertInOrder(frames);
  }
  // A client's frame and its close reach a Hub out of memory.
  await evict(patient, hub);
  assert.deepEqual(await windows.stream.close(4000, "bye"), { code: 4000, reason: "bye" });
  await evict(patient, hub).catch(() => {});
  ios.stream.send("nonsense");
  assert.equal((await ios.stream.closed).code, 4400);
});

test("a subscription or a connection after an eviction doesn't put off what is due", async () => {
  const service = await startService({ vars: { OUTBOX_DELAY_MS: "1000" } });
  const { post, connected } = follow(service);
  const late = [
    (/** @type {string} */ as) => connected({ as }),
    (/** @type {string} */ as) =>
      service.request("POST", `${notifications}/subscriptions`, {
        as,
        json: { targetHostName: host, platform: "windows" },
      }),
  ];
  for (const event of late) {
    const as = someone();
    let id = "";
    const hub = await hubMadeBy(service, async () => (id = await post(as)));
    await evict(service, hub);
    await event(as);
    await eventually(async () => (await kept(service, id)).length === 1);
  }
});

test("a Hub with nothing left to do sets no alarm: an idle feed costs nothing", async () => {
  const service = await startService();
  const exp = Math.floor(Date.now() / 1000) + 1;
  const as = someone();
  const { stream } = await follow(service).connected({ token: await userToken(as, { exp }) });
  const [hub] = await hubs(service);
  // Its last work is to end this connection.
  await eventually(async () => stream.socket.readyState !== stream.socket.OPEN);
  stream.terminate();
  // Its answer waits for what was written before.
  assert.equal((await service.request("GET", `${notifications}/$count`, { as })).text, "0");
  await service.stop();
  const database = new DatabaseSync(join(service.state, "v3/do/notifeed-Hub", `${hub}.sqlite`));
  // Where the runtime keeps the alarm.
  const row = database.prepare("SELECT value FROM _cf_METADATA WHERE key = 1").get();
  database.close();
  assert.equal(row?.value ?? null, null);
});
