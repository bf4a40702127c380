// Changes that outlive a crash, and the work that a Hub out of memory still does (ARCHITECTURE "The Hub").

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { eventually, someone } from "./expect.mjs";
import { about, assertInOrder, follow } from "./following.mjs";
import { example, host, startService, userToken } from "./harness.mjs";
import { evict, hubMadeBy, hubs } from "./hubs.mjs";

const notifications = "/beta/me/notifications";

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

test("a Hub out of memory keeps its sockets, and a ping doesn't wake it", async () => {
  const service = await startService();
  const { post, connected } = follow(service);
  const as = someone();
  /** @type {Awaited<ReturnType<typeof connected>>[]} */
  const sockets = [];
  const hub = await hubMadeBy(service, async () => {
    sockets.push(await connected({ as }), await connected({ as, platform: "ios" }));
  });
  await evict(service, hub);
  for (const { stream } of sockets) {
    stream.send("ping");
    assert.equal(await stream.next(), "pong");
  }
  await assert.rejects(evict(service, hub), /not currently running/);
  // The fan-out goes on, by platform, in order.
  const ids = [await post(as), await post(as, { targetPolicy: { platformTypes: ["ios"] } })];
  await evict(service, hub);
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
  await evict(service, hub);
  assert.deepEqual(await windows.stream.close(4000, "bye"), { code: 4000, reason: "bye" });
  await evict(service, hub).catch(() => {});
  ios.stream.send("nonsense");
  assert.equal((await ios.stream.closed).code, 4400);
});

test("an idle connection outlives the Hub's eviction, and is told once of what comes", async () => {
  const service = await startService();
  const { post, connected } = follow(service);
  const as = someone();
  let id = "";
  const hub = await hubMadeBy(service, async () => (id = await post(as)));
  const { stream } = await connected({ as });
  await evict(service, hub);
  const b = await post(as);
  const frame = await stream.next();
  assert.deepEqual([frame.type, frame.seq, frame.notification.id, frame.replayed], ["notification", 2, b, false]);
  stream.send({ type: "delete", ref: "1", id });
  const { ref, status, seq } = await stream.next();
  assert.deepEqual([ref, status, seq], ["1", 204, 3]);
});

test("a Hub with nothing left to do wakes only for its end: an idle feed costs nothing", async () => {
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
  // The runtime's table of the alarm.
  const question = database.prepare("SELECT value FROM _cf_METADATA WHERE key = 1");
  question.setReadBigInts(true);
  const nanoseconds = /** @type {bigint} */ (question.get()?.value);
  database.close();
  const days = (Number(nanoseconds / 1_000_000n) - Date.now()) / 86_400_000;
  assert.ok(days > 29 && days < 31, `it wakes in ${days} days`);
});
