// Web Push to a real Chromium: a page turns it on and is closed; what is posted is shown, clicked and waved away.

import assert from "node:assert/strict";
import { execFileSync, execSync } from "node:child_process";
import { after, test } from "node:test";
import { Response } from "miniflare";
import { chromium } from "playwright-core";
import { eventually, someone } from "../blackbox/expect.mjs";
import { Browser } from "../blackbox/push_services.mjs";
import { example, startService, temporaryFolder, userToken } from "../blackbox/harness.mjs";
import { HAS_SUBSCRIPTION, IS_READY, serveApp, SHOWN } from "./app.mjs";
import { launch } from "./chromium.mjs";
import { Console } from "./console.mjs";
import { Google } from "./google.mjs";

const { google, flags } = await Google.start();
const service = await startService({
  outbound: async (request) => {
    // Debian's Chromium is built without Google's keys, and has subscriptions at that host.
    const { hostname, pathname } = new URL(request.url);
    const token =
      hostname === "jmt17.google.com" || hostname === "fcm.googleapis.com" ? pathname.split("/").at(-1) : "";
    const taken = google.push(token ?? "", Buffer.from(await request.arrayBuffer()));
    return new Response(null, { status: taken ? 201 : 410 });
  },
});

const app = await serveApp();
const { origin } = app;

const browser = await chromium.launchPersistentContext(await temporaryFolder(), {
  executablePath: execSync("command -v chromium", { encoding: "utf8" }).trim(),
  ignoreDefaultArgs: ["--disable-background-networking", "--disable-sync"],
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-component-update", "--disable-quic", ...flags],
});
after(() => browser.close());
await browser.grantPermissions(["notifications"], { origin });

/** @param {string} as @param {"module" | "classic"} [type] */
async function visit(as, type = "module") {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(await app.of(service, as, type));
  await page.waitForFunction(IS_READY);
  return page;
}

/**
 * Notifications that the browser shows.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<{ title: string, body: string, tag: string }[]>}
 */
const shown = (page) => page.evaluate(SHOWN);

/**
 * The browser's own record of notifications from now on. A notification of its own stands there too: it shows that in place of a
 * worker which shows nothing, and punishes it.
 * @param {import("playwright-core").Page} page
 */
async function record(page) {
  const session = await browser.newCDPSession(page);
  /** @type {string[]} */
  const events = [];
  session.on("BackgroundService.backgroundServiceEventReceived", ({ backgroundServiceEvent }) =>
    events.push(backgroundServiceEvent.eventName),
  );
  await session.send("BackgroundService.startObserving", { service: "notifications" });
  await session.send("BackgroundService.setRecording", { shouldRecord: true, service: "notifications" });
  return events;
}

/** @param {string} as @param {string} title */
async function post(as, title) {
  const payload = { visualContent: { title, body: "for a closed page" } };
  const targetPolicy = { platformTypes: ["webpush"] };
  const answer = await service.post(example({ appNotificationId: undefined, payload, targetPolicy }), { as });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
}

test("a browser whose pages are closed shows what is posted, and nothing once its user has signed out", async () => {
  const as = someone();
  const first = await visit(as);
  assert.equal(await first.evaluate("push.state"), "off");
  const subscribed = await first.evaluate("push.enable()");
  assert.equal(typeof (/** @type {any} */ (subscribed).userNotificationSubscriptionId), "string");
  await eventually(() => google.isConnected);
  const events = await record(first);
  await first.goto("about:blank");
  const id = await post(as, "You are told");
  const later = await visit(as);
  const [notification] = await eventually(async () => {
    const all = await shown(later);
    return all.length > 0 && all;
  });
  assert.deepEqual(notification, { title: "You are told", body: "for a closed page", tag: id });
  assert.equal(await later.evaluate("push.state"), "on");
  await eventually(() => events.length > 0);
  assert.deepEqual(
    events.filter((event) => /generic/i.test(event)),
    [],
  );
  await later.evaluate("push.disable()");
  assert.deepEqual(await shown(later), []);
  assert.equal(await later.evaluate(HAS_SUBSCRIPTION), false);
});

test("whatever comes, the browser has nothing of its own to show", async () => {
  const as = someone();
  const page = await visit(as);
  await page.evaluate("push.enable()");
  await eventually(() => google.isConnected);
  /** @type {{ endpoint: string, keys: { p256dh: string, auth: string } }} */
  const { endpoint, keys } = await page.evaluate(
    "navigator.serviceWorker.ready.then(({ pushManager }) => pushManager.getSubscription()).then((one) => one.toJSON())",
  );
  const events = await record(page);
  await page.goto("about:blank");
  const texts = [
    "",
    "not JSON",
    "null",
    "{}",
    '{"notification":null,"notifeed":{"id":"x","owner":"y"}}',
    '{"web_push":8030}',
  ];
  for (const [index, text] of texts.entries()) {
    google.push(endpoint.split("/").at(-1) ?? "", Browser.encrypted(keys, text));
    await eventually(() => events.filter((event) => event === "Notification displayed").length > index);
  }
  assert.deepEqual(
    events.filter((event) => /generic/i.test(event)),
    [],
  );
  const later = await visit(as);
  const titles = (await shown(later)).map(({ title }) => title);
  assert.deepEqual(titles, ["New notification"]);
  await later.evaluate("push.disable()");
});

test("in the browser of another user nothing of the former one's is shown", async () => {
  const [megan, alex] = [someone(), someone()];
  const before = await visit(megan);
  await before.evaluate("push.enable()");
  await eventually(() => google.isConnected);
  const page = await visit(alex);
  assert.equal(await page.evaluate("push.state"), "off");
  assert.equal(await page.evaluate(HAS_SUBSCRIPTION), false);
  await page.evaluate("push.enable()");
  // Megan's page is still open; what is posted to her finds nobody, what is posted to him comes.
  await post(megan, "For Megan");
  await post(alex, "For Alex");
  const titles = await eventually(async () => {
    const all = await shown(page);
    return all.length > 0 && all.map(({ title }) => title);
  });
  assert.deepEqual(titles, ["For Alex"]);
  await page.evaluate("push.disable()");
});

/**
 * Posts the example to all platforms, as its page has it. @returns the notification's id
 * @param {string} token
 * @param {string} title
 */
function curl(token, title) {
  const json = example({
    appNotificationId: undefined,
    payload: { visualContent: { title } },
    targetPolicy: undefined,
  });
  const headers = [`Authorization: Bearer ${token}`, "Content-Type: application/json"].flatMap((line) => ["-H", line]);
  const asked = ["-sS", "--fail", ...headers, "-d", JSON.stringify(json), `${service.url}/beta/me/notifications`];
  return String(JSON.parse(execFileSync("curl", asked, { encoding: "utf8" })).id);
}

/** In the service worker: what the browser does where a person waves a notification away. @param {string} tag */
async function waveAway(tag) {
  const scope = /** @type {any} */ (globalThis);
  const [notification] = await scope.registration.getNotifications({ tag });
  notification.close();
  scope.dispatchEvent(new scope.NotificationEvent("notificationclose", { notification }));
}

test("the console is an endpoint by itself: closed, it is pushed to; open, it is not; what is waved away is gone", async (t) => {
  const { origin } = new URL(service.url);
  await browser.grantPermissions(["notifications"], { origin });
  // The page signs them in by itself, in every visit.
  const as = "megan@contoso.com";
  const open = async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(service.url);
    return page;
  };
  const before = await open();
  const pane = before.getByRole("article", { name: "This browser" });
  await pane.getByRole("button", { name: "Set up" }).click();
  await pane.getByText("Off", { exact: true }).waitFor();
  await pane.getByRole("button", { name: "Turn on" }).click();
  await pane.getByText("On", { exact: true }).waitFor();
  await eventually(() => google.isConnected);
  // The tab shows it, and says so: nothing is pushed.
  await before.locator('[data-platform="webpush"][data-state="live"]').waitFor();
  await post(as, "Seen in the tab");
  await pane.getByText("Seen in the tab this browser has it").waitFor();
  assert.deepEqual(await shown(before), []);
  const events = await record(before);
  await before.goto("about:blank");
  // Elsewhere somebody looks at all of the user's devices.
  const elsewhere = await Console.open(await launch(), service.url);
  const began = Date.now();
  const id = curl(await userToken(as), "Seen in the browser");
  await eventually(() => events.includes("Notification displayed"), 10_000);
  t.diagnostic(`from curl to the browser's own notification: ${Date.now() - began} ms`);
  for (const device of elsewhere.devices) await device.sees("Seen in the browser");
  // A person waves it away in the browser, where no page is.
  const worker = browser.serviceWorkers().find((worker) => worker.url().startsWith(origin));
  await worker?.evaluate(waveAway, id);
  for (const device of elsewhere.devices) await device.noLongerSees("Seen in the browser");
  assert.deepEqual(
    events.filter((event) => /generic/i.test(event)),
    [],
  );
  const after = await open();
  await after.getByRole("article", { name: "This browser" }).getByRole("button", { name: "Turn off" }).click();
  await eventually(async () => (await shown(after)).length === 0);
});

test("a worker that imports scripts does the same", async () => {
  const as = someone();
  const page = await visit(as, "classic");
  await page.evaluate("push.enable()");
  await eventually(() => google.isConnected);
  await post(as, "By the classic worker");
  await eventually(async () => (await shown(page)).some(({ title }) => title === "By the classic worker"));
  await page.evaluate("push.disable()");
});
