// The live client of the npm package in Chromium, against a server that does its worst: whatever happens to the line, the
// app is told of each change exactly once and in order, and the client never hammers a server that refuses it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./chromium.mjs";
import { arrival, HostileServer, ready } from "./hostile.mjs";

const browser = await launch();
const MINUTE = 60_000;
/** When the page's clock starts, where a test holds it. */
const NOW = Date.parse("2026-11-22T12:00:00Z");

/**
 * A page in a browser of its own, with a server of its own.
 * @param {{ clock?: boolean }} [options] clock: the page's time stands still until it is told to go on
 */
async function open({ clock = false } = {}) {
  const server = await HostileServer.start();
  const context = await browser.newContext();
  // Coming back takes no time, unless a test says otherwise.
  await context.addInitScript("Math.random = () => 0");
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  if (clock) await page.clock.install({ time: NOW });
  await page.goto(server.url);
  await page.waitForFunction("globalThis.loaded");
  if (clock) await page.clock.pauseAt(NOW + 1000);
  return { server, page };
}

/**
 * Starts a client with tokens that are only named: `token-1`, then `token-2` when a fresh one is wanted…
 * @param {import("playwright-core").Page} page
 * @param {{ user?: string, sameToken?: boolean, expiresIn?: number }} [options] expiresIn: tokens that say when they end, in ms
 */
function start(page, { user = "megan", sameToken = false, expiresIn } = {}) {
  return page.evaluate(
    ({ user, sameToken, expiresIn }) => {
      let number = 1;
      const global = /** @type {any} */ (globalThis);
      global.start({
        user,
        token: async (/** @type {{ fresh: boolean }} */ { fresh }) => {
          if (fresh && !sameToken) number += 1;
          if (expiresIn === undefined) return `token-${number}`;
          const exp = Math.round((Date.now() + expiresIn) / 1000);
          return `${number}.${btoa(JSON.stringify({ exp })).replaceAll("=", "")}.x`;
        },
      });
    },
    { user, sameToken, expiresIn },
  );
}

/**
 * What the app was told, in short.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
function told(page) {
  return page.evaluate(() =>
    /** @type {any} */ (globalThis).events
      .filter((/** @type {any} */ { type }) => type !== "status")
      .map((/** @type {any} */ { type, notification, reason, resumed, replayed }) =>
        [type, notification?.id, reason, type === "ready" ? `${resumed ? "resumed" : "anew"} ${replayed}` : undefined]
          .filter((word) => word !== undefined)
          .join(" "),
      ),
  );
}

/**
 * Waits for something to be so in the page.
 * @param {import("playwright-core").Page} page
 * @param {string} expression of `client` and `events`
 */
function until(page, expression) {
  return page.waitForFunction(expression, undefined, { polling: 20 });
}

/** @param {import("playwright-core").Page} page @param {number} count of `ready` events */
const readied = (page, count) => until(page, `events.filter(({ type }) => type === "ready").length === ${count}`);
/** @param {import("playwright-core").Page} page @param {string} state */
const is = (page, state) => until(page, `client.status.state === "${state}"`);

/**
 * The line of this number, on a page whose clock stands still: the client's waits are skipped, nothing else.
 * @param {Awaited<ReturnType<typeof open>>} opened
 * @param {number} number
 */
async function comeBack({ server, page }, number) {
  await until(page, 'client.status.state !== "live"');
  while (server.lines.length <= number) {
    const wait = await page.evaluate("client.status.retryAt - Date.now()");
    if (wait >= 0) await page.clock.runFor(wait + 1);
  }
  return server.lines[number];
}

/**
 * Lets the page's clock go on, with every ping answered in time.
 * @param {import("playwright-core").Page} page
 * @param {import("./hostile.mjs").Line} line
 * @param {number} milliseconds
 */
async function pass(page, line, milliseconds) {
  for (let passed = 0; passed < milliseconds; passed += 5000) {
    await page.clock.runFor(5000);
    // What follows a pong on the line comes after it.
    const seq = 1_000_000 + (heartbeat += 1);
    line.send({ type: "later", seq, cursor: `e${seq}` });
    await until(page, `client.cursor === "e${seq}"`);
  }
}
let heartbeat = 0;

// --- The line

test("a line that breaks in the middle of a frame goes on at the cursor", async () => {
  const { server, page } = await open();
  await start(page);
  const first = await server.line(0);
  assert.equal(first.cursor, null);
  assert.equal(first.token, "token-1");
  first.send(arrival(1, "a"));
  first.breakIn(arrival(2, "b"));
  const second = await server.line(1);
  assert.equal(second.cursor, "e1");
  second.send(arrival(2, "b", { replayed: true }), ready("e2", true));
  await readied(page, 1);
  assert.deepEqual(await told(page), ["notification a", "notification b", "ready resumed 1"]);
});

test("what is said twice is told once", async () => {
  const { server, page } = await open();
  await start(page);
  const line = await server.line(0);
  const state = { type: "state", seq: 3, cursor: "e3", id: "a", readState: "read", userActionState: "noInteraction" };
  const removed = { type: "removed", seq: 4, cursor: "e4", id: "b", reason: "deleted" };
  for (const frame of [arrival(1, "a"), arrival(2, "b"), state, removed]) line.send(frame, frame, arrival(1, "a"));
  line.send(ready("e4"), ready("e4"));
  await readied(page, 1);
  assert.deepEqual(await told(page), [
    "notification a",
    "notification b",
    "state a",
    "removed b deleted",
    "ready anew 4",
  ]);
  assert.equal(await page.evaluate("client.unread"), 0);
});

test("an older change never takes the cursor back", async () => {
  const { server, page } = await open();
  await start(page);
  const first = await server.line(0);
  first.send(arrival(1, "a"), arrival(3, "c"), arrival(2, "b"));
  await until(page, "client.items.length === 2");
  first.raw.destroy();
  assert.equal((await server.line(1)).cursor, "e3");
});

test("another epoch: what is still there is no news, what isn't is removed, though the line breaks meanwhile", async () => {
  const { server, page } = await open();
  await start(page);
  const first = await server.line(0);
  first.send(arrival(7, "a"), arrival(8, "b"), arrival(9, "c"), ready("e9"));
  await readied(page, 1);
  first.raw.destroy();

  const second = await server.line(1);
  assert.equal(second.cursor, "e9");
  second.send({ type: "reset" }, arrival(1, "a", { replayed: true, epoch: "f" }));
  await until(page, 'client.cursor === "f1"');
  assert.equal(await page.evaluate("client.items.length"), 3, "what isn't met yet is still shown");
  second.raw.destroy();

  const third = await server.line(2);
  assert.equal(third.cursor, "f1");
  const read = { replayed: true, epoch: "f", item: { readState: "read" } };
  third.send(arrival(2, "c", read), arrival(3, "d", { replayed: true, epoch: "f" }), ready("f3", true));
  await readied(page, 2);
  const news = (await told(page)).slice(4);
  assert.deepEqual(news, ["state c", "notification d", "removed b reset", "ready resumed 3"]);
  assert.deepEqual(await page.evaluate("client.items.map(({ id }) => id).sort()"), ["a", "c", "d"]);

  await page.reload();
  await page.waitForFunction("globalThis.loaded");
  await start(page);
  assert.equal((await server.line(3)).cursor, "f3");
  await until(page, "client.items.length === 3");
  assert.deepEqual(await page.evaluate("client.items.map(({ id }) => id).sort()"), ["a", "c", "d"]);
});

test("what isn't a frame breaks the line; a frame that isn't known is passed over", async () => {
  const { server, page } = await open();
  await start(page);
  (await server.line(0)).send(arrival(1, "a"), "<html>Bad gateway</html>");
  const second = await server.line(1);
  assert.equal(second.cursor, "e1");
  second.send({ type: "greeting", text: "hello" }, { type: "later", seq: 2, cursor: "e2" }, ready("e2", true));
  await readied(page, 1);
  assert.deepEqual(await told(page), ["notification a", "ready resumed 0"]);
  assert.equal(await page.evaluate("client.cursor"), "e2");
});

test("a long replay is acknowledged", async () => {
  const { server, page } = await open();
  await start(page);
  const line = await server.line(0);
  const large = { payload: { rawContent: "x".repeat(50_000) } };
  for (let seq = 1; seq <= 3; seq++) line.send(arrival(seq, String(seq), { replayed: true, item: large }));
  assert.deepEqual(await line.heard(({ type }) => type === "ack"), { type: "ack", seq: 3 });
});

// --- Refusals

test("a token that is refused is replaced, and after five of them the client stays away", async () => {
  const opened = await open({ clock: true });
  const { server, page } = opened;
  await start(page);
  for (let number = 0; number < 5; number++) {
    const line = await comeBack(opened, number);
    assert.equal(line.token, `token-${number + 1}`);
    line.close(4401, "InvalidAuthenticationToken");
    await until(page, `events.filter(({ status }) => status?.code === 4401).length === ${number + 1}`);
  }
  await is(page, "stopped");
  await page.clock.runFor(10 * MINUTE);
  assert.equal(server.lines.length, 5);
  const { code, reason } = await page.evaluate("client.status");
  assert.deepEqual({ code, reason }, { code: 4401, reason: "InvalidAuthenticationToken" });
});

test("where there is no other token than the one refused, the client stays away at once", async () => {
  const { server, page } = await open();
  await start(page, { sameToken: true });
  (await server.line(0)).close(4401, "InvalidAuthenticationToken");
  await is(page, "stopped");
  assert.equal(server.lines.length, 1);
});

test("a refused token that is replaced in time is forgotten", async () => {
  const { server, page } = await open();
  await start(page);
  (await server.line(0)).close(4401, "InvalidAuthenticationToken");
  (await server.line(1)).send(ready("e0"));
  await is(page, "live");
});

for (const code of [4400, 4403]) {
  test(`${code} stops, until the person wants it again`, async () => {
    const { server, page } = await open({ clock: true });
    await start(page);
    (await server.line(0)).close(code, "NotAuthorizedForUser");
    await is(page, "stopped");
    await page.clock.runFor(10 * MINUTE);
    assert.equal(server.lines.length, 1);
    await page.evaluate("client.reconnect()");
    (await server.line(1)).send(ready("e0"));
    await is(page, "live");
  });
}

test("a busy server says when to come back", async () => {
  const { server, page } = await open({ clock: true });
  await start(page);
  (await server.line(0)).close(4429, "ServerBusy retry-after=60");
  await is(page, "waiting");
  await page.clock.runFor(59_000);
  assert.equal(server.lines.length, 1);
  await page.clock.runFor(3000);
  await server.line(1);
});

test("a server that closes every line is asked ever less often", async () => {
  const opened = await open({ clock: true });
  const { page } = opened;
  await page.evaluate("Math.random = () => 0.999");
  await start(page);
  const waits = [];
  for (let number = 0; number < 8; number++) {
    (await comeBack(opened, number)).close(1012, "ServiceRestart");
    await is(page, "waiting");
    waits.push(await page.evaluate("client.status.retryAt - Date.now()"));
  }
  assert.deepEqual(waits, [0, 1998, 3996, 7992, 15_984, 29_970, 29_970, 29_970]);
});

// --- Silence

test("a line that goes silent is given up, one that answers isn't", async () => {
  const { server, page } = await open({ clock: true });
  await start(page);
  const first = await server.line(0);
  first.send(ready("e0"));
  await is(page, "live");
  await pass(page, first, 3 * MINUTE);
  assert.ok(first.texts.length >= 2, "it pings");
  first.answersPings = false;
  await page.clock.runFor(45_000);
  const { cursor } = await server.line(1);
  assert.equal(cursor, `e${1_000_000 + heartbeat}`);
});

test("a server that takes the line and never answers is given up", async () => {
  const { server, page } = await open({ clock: true });
  server.accepts = false;
  await start(page);
  await until(page, 'client.status.state === "connecting"');
  while (server.unanswered === 0) await new Promise((resolve) => setImmediate(resolve));
  server.accepts = true;
  await page.clock.runFor(11_000);
  (await server.line(0)).send(ready("e0"));
  await is(page, "live");
});

test("offline is seen at once, and so is being back", async () => {
  const { server, page } = await open();
  await start(page);
  (await server.line(0)).send(ready("e0"));
  await is(page, "live");
  await page.context().setOffline(true);
  // It tries again at once, so the state may be another one by now.
  await until(page, 'events.some(({ status }) => status?.reason === "offline")');
  await page.context().setOffline(false);
  await server.line(1);
});

// --- Tokens

test("a fresh token goes over the open line before the old one ends", async () => {
  const { server, page } = await open({ clock: true });
  await start(page, { expiresIn: 10 * MINUTE });
  const line = await server.line(0);
  line.send(ready("e0"));
  await is(page, "live");
  await pass(page, line, 9 * MINUTE + 5000);
  const renewal = await line.heard(({ type }) => type === "token");
  assert.match(renewal.token, /^2\./);
  await pass(page, line, 9 * MINUTE + 5000);
  assert.match((await line.heard(({ token }) => /^3\./.test(token ?? ""))).token, /^3\./);
  assert.equal(server.lines.length, 1);
});

// --- What the app asks

test("what was asked is shown at once, and asked again when the line breaks before the answer", async () => {
  const { server, page } = await open();
  await start(page);
  const first = await server.line(0);
  first.send(arrival(1, "a"), arrival(2, "b"), ready("e2"));
  await readied(page, 1);
  await page.evaluate(
    "globalThis.done = Promise.all([client.markRead('a'), client.remove('b')]).then(() => 'done'); void 0",
  );
  assert.deepEqual(await page.evaluate("[client.unread, client.items.map(({ id }) => id)]"), [0, ["a"]]);
  const asked = await first.heard(({ type }) => type === "delete");
  first.raw.destroy();

  const second = await server.line(1);
  second.send(ready("e2", true));
  const update = await second.heard(({ type }) => type === "update");
  assert.deepEqual({ ...update, ref: "" }, { type: "update", ref: "", id: "a", readState: "read" });
  assert.deepEqual(await second.heard(({ type }) => type === "delete"), asked);
  // The deletion had been carried out: now there is nothing left to delete.
  second.send({ type: "result", ref: update.ref, status: 200, seq: 4, cursor: "e4" });
  second.send({
    type: "result",
    ref: asked.ref,
    status: 404,
    error: { code: "ItemNotFound", message: "No such item." },
  });
  assert.equal(await page.evaluate("done"), "done");
  assert.deepEqual((await told(page)).slice(3), ["ready resumed 0", "state a", "removed b deleted"]);
});

test("what is refused is taken back", async () => {
  const { server, page } = await open();
  await start(page);
  const line = await server.line(0);
  line.send(arrival(1, "a"), ready("e1"));
  await readied(page, 1);
  await page.evaluate(
    "globalThis.refused = client.dismiss('a').catch(({ name, status, code }) => [name, status, code]); void 0",
  );
  assert.equal(await page.evaluate("client.unread"), 0);
  const { ref } = await line.heard(({ type }) => type === "update");
  line.send({ type: "result", ref, status: 403, error: { code: "CallerBlocked", message: "No." } });
  assert.deepEqual(await page.evaluate("refused"), ["LiveError", 403, "CallerBlocked"]);
  assert.equal(await page.evaluate("client.unread"), 1);
});

test("a thousand changes at once keep below what the service lets a client send", async () => {
  const { server, page } = await open({ clock: true });
  await start(page);
  const line = await server.line(0);
  for (let seq = 1; seq <= 1000; seq++) line.send(arrival(seq, `n${seq}`));
  line.send(ready("e1000"));
  await readied(page, 1);
  await page.evaluate("void client.items.forEach(({ id }) => client.markRead(id))");
  const updates = () => line.frames.filter(({ type }) => type === "update").length;
  while (updates() < 250) await new Promise((resolve) => setImmediate(resolve));
  await page.clock.runFor(10_000);
  while (updates() < 750) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(updates(), 750);
});

// --- What is kept

test("a reload has everything at once and goes on at the cursor; another user has nothing of it; signing out forgets", async () => {
  const { server, page } = await open();
  const again = async (/** @type {string} */ user) => {
    await page.reload();
    await page.waitForFunction("globalThis.loaded");
    await start(page, { user });
  };
  await start(page);
  (await server.line(0)).send(arrival(1, "a"), arrival(2, "b"), ready("e2"));
  await readied(page, 1);
  await page.evaluate("client.close()");

  await again("megan");
  await until(page, "client.items.length === 2");
  const second = await server.line(1);
  assert.equal(second.cursor, "e2");
  second.send({ type: "removed", seq: 3, cursor: "e3", id: "a", reason: "deleted" }, ready("e3", true));
  await readied(page, 1);
  assert.deepEqual(await told(page), ["removed a deleted", "ready resumed 1"]);

  await again("alex");
  assert.equal((await server.line(2)).cursor, null);
  assert.equal(await page.evaluate("client.items.length"), 0);

  await again("megan");
  assert.equal((await server.line(3)).cursor, "e3");
  await until(page, "client.items.length === 1");
  await page.evaluate("client.close({ forget: true })");
  await again("megan");
  assert.equal((await server.line(4)).cursor, null);
});

test("at its instant a notification is gone, here and from what is kept", async () => {
  const { server, page } = await open({ clock: true });
  await start(page);
  const soon = { expirationDateTime: new Date(NOW + 5 * MINUTE).toISOString() };
  (await server.line(0)).send(arrival(1, "a"), arrival(2, "b", { item: soon }), ready("e2"));
  await readied(page, 1);
  await page.clock.runFor(4 * MINUTE);
  assert.equal(await page.evaluate("client.items.length"), 2);
  await page.clock.runFor(MINUTE);
  assert.deepEqual((await told(page)).slice(3), ["removed b expired"]);
  assert.equal(await page.evaluate("client.unread"), 1);
});

test("a store that fails costs nothing but what it is for", async () => {
  const { server, page } = await open();
  await page.evaluate(() => {
    const global = /** @type {any} */ (globalThis);
    global.saved = [];
    let full = true;
    global.start({
      user: "megan",
      token: async () => "token-1",
      share: false,
      store: {
        load: async () => {
          throw new Error("no permission");
        },
        save: async (/** @type {any} */ difference) => {
          if (full && difference.put.length > 0) {
            full = false;
            throw new Error("no room");
          }
          global.saved.push(difference);
        },
        forget: async () => {},
      },
    });
  });
  const line = await server.line(0);
  line.send(arrival(1, "a"));
  await until(page, "client.items.length === 1");
  line.send(arrival(2, "b"), ready("e2"));
  await until(page, "saved.some(({ put }) => put.length > 0)");
  const { clear, put, cursor } = await page.evaluate("saved.findLast(({ put }) => put.length > 0)");
  assert.equal(clear, true);
  assert.deepEqual(put.map((/** @type {any} */ { notification }) => notification.id).sort(), ["a", "b"]);
  assert.equal(cursor, "e2");
});

test("the events can be read as a stream, which ends when the client is closed", async () => {
  const { server, page } = await open();
  await start(page);
  await page.evaluate(() => {
    const global = /** @type {any} */ (globalThis);
    global.stream = (async () => {
      const types = [];
      for await (const { type } of global.client) types.push(type);
      return types;
    })();
  });
  (await server.line(0)).send(arrival(1, "a"), ready("e1"));
  await until(page, "client.unread === 1 && client.status.state === 'live'");
  await page.evaluate("client.close()");
  const types = await page.evaluate("stream");
  assert.deepEqual(
    types.filter((/** @type {string} */ type) => type !== "change"),
    ["notification", "status", "ready", "status"],
  );
});

test("a listener that throws costs nobody else an event", async () => {
  const { server, page } = await open();
  const errors = /** @type {string[]} */ ([]);
  page.on("pageerror", ({ message }) => errors.push(message));
  await start(page);
  await page.evaluate("client.on('notification', () => { throw new Error('the app fails'); }); void 0");
  (await server.line(0)).send(arrival(1, "a"), arrival(2, "b"), ready("e2"));
  await readied(page, 1);
  assert.deepEqual(await told(page), ["notification a", "notification b", "ready anew 2"]);
  assert.deepEqual(errors, ["the app fails", "the app fails"]);
});
