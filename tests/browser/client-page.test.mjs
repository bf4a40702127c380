// The live client where only a browser shows it: a tab that a dialog stops, a page that is put away, storage that is cleared,
// a sandboxed frame.

import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./chromium.mjs";
import { is, open, start, until } from "./client.mjs";
import { arrival, ready } from "./hostile.mjs";

const browser = await launch();

/** @typedef {import("playwright-core").Page} Page */

/** A page that leads, and one that follows. */
async function two() {
  const { server, page: leader } = await open(browser);
  await start(leader);
  (await server.line(0)).send(arrival(1, "a"), ready("e1"));
  await is(leader, "live");
  const follower = await leader.context().newPage();
  await follower.goto(server.url);
  await follower.waitForFunction("globalThis.loaded");
  await start(follower);
  await is(follower, "live");
  assert.deepEqual(await Promise.all([leader, follower].map((page) => page.evaluate("client.leads"))), [true, false]);
  return { server, leader, follower };
}

/** How many items are on the disk. @param {Page} page */
const stored = (page) =>
  page.evaluate(async () => {
    let items = 0;
    for (const { name } of await indexedDB.databases()) {
      const opening = indexedDB.open(String(name));
      const database = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
      const count = database.transaction("items").objectStore("items").count();
      items += await new Promise((resolve) => (count.onsuccess = () => resolve(count.result)));
      database.close();
    }
    return items;
  });

/** @param {() => Promise<boolean>} isSo */
async function eventually(isSo) {
  for (let end = Date.now() + 10_000; !(await isSo());) assert.ok(Date.now() < end, "it never was so");
}

/** A dialog stands on a page: nothing runs there. @param {Page} page @returns ends it */
async function stop(page) {
  const dialog = new Promise((/** @type {(dialog: import("playwright-core").Dialog) => void} */ resolve) =>
    page.once("dialog", resolve),
  );
  await page.evaluate('void setTimeout(() => alert("Stop"))');
  const standing = await dialog;
  return () => standing.dismiss();
}

test("a dialog stops the tab that leads: the tab in view takes over, and the other follows when it goes on", async () => {
  const { server, leader, follower } = await two();
  const goOn = await stop(leader);
  await follower.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
  const line = await server.line(1);
  line.send(arrival(2, "b"), ready("e2", true));
  await until(follower, 'client.leads && client.status.state === "live" && client.items.length === 2');
  await goOn();
  await until(leader, '!client.leads && client.status.state === "live" && client.items.length === 2');
});

test("signing out while a dialog stops the tab that leads: within 2 s, nothing is left, and nothing is written back", async () => {
  const { server, leader, follower } = await two();
  await eventually(async () => (await stored(follower)) === 1);
  const goOn = await stop(leader);
  (await server.line(0)).send(arrival(2, "b"));
  const took = await follower.evaluate(async () => {
    const began = performance.now();
    await /** @type {any} */ (globalThis).client.close({ forget: true });
    return performance.now() - began;
  });
  // Two seconds, and what a busy machine adds.
  assert.ok(took < 3000, `${took} ms`);
  assert.equal(await follower.evaluate("client.items.length"), 0);
  await goOn();
  await until(leader, 'client.status.cause === "forgotten" && client.items.length === 0');
  await eventually(async () => (await leader.evaluate("indexedDB.databases()")).length === 0);
});

test("a page that is put away gives up the lead, and follows when it is back", async () => {
  const { server, leader, follower } = await two();
  await leader.evaluate('dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }))');
  const line = await server.line(1);
  line.send(arrival(2, "b"), ready("e2", true));
  await until(follower, 'client.leads && client.status.state === "live"');
  await leader.evaluate('dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))');
  await until(leader, '!client.leads && client.status.state === "live" && client.items.length === 2');
});

test("a page that is frozen does the same", async () => {
  const { server, leader, follower } = await two();
  await leader.evaluate('document.dispatchEvent(new Event("freeze"))');
  const line = await server.line(1);
  line.send(ready("e1", true));
  await until(follower, "client.leads");
  await leader.evaluate('document.dispatchEvent(new Event("resume"))');
  await until(leader, '!client.leads && client.status.state === "live"');
});

test("a person clears the site's data while the page is open: the feed goes on, and is stored anew", async () => {
  const { server, page } = await open(browser);
  await start(page);
  const line = await server.line(0);
  line.send(arrival(1, "a"), ready("e1"));
  await eventually(async () => (await stored(page)) === 1);
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin: server.url, storageTypes: "indexeddb,local_storage" });
  // A difference to what was cleared isn't stored: the next save is of everything.
  line.send(arrival(2, "b"));
  await until(page, "client.items.length === 2");
  line.send(arrival(3, "c"));
  await until(page, 'client.status.state === "live" && client.items.length === 3');
  await eventually(async () => (await stored(page)) === 3);
});

test("in a sandboxed frame the feed is live, without storage and sharing", async () => {
  const { server, page } = await open(browser);
  const frame = `<iframe sandbox="allow-scripts" srcdoc="<script type=module>
    import { connect } from '${server.url}/notifeed/live.js';
    globalThis.client = connect({ url: '${server.url}', platform: 'windows', user: 'megan', token: async () => 'token' });
  </script>"></iframe>`;
  await page.evaluate((html) => document.body.insertAdjacentHTML("beforeend", html), frame);
  (await server.line(0)).send(arrival(1, "a"), ready("e1"));
  const inside = page.frames()[1];
  await inside.waitForFunction('client.status.state === "live" && client.items.length === 1');
  assert.deepEqual(await inside.evaluate("[...client.status.without].sort()"), ["sharing", "storage"]);
  assert.ok((await inside.evaluate("client.close({ forget: true })")) !== undefined);
});
