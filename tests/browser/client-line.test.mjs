// The live client of the npm package in Chromium, against a server that does its worst: whatever happens to the line, the
// app is told of each change exactly once and in order, and the client never hammers a server that refuses it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./chromium.mjs";
import { comeBack, is, MINUTE, open, pass, readied, start, told, until } from "./client.mjs";
import { arrival, ready } from "./hostile.mjs";

const browser = await launch();

// --- The line

test("a line that breaks in the middle of a frame goes on at the cursor", async () => {
  const { server, page } = await open(browser);
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

test("a frame that arrives twice emits one event", async () => {
  const { server, page } = await open(browser);
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
  const { server, page } = await open(browser);
  await start(page);
  const first = await server.line(0);
  first.send(arrival(1, "a"), arrival(3, "c"), arrival(2, "b"));
  await until(page, "client.items.length === 2");
  first.raw.destroy();
  assert.equal((await server.line(1)).cursor, "e3");
});

test("a reset emits no event for items that still exist and removes the others, even if the connection breaks meanwhile", async () => {
  const { server, page } = await open(browser);
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

test("what isn't a frame breaks the line; one of a later protocol is passed over, and what it changed is read anew", async () => {
  const { server, page } = await open(browser);
  await start(page);
  (await server.line(0)).send(arrival(1, "a"), "<html>Bad gateway</html>");
  const second = await server.line(1);
  assert.equal(second.cursor, "e1");
  second.send({ type: "greeting", text: "hello" }, { type: "later", seq: 2, cursor: "e2" });
  const third = await server.line(2);
  assert.equal(third.cursor, null);
  third.send(arrival(1, "a", { epoch: "f", replayed: true }), ready("f1"));
  await readied(page, 1);
  assert.deepEqual(await told(page), ["notification a", "ready anew 1"]);
});

test("what asks for an acknowledgement gets it at once: replayed, live, and the result of an own change", async () => {
  const { server, page } = await open(browser);
  await start(page);
  const line = await server.line(0);
  const asking = (/** @type {number} */ seq, replayed = false) => ({
    ...arrival(seq, String(seq), { replayed }),
    ack: true,
  });
  const acknowledged = (/** @type {number} */ seq) => line.heard((frame) => frame.type === "ack" && frame.seq === seq);
  line.send(arrival(1, "1", { replayed: true }), asking(2, true));
  await acknowledged(2);
  line.send(ready("e2"), arrival(3, "3"), asking(4));
  await acknowledged(4);
  // Said twice, asked twice: what the server waits for isn't whether it is news.
  line.send(asking(4));
  const state = { type: "state", seq: 5, cursor: "e5", id: "1", readState: "read", userActionState: "noInteraction" };
  line.send({ ...state, ack: true }, { type: "removed", seq: 6, cursor: "e6", id: "2", reason: "deleted", ack: true });
  await acknowledged(6);
  await page.evaluate('void client.markRead("3")');
  const { ref } = await line.heard(({ type }) => type === "update");
  line.send({ type: "result", ref, status: 200, seq: 7, cursor: "e7", ack: true });
  await acknowledged(7);
  assert.deepEqual(
    line.frames.filter(({ type }) => type === "ack").map(({ seq }) => seq),
    [2, 4, 4, 5, 6, 7],
  );
});

// --- Refusals

test("a token that is refused is replaced, and after five of them the client stays away", async () => {
  const opened = await open(browser, { clock: true });
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
  const { server, page } = await open(browser);
  await start(page, { sameToken: true });
  (await server.line(0)).close(4401, "InvalidAuthenticationToken");
  await is(page, "stopped");
  assert.equal(server.lines.length, 1);
});

test("a refused token that is replaced in time is forgotten", async () => {
  const { server, page } = await open(browser);
  await start(page);
  (await server.line(0)).close(4401, "InvalidAuthenticationToken");
  (await server.line(1)).send(ready("e0"));
  await is(page, "live");
});

for (const code of [4400, 4403]) {
  test(`${code} stops, until the person wants it again`, async () => {
    const { server, page } = await open(browser, { clock: true });
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
  const { server, page } = await open(browser, { clock: true });
  await start(page);
  (await server.line(0)).close(4429, "ServerBusy retry-after=60");
  await is(page, "waiting");
  await page.clock.runFor(59_000);
  assert.equal(server.lines.length, 1);
  await page.clock.runFor(3000);
  await server.line(1);
});

test("a server that closes every connection is called at growing intervals", async () => {
  const opened = await open(browser, { clock: true });
  const { page } = opened;
  await page.evaluate("Math.random = () => 0.999");
  await start(page);
  const waits = [];
  for (let number = 0; number < 8; number++) {
    (await comeBack(opened, number)).close(1012, "ServiceRestart");
    await is(page, "waiting");
    waits.push(await page.evaluate("client.status.retryAt - Date.now()"));
  }
  assert.deepEqual(waits, [2997, 2997, 5994, 11_988, 23_976, 29_970, 29_970, 29_970]);
});

// --- Silence

test("a line that goes silent is given up, one that answers isn't", async () => {
  const { server, page } = await open(browser, { clock: true });
  await start(page);
  const first = await server.line(0);
  first.send(ready("e0"));
  await is(page, "live");
  const known = await pass(page, first, 3 * MINUTE);
  assert.ok(first.texts.length >= 2, "it pings");
  first.answersPings = false;
  await page.clock.runFor(45_000);
  const { cursor } = await server.line(1);
  assert.equal(cursor, known);
});

test("a server that takes the line and never answers is given up", async () => {
  const { server, page } = await open(browser, { clock: true });
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
  const { server, page } = await open(browser);
  await start(page);
  (await server.line(0)).send(ready("e0"));
  await is(page, "live");
  await page.context().setOffline(true);
  // The client tries again at once, so the state may be another one by now.
  await until(page, 'events.some(({ status }) => status?.reason === "offline")');
  await page.context().setOffline(false);
  await server.line(1);
});

// --- Tokens

test("a fresh token goes over the open line before the old one ends", async () => {
  const { server, page } = await open(browser, { clock: true });
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
