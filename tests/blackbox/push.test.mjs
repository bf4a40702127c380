// Web Push on workerd: what push services get, and what their answers lead to (CONTRACT §5.7).

import assert from "node:assert/strict";
import { test } from "node:test";
import { Response } from "miniflare";
import { vapidKeyPair } from "../../scripts/development.mjs";
import { assertProblem, eventually, someone } from "./expect.mjs";
import { example, host, startService } from "./harness.mjs";
import { randomOf } from "../soak/run.mjs";
import { PushServices } from "./push_services.mjs";

const notifications = "/beta/me/notifications";
const services = new PushServices();
const keys = { first: vapidKeyPair(), second: vapidKeyPair() };
const vars = {
  VAPID_KEYS: JSON.stringify(keys),
  VAPID_KEY_ID: "first",
  PUSH_CONTACT: "mailto:ops@example.com",
  PUSH_TIMEOUT_MS: "1000",
  PUSH_HOLD_MS: "1500",
};
const service = await startService({ vars, outbound: services.outbound });

let names = 0;

/**
 * A user with a browser that is pushed to.
 * @param {string} [of]
 */
async function someoneWithBrowser(of) {
  const as = someone();
  const browser = services.browser(`secret-${++names}`, of);
  const { id, uns } = await subscribe(as, browser);
  return { as, browser, id, uns };
}

/**
 * @param {string} as
 * @param {import("./push_services.mjs").Browser} browser
 * @param {Record<string, unknown>} [members]
 */
async function subscribe(as, browser, members = {}) {
  const json = { targetHostName: host, platform: "webpush", deviceId: `browser ${browser.endpoint.split("-").at(-1)}` };
  const answer = await service.request("POST", `${notifications}/subscriptions`, {
    as,
    json: { ...json, pushSubscription: browser.subscription, ...members },
  });
  assert.ok(answer.status < 300, answer.text);
  return { id: answer.json.id, uns: answer.json.userNotificationSubscriptionId };
}

/**
 * @param {string} as
 * @param {Record<string, unknown>} [members]
 */
async function post(as, members = {}) {
  const targetPolicy = { platformTypes: ["webpush"] };
  const answer = await service.post(example({ appNotificationId: undefined, targetPolicy, ...members }), { as });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
}

/** @param {number} status @param {number} later when to come back, in milliseconds from now */
const dated = (status, later) =>
  new Response(null, { status, headers: { "Retry-After": new Date(Date.now() + later).toUTCString() } });

/**
 * @param {import("./push_services.mjs").Browser} browser
 * @param {number} count
 */
const pushes = (browser, count) =>
  eventually(
    async () => {
      const pushed = services.to(browser);
      return pushed.length >= count ? pushed : undefined;
    },
    5000 + 100 * count,
  );

test("a browser gets what was posted, encrypted for it alone and signed", async () => {
  const { as, browser, uns } = await someoneWithBrowser("updates.push.services.mozilla.com");
  const webPush = { navigate: "https://app.example.com/?n={id}" };
  await subscribe(as, browser, { webPush });
  const json = example({ targetPolicy: { platformTypes: ["webpush"] } });
  const { status } = await service.post(json, { app: "contoso-server", headers: { "X-UNS-ID": uns } });
  assert.equal(status, 201);
  const [{ headers, message, claims, publicKey, length }] = await pushes(browser, 1);
  const { id } = message.notifeed;
  assert.deepEqual(
    { ...message.notification, timestamp: 0 },
    {
      ...{ title: "Hello World!", body: "Notifications are Great!", navigate: `https://app.example.com/?n=${id}` },
      ...{ tag: id, timestamp: 0, app_badge: "1" },
    },
  );
  assert.deepEqual([message.web_push, message.mutable, message.notifeed.priority], [8030, true, "High"]);
  assert.equal(message.notifeed.unread, 1);
  assert.deepEqual([headers.urgency, headers.topic, length], ["high", id.replaceAll("-", ""), 1025]);
  assert.ok(Number(headers.ttl) <= 60);
  assert.deepEqual([claims.sub, publicKey], ["mailto:ops@example.com", keys.first.publicKey]);
});

test("texts of every length arrive, and no two messages are alike", async () => {
  const { as, browser } = await someoneWithBrowser();
  const random = randomOf(8291);
  const bodies = Array.from({ length: 200 }, (_, index) => {
    const body = "🎉é!".repeat(random.below(index % 10 === 0 ? 3000 : 400));
    return "x".repeat(random.below(4)) + body;
  });
  await Promise.all(
    bodies.map((body, index) => post(as, { payload: { visualContent: { title: `${index}`, ...(body && { body }) } } })),
  );
  const titles = () => new Set(services.to(browser).map(({ message }) => message.notification.title));
  await eventually(() => titles().size === bodies.length, 30_000);
  const pushed = services.to(browser);
  for (const { message, length } of pushed) {
    const { title, body = "" } = message.notification;
    const whole = bodies[Number(title)];
    assert.ok(whole.startsWith(body) && body.isWellFormed());
    assert.equal(message.notifeed.partial ?? false, body !== whole);
    assert.ok([513, 1025, 2049, 2642].includes(length), `${length}`);
  }
  assert.equal(new Set(pushed.map(({ length }) => length)).size, 4, "padded to each length");
  assert.equal(new Set(pushed.flatMap(({ once }) => once)).size, 2 * pushed.length);
});

/** A body that never ends as it should. */
const broken = () => {
  const pull = (/** @type {ReadableStreamDefaultController} */ stream) => stream.error(new Error("reset"));
  return new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(10)), pull });
};

/** @type {[name: string, answer: () => Response | Promise<Response>, attempts: number, state: string][]} */
const answers = [
  ["200", () => new Response(null, { status: 200 }), 1, "taken"],
  ["a megabyte", () => new Response("x".repeat(2 ** 20), { status: 201 }), 1, "taken"],
  ["with a body that breaks", () => new Response(broken(), { status: 201 }), 1, "taken"],
  ["202", () => new Response(null, { status: 202 }), 1, "taken"],
  ["400", () => new Response(null, { status: 400 }), 1, "refused"],
  ["401", () => new Response(null, { status: 401 }), 1, "refused"],
  ["403", () => new Response(null, { status: 403 }), 1, "refused"],
  [
    "a redirect",
    () => new Response(null, { status: 307, headers: { Location: "http://169.254.169.254/" } }),
    1,
    "refused",
  ],
  ["413", () => new Response(null, { status: 413 }), 2, "refused"],
  ["404", () => new Response(null, { status: 404 }), 1, "gone"],
  ["410", () => new Response(null, { status: 410 }), 1, "gone"],
  ["429 with seconds", () => new Response(null, { status: 429, headers: { "Retry-After": "1" } }), 1, "later"],
  ["429 with a date", () => dated(429, 1000), 1, "later"],
  ["406", () => new Response(null, { status: 406, headers: { "Retry-After": "1" } }), 1, "later"],
  ["500", () => new Response(null, { status: 500 }), 1, "later"],
  ["503", () => new Response(null, { status: 503 }), 1, "later"],
  ["a line that breaks", () => Promise.reject(new Error("reset")), 1, "later"],
  ["silence", () => new Promise(() => {}), 1, "later"],
];

test("every answer of a push service has its consequence", { concurrency: true }, async (t) => {
  const cases = answers.map(([name, answer, attempts, state]) =>
    t.test(name, async () => {
      const { as, browser, uns } = await someoneWithBrowser();
      browser.answer = answer;
      await post(as);
      await pushes(browser, attempts);
      if (state === "later") {
        const answered = services.to(browser).length;
        browser.answer = () => new Response(null, { status: 201 });
        await pushes(browser, answered + 1);
      }
      // The next one goes at once, unless the endpoint has gone; and the id works in any case.
      const json = example({ appNotificationId: undefined, payload: { rawContent: "next" }, targetPolicy: null });
      const next = await service.post(json, { app: "contoso-server", headers: { "X-UNS-ID": uns } });
      assert.equal(next.status, 201);
      const other = services.browser(`other-${++names}`);
      await subscribe(as, other);
      await post(as, { payload: { rawContent: "last" } });
      await pushes(other, 1);
      const hasNext = () => services.to(browser).some(({ message }) => message.notifeed.raw === "next");
      if (state === "gone") assert.equal(hasNext(), false);
      else await eventually(hasNext);
      assert.deepEqual(services.strangers, [], "nobody else was sent anything");
    }),
  );
  await Promise.all(cases);
});

test("a subscription is pushed to with the key that it was made with", async () => {
  const before = await someoneWithBrowser();
  await service.stop();
  service.options = { vars: { ...vars, VAPID_KEY_ID: "second" }, outbound: services.outbound };
  await service.start();
  const after = await someoneWithBrowser();
  for (const [{ as, browser }, key] of /** @type {const} */ ([
    [before, keys.first],
    [after, keys.second],
  ])) {
    await post(as);
    const [{ publicKey }] = await pushes(browser, 1);
    assert.equal(publicKey, key.publicKey);
  }
});

test("a notification that is visible in an open page isn't pushed; one that isn't visible is", async () => {
  for (const visible of [true, false]) {
    const { as, browser, id } = await someoneWithBrowser();
    const other = services.browser(`other-${++names}`);
    await subscribe(as, other);
    const stream = await service.connect({ as, platform: "webpush", query: { endpoint: id } });
    await stream.until("ready");
    await post(as);
    // The frame asks whether its person has seen it.
    const { type, seq, ack } = await stream.next();
    assert.deepEqual([type, ack], ["notification", true]);
    stream.send({ type: "ack", seq, visible });
    await pushes(other, 1);
    if (!visible) await pushes(browser, 1);
    // Longer than a push is held.
    await post(as, { payload: { rawContent: "held" } });
    await eventually(async () => services.to(browser).find(({ message }) => message.notifeed.raw === "held"));
    assert.equal(services.to(browser).length, visible ? 1 : 2);
    stream.close();
  }
});

test("of 100 posts a page that shows them has no push, and one that stands still has each", async () => {
  const seeing = await someoneWithBrowser();
  const still = await someoneWithBrowser();
  for (const { as, id } of [seeing, still]) {
    const stream = await service.connect({ as, platform: "webpush", query: { endpoint: id } });
    await stream.until("ready");
    for (let number = 0; number < 100; number++) {
      await post(as, { payload: { rawContent: `${number}` } });
      if (as !== seeing.as) continue;
      const { seq } = await stream.next();
      stream.send({ type: "ack", seq, visible: true });
    }
  }
  const pushed = await pushes(still.browser, 100);
  // The others were posted later, and held as long.
  assert.deepEqual(services.to(seeing.browser), []);
  assert.deepEqual(
    pushed.map(({ message }) => message.notifeed.raw),
    Array.from({ length: 100 }, (_, number) => `${number}`),
  );
});

test("a push that is held is cancelled where the item is read elsewhere", async () => {
  const { as, browser, id } = await someoneWithBrowser();
  const stream = await service.connect({ as, platform: "webpush", query: { endpoint: id } });
  await stream.until("ready");
  const item = await post(as);
  const read = await service.request("PATCH", `${notifications}/${item}`, { as, json: { readState: "read" } });
  assert.equal(read.status, 200);
  await post(as, { payload: { rawContent: "held" } });
  await pushes(browser, 1);
  assert.deepEqual(
    services.to(browser).map(({ message }) => message.notifeed.raw),
    ["held"],
  );
});

test("a device says by its receipt, and nothing else, what became of a push", async () => {
  const { as, browser, id: subscription } = await someoneWithBrowser();
  const item = await post(as);
  const [{ message }] = await pushes(browser, 1);
  const { receipt } = message.notifeed;
  const at = `${notifications}/endpoints?notification=${item}`;
  const delivery = async () => (await service.request("GET", at, { as })).json.value[0].delivery;
  await eventually(async () => (await delivery()) === "pushed");
  const send = (/** @type {any} */ json) => service.request("POST", `${notifications}/receipts`, { json });
  const received = await send({ receipt, received: true });
  assert.equal(received.status, 204, received.text);
  assert.equal(await delivery(), "delivered");
  const dismissed = { readState: "read", userActionState: "dismissed" };
  assert.equal((await send({ receipt, ...dismissed })).status, 204);
  const { json } = await service.request("GET", `${notifications}/${item}`, { as });
  assert.deepEqual({ readState: json.readState, userActionState: json.userActionState }, dismissed);
  // Forged, of another kind, none, and more than it may.
  const forged = receipt.slice(0, -1) + (receipt.endsWith("A") ? "B" : "A");
  assertProblem(await send({ receipt: forged }), { status: 403, code: "NotAuthorizedForUser" });
  assertProblem(await send({ receipt: "v1.a.b.c" }), { status: 403, code: "NotAuthorizedForUser" });
  assertProblem(await send({}), { status: 400, code: "BadRequest" });
  assertProblem(await send({ receipt, readState: "unread" }), { status: 400, code: "BadRequest" });
  const ended = await service.request("DELETE", `${notifications}/subscriptions/${subscription}`, { as });
  assert.equal(ended.status, 204);
  assertProblem(await send({ receipt, received: true }), { status: 403, code: "NotAuthorizedForUser" });
  const unknown = await service.request("GET", at.slice(0, -1) + "0", { as });
  assert.ok(unknown.status === 404 || item.endsWith("0"));
});

test("a page learns the key, and an endpoint how pushing goes", async () => {
  const { as, browser } = await someoneWithBrowser();
  const key = await service.request("GET", `${notifications}/subscriptions/applicationServerKey`, { as });
  assert.deepEqual(key.json, { keyId: "second", applicationServerKey: keys.second.publicKey });
  await post(as);
  await pushes(browser, 1);
  const told = await eventually(async () => {
    const { json } = await service.request("GET", `${notifications}/endpoints`, { as });
    return json.value.find((/** @type {any} */ endpoint) => endpoint.lastPushDateTime);
  });
  assert.equal(told.push, "active");
  assert.ok(!JSON.stringify(told).includes("secret-"));
});

test("where there is no key nothing is pushed, and all else goes on", async () => {
  const off = await startService({ vars: { VAPID_KEYS: "" }, outbound: services.outbound });
  const as = someone();
  const browser = services.browser("off");
  const json = { targetHostName: host, platform: "webpush", pushSubscription: browser.subscription };
  const subscribed = await off.request("POST", `${notifications}/subscriptions`, { as, json });
  assert.equal(subscribed.status, 201);
  const key = await off.request("GET", `${notifications}/subscriptions/applicationServerKey`, { as });
  assertProblem(key, { status: 404, code: "ItemNotFound" });
  assert.equal((await off.post(example(), { as })).status, 201);
});

test("by a setting browsers are pushed raw content only", async () => {
  await service.stop();
  service.options = { vars: { ...vars, WEB_PUSH_CONTENT: "raw" }, outbound: services.outbound };
  await service.start();
  const { as, browser } = await someoneWithBrowser();
  await post(as);
  await post(as, { payload: { rawContent: "raw", visualContent: { title: "A title", body: "A body" } } });
  const [{ message }] = await pushes(browser, 1);
  assert.deepEqual([message.notifeed.raw, message.notifeed.unread], ["raw", 2]);
  assert.deepEqual(Object.keys(message.notification), ["tag", "timestamp", "app_badge"]);
});

test("no log has an endpoint, a key or a title", async () => {
  const log = service.log.join("\n");
  assert.match(log, /fcm\.googleapis\.com/);
  assert.doesNotMatch(log, /secret-|Hello World|BEGIN|vapid t=|r1\./);
  const { privateKey } = keys.first;
  assert.ok(!log.includes(privateKey));
});
