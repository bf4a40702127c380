// Web Push beside an open page: a person who sees a notification in a tab isn't told once more by the browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, someone } from "../blackbox/expect.mjs";
import { example, host, startService, userToken } from "../blackbox/harness.mjs";
import { PushServices } from "../blackbox/push_services.mjs";
import { launch } from "./chromium.mjs";

const services = new PushServices();
const service = await startService({ outbound: services.outbound });
const browser = await launch();

/**
 * A tab with a client of that subscription, or of none; `away` says whether it is out of view.
 * @param {import("playwright-core").BrowserContext} context
 * @param {string} as
 * @param {string} [endpoint]
 */
async function tab(context, as, endpoint) {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(new URL("/favicon.svg", service.url).href);
  await page.evaluate(
    async ({ token, endpoint }) => {
      const visibilityState = { get: () => (/** @type {any} */ (globalThis).away ? "hidden" : "visible") };
      Object.defineProperty(document, "visibilityState", visibilityState);
      const { connect } = await import(String("/notifeed/live.js"));
      const client = connect({ url: location.origin, platform: "webpush", endpoint, token: async () => token });
      Object.assign(globalThis, { client });
    },
    { token: await userToken(as), endpoint },
  );
  await page.waitForFunction('client.status.state === "live"');
  return page;
}

test("only where no tab is in view the browser is pushed to", async () => {
  const as = someone();
  const pushed = services.browser("page");
  const json = { targetHostName: host, platform: "webpush", pushSubscription: pushed.subscription };
  const subscribed = await service.request("POST", "/beta/me/notifications/subscriptions", { as, json });
  assert.equal(subscribed.status, 201, subscribed.text);
  const context = await browser.newContext({ bypassCSP: true });
  const [first, second] = [await tab(context, as, subscribed.json.id), await tab(context, as, subscribed.json.id)];
  assert.deepEqual([await first.evaluate("client.leads"), await second.evaluate("client.leads")], [true, false]);

  /** @type {string[]} */
  const expected = [];
  for (const [name, away] of /** @type {const} */ ([
    ["both in view", [false, false]],
    ["the leader in view", [false, true]],
    ["another tab in view", [true, false]],
    ["none in view", [true, true]],
  ])) {
    for (const [index, page] of [first, second].entries()) await page.evaluate(`away = ${away[index]}`);
    const payload = { visualContent: { title: name } };
    const targetPolicy = { platformTypes: ["webpush"] };
    const notification = example({ appNotificationId: undefined, payload, targetPolicy });
    assert.equal((await service.post(notification, { as })).status, 201);
    for (const page of [first, second])
      await page.waitForFunction((name) => {
        const { items } = /** @type {any} */ (globalThis).client;
        return items.some((/** @type {any} */ item) => item.payload.visualContent.title === name);
      }, name);
    if (name === "none in view") expected.push(name);
  }
  const titles = () => services.to(pushed).map(({ message }) => message.notification.title);
  await eventually(() => titles().includes("none in view"));
  // The first three were posted longer ago, and would have been pushed before it.
  assert.deepEqual(titles(), expected);
});

test("a client that runs learns its subscription, by any tab, and goes without it again", async () => {
  const as = someone();
  const pushed = services.browser("told");
  const json = { targetHostName: host, platform: "webpush", pushSubscription: pushed.subscription };
  const { id } = (await service.request("POST", "/beta/me/notifications/subscriptions", { as, json })).json;
  const isLive = async () => {
    const endpoints = await service.request("GET", "/beta/me/notifications/endpoints", { as });
    return endpoints.json.value.some((/** @type {any} */ endpoint) => endpoint.id === id && endpoint.live);
  };
  const context = await browser.newContext({ bypassCSP: true });
  const [leader, follower] = [await tab(context, as), await tab(context, as)];
  assert.equal(await leader.evaluate("client.leads"), true);
  const post = async (/** @type {string} */ title) => {
    const targetPolicy = { platformTypes: ["webpush"] };
    const payload = { visualContent: { title } };
    const posted = await service.post(example({ appNotificationId: undefined, payload, targetPolicy }), { as });
    assert.equal(posted.status, 201, posted.text);
    for (const page of [leader, follower])
      await page.waitForFunction((title) => {
        const { items } = /** @type {any} */ (globalThis).client;
        return items.some((/** @type {any} */ item) => item.payload.visualContent.title === title);
      }, title);
  };
  await follower.evaluate((id) => /** @type {any} */ (globalThis).client.setEndpoint(id), id);
  await eventually(isLive);
  await post("seen");
  await follower.evaluate("client.setEndpoint(null)");
  await eventually(async () => !(await isLive()));
  await post("pushed");
  await eventually(() => services.to(pushed).length > 0);
  // The first one would have been pushed before it.
  assert.deepEqual(
    services.to(pushed).map(({ message }) => message.notification.title),
    ["pushed"],
  );
});

test("a tab that is frozen or stopped holds a push no longer than any", async () => {
  const as = someone();
  const pushed = services.browser("stopped");
  const json = { targetHostName: host, platform: "webpush", pushSubscription: pushed.subscription };
  const subscribed = await service.request("POST", "/beta/me/notifications/subscriptions", { as, json });
  const context = await browser.newContext({ bypassCSP: true });
  const page = await tab(context, as, subscribed.json.id);
  const post = async (/** @type {string} */ title) => {
    const targetPolicy = { platformTypes: ["webpush"] };
    const payload = { visualContent: { title } };
    const posted = await service.post(example({ appNotificationId: undefined, payload, targetPolicy }), { as });
    assert.equal(posted.status, 201, posted.text);
  };
  const titles = () => services.to(pushed).map(({ message }) => message.notification.title);
  await post("in view");
  await page.waitForFunction("client.items.length === 1");
  // Behind a dialog nothing of the page runs, and its socket stays open: nothing is acknowledged.
  const dialog = page.waitForEvent("dialog");
  await page.evaluate("void setTimeout(alert)");
  const open = await dialog;
  await post("behind a dialog");
  await eventually(() => titles().includes("behind a dialog"), 10_000);
  await open.accept();
  await page.waitForFunction("client.items.length === 2");
  // A browser tells a tab before it freezes it.
  await page.evaluate('document.dispatchEvent(new Event("freeze"))');
  await post("frozen");
  await eventually(() => titles().includes("frozen"), 10_000);
  assert.deepEqual(titles(), ["behind a dialog", "frozen"]);
});
