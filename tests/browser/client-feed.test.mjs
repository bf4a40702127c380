// The live client of the npm package in Chromium: what the app asks of the feed, and what is kept of it from one run of
// the app to the next.

import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./chromium.mjs";
import { is, MINUTE, NOW, open, pass, readied, start, told, until } from "./client.mjs";
import { arrival, ready } from "./hostile.mjs";

const browser = await launch();

// --- What the app asks

test("a change is shown at once, and sent again if the connection breaks before the answer", async () => {
  const { server, page } = await open(browser);
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
  assert.deepEqual({ ...update, ref: "" }, { type: "update", ref: "", id: "a", readState: "read", since: 1 });
  assert.deepEqual(await second.heard(({ type }) => type === "delete"), { ...asked, since: 2 });
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
  const { server, page } = await open(browser);
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
  const { server, page } = await open(browser, { clock: true });
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
  const { server, page } = await open(browser);
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
  // Closing waits for the save; without it, changes that a reload overtook come again.
  await page.evaluate("client.close()");

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
  const { server, page } = await open(browser, { clock: true });
  await start(page);
  const soon = { expirationDateTime: new Date(NOW + 5 * MINUTE).toISOString() };
  const line = await server.line(0);
  line.send(arrival(1, "a"), arrival(2, "b", { item: soon }), ready("e2"));
  await readied(page, 1);
  await pass(page, line, 4 * MINUTE);
  assert.equal(await page.evaluate("client.items.length"), 2);
  await pass(page, line, MINUTE);
  assert.deepEqual((await told(page)).slice(3), ["removed b expired"]);
  assert.equal(await page.evaluate("client.unread"), 1);
});

test("a store that fails doesn't stop the client; only what it would have stored is lost", async () => {
  const { server, page } = await open(browser);
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
  const { server, page } = await open(browser);
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
  const { server, page } = await open(browser);
  const errors = /** @type {string[]} */ ([]);
  page.on("pageerror", ({ message }) => errors.push(message));
  await start(page);
  await page.evaluate("client.on('notification', () => { throw new Error('the app fails'); }); void 0");
  (await server.line(0)).send(arrival(1, "a"), arrival(2, "b"), ready("e2"));
  await readied(page, 1);
  assert.deepEqual(await told(page), ["notification a", "notification b", "ready anew 2"]);
  assert.deepEqual(errors, ["the app fails", "the app fails"]);
});
