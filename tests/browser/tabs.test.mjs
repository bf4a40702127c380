// Tabs of one browser share a feed and a line: against the real Worker.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { eventually, someone } from "../blackbox/expect.mjs";
import { example, startService, userToken } from "../blackbox/harness.mjs";
import { launch } from "./chromium.mjs";

const service = await startService();
const browser = await launch();

/** @typedef {import("playwright-core").Page} Page */

/** A browser of a user: its tabs are pages of the service's own origin. */
class Visitor {
  /** How many lines there have been. */
  lines = 0;

  /** @param {string} as @param {import("playwright-core").BrowserContext} context */
  constructor(as, context) {
    this.as = as;
    this.context = context;
  }

  static async arrive(as = someone()) {
    // The console's policy forbids what the test itself evaluates.
    return new Visitor(as, await browser.newContext({ bypassCSP: true }));
  }

  /** Opens a tab with a client. */
  async tab({ as = this.as } = {}) {
    const page = await this.context.newPage();
    page.setDefaultTimeout(10_000);
    page.on("websocket", () => (this.lines += 1));
    // A page of the service's origin without a client of its own.
    await page.goto(new URL("/favicon.svg", service.url).href);
    await page.evaluate(
      async ({ token }) => {
        const { connect } = await import(String("/notifeed/live.js"));
        const client = connect({ url: location.origin, platform: "windows", token: async () => token });
        const events = /** @type {any[]} */ ([]);
        for (const type of ["notification", "state", "removed"])
          client.on(type, (/** @type {any} */ event) => events.push(event));
        Object.assign(globalThis, { client, events });
      },
      { token: await userToken(as) },
    );
    return page;
  }

  /** Opens several tabs, all live. @param {number} count */
  async tabs(count) {
    const pages = [];
    for (let number = 0; number < count; number++) {
      const page = await this.tab();
      await live(page);
      pages.push(page);
    }
    return pages;
  }

  /** @param {object} [members] @returns {Promise<string>} the id */
  async post(members) {
    const notification = example({ appNotificationId: null, ...members });
    const { status, json } = await service.post(notification, { as: this.as });
    assert.equal(status, 201);
    return json.id;
  }
}

/** @param {Page} page */
const live = (page) => page.waitForFunction('client.status.state === "live"', undefined, { polling: 20 });

/** @param {Page} page @param {string} expression */
const until = (page, expression) => page.waitForFunction(expression, undefined, { polling: 20 });

/** @param {Page} page @param {string[]} ids the items, in any order */
const has = (page, ids) =>
  until(
    page,
    `JSON.stringify(client.items.map(({ id }) => id).sort()) === ${JSON.stringify(JSON.stringify([...ids].sort()))}`,
  );

/** @param {Page} page @returns {Promise<string[]>} */
const told = (page) => page.evaluate("events.map(({ type, notification }) => `${type} ${notification.id}`)");

/** @param {Page[]} pages */
async function leaders(pages) {
  const leads = await Promise.all(pages.map((page) => page.evaluate("client.leads")));
  return pages.filter((_, number) => leads[number]);
}

test("three tabs, one line: each tab is told of everything, once and in order", async () => {
  const visitor = await Visitor.arrive();
  const pages = await visitor.tabs(3);
  assert.equal(visitor.lines, 1);
  assert.equal((await leaders(pages)).length, 1);
  const ids = [];
  for (let number = 0; number < 10; number++) ids.push(await visitor.post());
  for (const page of pages) {
    await has(page, ids);
    assert.deepEqual(
      await told(page),
      ids.map((id) => `notification ${id}`),
    );
  }
  assert.equal(visitor.lines, 1);
});

test("more than the service has under way at a time: over the same line, while it happens and as a replay", async () => {
  const visitor = await Visitor.arrive();
  const pages = await visitor.tabs(2);
  const ids = [];
  // Two windows (docs/limits.md) and more.
  for (let number = 0; number < 20; number++) {
    ids.push(await visitor.post({ payload: { rawContent: "x".repeat(60_000) } }));
  }
  for (const page of pages) await has(page, ids);
  assert.equal(visitor.lines, 1);
  const elsewhere = await Visitor.arrive(visitor.as);
  const [page] = await elsewhere.tabs(1);
  await has(page, ids);
  assert.equal(elsewhere.lines, 1);
});

test("what one tab does, the others and the service have; whichever tab it is", async () => {
  const visitor = await Visitor.arrive();
  const pages = await visitor.tabs(3);
  const ids = [await visitor.post(), await visitor.post(), await visitor.post()];
  for (const page of pages) await has(page, ids);
  for (const [number, page] of pages.entries()) await page.evaluate(`client.markRead(${JSON.stringify(ids[number])})`);
  for (const page of pages) {
    await until(page, "client.unread === 0");
    assert.deepEqual(
      (await told(page)).slice(3),
      ids.map((id) => `state ${id}`),
    );
  }
  await pages[2].evaluate(`client.remove(${JSON.stringify(ids[0])})`);
  for (const page of pages) await has(page, ids.slice(1));
  const listed = await service.request("GET", "/beta/me/notifications", { as: visitor.as });
  assert.deepEqual(
    listed.json.value.map((/** @type {any} */ { id, readState }) => [id, readState]),
    [
      [ids[2], "read"],
      [ids[1], "read"],
    ],
  );
  const missing = await pages[1].evaluate(`client.markRead(${JSON.stringify(ids[0])}).catch(({ status }) => status)`);
  assert.equal(missing, 404);
});

test("when the tab with the line closes, another takes over and nothing is missed or told twice", async () => {
  const visitor = await Visitor.arrive();
  const pages = await visitor.tabs(3);
  const ids = [await visitor.post()];
  for (const page of pages) await has(page, ids);
  while (pages.length > 1) {
    const [leader] = await leaders(pages);
    pages.splice(pages.indexOf(leader), 1);
    const posting = Promise.all([visitor.post(), visitor.post()]);
    await leader.close();
    ids.push(...(await posting), await visitor.post());
    for (const page of pages) {
      await has(page, ids);
      await live(page);
      const events = await told(page);
      assert.equal(new Set(events).size, ids.length);
      assert.equal(events.length, ids.length);
    }
    await eventually(async () => (await leaders(pages)).length === 1);
  }
  assert.equal(visitor.lines, 3);
});

test("a tab that comes later has everything, and is told of none of it", async () => {
  const visitor = await Visitor.arrive();
  const ids = [await visitor.post(), await visitor.post()];
  const [first] = await visitor.tabs(1);
  await has(first, ids);
  const second = await visitor.tab();
  await live(second);
  await has(second, ids);
  ids.push(await visitor.post());
  await has(second, ids);
  assert.equal((await told(second)).at(-1), `notification ${ids[2]}`);
  assert.equal(visitor.lines, 1);
});

test("two users of one browser never mix", async () => {
  const visitor = await Visitor.arrive();
  const other = someone();
  const [mine] = await visitor.tabs(1);
  const theirs = await visitor.tab({ as: other });
  await live(theirs);
  const id = await visitor.post();
  await has(mine, [id]);
  const { json } = await service.post(example(), { as: other });
  await has(theirs, [json.id]);
  assert.deepEqual(await told(mine), [`notification ${id}`]);
  assert.equal(visitor.lines, 2);
});

test("all tabs closed and one opened again: everything is there before the line is, and only what was missed comes", async () => {
  const visitor = await Visitor.arrive();
  const pages = await visitor.tabs(2);
  const ids = [await visitor.post(), await visitor.post()];
  for (const page of pages) await has(page, ids);
  // Told items are on their way to the store; closing a client waits for it, closing a tab doesn't.
  for (const page of pages) await page.evaluate("client.close()");
  for (const page of pages) await page.close();
  const missed = await visitor.post();
  const again = await visitor.tab();
  await live(again);
  await has(again, [...ids, missed]);
  assert.deepEqual(await told(again), [`notification ${missed}`]);
});

test("a worker of the page shares the line like a tab", async () => {
  const visitor = await Visitor.arrive();
  const [page] = await visitor.tabs(1);
  await page.evaluate(
    ({ token }) => {
      const code = `import { connect } from "${location.origin}/notifeed/live.js";
        const client = connect({ url: "${location.origin}", platform: "windows", token: async () => "${token}" });
        client.on("notification", ({ notification }) => postMessage(notification.id));
        client.on("ready", () => postMessage("ready"));
        client.on("status", ({ status }) => status.state === "live" && postMessage("live"));`;
      const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), { type: "module" });
      Object.assign(globalThis, { said: /** @type {string[]} */ ([]) });
      worker.onmessage = ({ data }) => /** @type {any} */ (globalThis).said.push(data);
    },
    { token: await userToken(visitor.as) },
  );
  await until(page, 'said.includes("live")');
  const id = await visitor.post();
  await until(page, `said.at(-1) === ${JSON.stringify(id)}`);
  await has(page, [id]);
  assert.equal(visitor.lines, 1);
});

test("a tab that its browser put to sleep loses the lead, and finds its way back", async () => {
  const visitor = await Visitor.arrive();
  const [first, second] = await visitor.tabs(2);
  const [sleeper] = await leaders([first, second]);
  const awake = sleeper === first ? second : first;
  const id = await visitor.post();
  await has(awake, [id]);
  await has(sleeper, [id]);
  // A debugger's pause is as deep a sleep: nothing of the page runs, and its lock stays with it.
  const session = await visitor.context.newCDPSession(sleeper);
  await session.send("Debugger.enable");
  const asleep = new Promise((resolve) => session.once("Debugger.paused", resolve));
  const woken = sleeper.evaluate("debugger");
  await asleep;
  await awake.evaluate(`client.markRead(${JSON.stringify(id)})`);
  assert.equal(await awake.evaluate("client.leads"), true);
  await session.send("Debugger.resume");
  await woken;
  await until(sleeper, "!client.leads && client.unread === 0");
  const later = await visitor.post();
  for (const page of [sleeper, awake]) await has(page, [id, later]);
});

test("a tab that asks while there is no line waits for it, and leaves the lead where it is", async () => {
  const visitor = await Visitor.arrive();
  const pages = await visitor.tabs(2);
  const [leader] = await leaders(pages);
  const other = pages[leader === pages[0] ? 1 : 0];
  const id = await visitor.post();
  await has(other, [id]);
  await other.clock.install();
  await service.stop();
  await until(other, 'client.status.state === "waiting"');
  await other.evaluate(
    ({ name, id }) => {
      const heard = /** @type {string[]} */ ([]);
      Object.assign(globalThis, { heard });
      // Made after the client's own channel, it hears the same a little later.
      new BroadcastChannel(name).onmessage = ({ data }) => heard.push(data.type);
      const { client } = /** @type {any} */ (globalThis);
      void client.markRead(id);
    },
    { name: await other.evaluate("navigator.locks.query().then(({ held }) => held[0].name)"), id },
  );
  assert.equal(await other.evaluate("client.unread"), 0, "shown at once");
  await until(other, 'heard.includes("standing")');
  await other.clock.runFor(10_000);
  assert.deepEqual(await leaders(pages), [leader]);
  await service.start();
  await eventually(async () => {
    const { json } = await service.request("GET", `/beta/me/notifications/${id}`, { as: visitor.as });
    return json.readState === "read";
    // The leader comes back after a wait that has grown meanwhile.
  }, 30_000);
});

test("tabs that come and go at random, and a service that is killed: all end up with the feed", async () => {
  const visitor = await Visitor.arrive();
  const pages = await visitor.tabs(2);
  // The same run every time: a linear congruential generator.
  let seed = 20261122;
  const random = (/** @type {number} */ below) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % below;
  const ids = /** @type {string[]} */ ([]);
  for (let step = 0; step < 40; step++) {
    const page = pages[random(pages.length)];
    const id = ids[random(Math.max(ids.length, 1))];
    const action = ["post", "post", "post", "read", "dismiss", "remove", "open", "close", "restart"][random(9)];
    if (action === "post") ids.push(await visitor.post());
    else if (action === "open" && pages.length < 4) pages.push(await visitor.tab());
    else if (action === "close" && pages.length > 1) await pages.splice(random(pages.length), 1)[0].close();
    else if (action === "restart" && step % 2 === 0) await service.restart();
    else if (["read", "dismiss", "remove"].includes(action) && id) {
      const method = action === "read" ? "markRead" : action;
      await page.evaluate(`void client.${method}(${JSON.stringify(id)}).catch(() => {})`);
    }
  }
  const last = await visitor.post();
  for (const page of pages) {
    await until(page, `client.items.some(({ id }) => id === ${JSON.stringify(last)})`);
    await live(page);
  }
  const wanted = async () => {
    const { json } = await service.request("GET", "/beta/me/notifications?$top=100", { as: visitor.as });
    return json.value
      .map((/** @type {any} */ { id, readState, userActionState }) => [id, readState, userActionState])
      .sort();
  };
  for (const page of pages) {
    await eventually(async () => {
      const items = await page.evaluate(
        "client.items.map(({ id, readState, userActionState }) => [id, readState, userActionState]).sort()",
      );
      return isDeepStrictEqual(items, await wanted());
    });
    const events = (await told(page)).filter((event) => !event.startsWith("state"));
    assert.equal(new Set(events).size, events.length, "told once");
  }
});
