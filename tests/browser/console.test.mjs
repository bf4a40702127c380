// The console in a real browser, on the real service.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { example, startService, userToken } from "../blackbox/harness.mjs";
import { launch } from "./chromium.mjs";

/** @typedef {import("playwright-core").Page} Page */

const service = await startService();
const browser = await launch();

/** @type {Page} */
let page;
/** @type {string[]} what the page complained about */
let complaints;

beforeEach(async () => {
  await page?.context().close();
  const context = await browser.newContext({ timezoneId: "Asia/Kolkata" });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
});

const verdict = () => page.locator("#verdict");
const findings = () => page.locator("#findings li");
const text = () => page.getByLabel("Request body", { exact: true });
const items = () => page.locator("#live-feed > li");
const send = () => page.getByRole("button", { name: /^Send/ });

/** @param {"connecting" | "live" | "waiting" | "stopped"} state */
const connection = (state) => page.locator(`#connection[data-state=${state}]`).waitFor();

async function open() {
  const response = await page.goto(service.url);
  await connection("live");
  await verdict().getByText("Valid", { exact: true }).waitFor();
  return response;
}

/**
 * Edits the request body as typing does.
 * @param {(body: any) => void} edit
 */
async function rewrite(edit) {
  const body = JSON.parse(await text().inputValue());
  edit(body);
  await text().fill(JSON.stringify(body, null, 2));
}

/** @param {number} status */
async function sendAndSee(status) {
  await send().click();
  await page.locator("#answer-status").getByText(String(status)).waitFor();
}

test("the story: break it, see why, restore it, send it, see it arrive, reload", async () => {
  await open();
  assert.equal(await items().count(), 0);

  await rewrite((body) => (body.payload.visualContent.title = ""));
  assert.equal(await verdict().textContent(), "400 InvalidPayload: 1 violation");
  assert.match((await findings().textContent()) ?? "", /payload\.visualContent\.title/);
  assert.equal(await page.getByLabel("Title", { exact: true }).getAttribute("aria-invalid"), "true");

  await text().fill("{");
  assert.match((await findings().textContent()) ?? "", /Line 1, column 2/);
  assert.ok(await page.getByLabel("Title", { exact: true }).isDisabled());

  await page.getByRole("button", { name: "Start over" }).click();
  assert.equal(await verdict().textContent(), "Valid");
  assert.equal(await findings().count(), 0);

  await sendAndSee(201);
  await items().getByRole("heading", { name: "Hello World!" }).waitFor();
  assert.match((await items().textContent()) ?? "", /Notifications are Great!.*High priority.*TestGroup/);
  await page.locator("#announcement").getByText("Arrived: Hello World!").waitFor();

  await page.reload();
  await items().getByRole("heading", { name: "Hello World!" }).waitFor();
  await connection("live");
  assert.equal(await items().count(), 1);
  assert.equal(await page.locator("#announcement").textContent(), "", "what is replayed is no news");
  assert.deepEqual(complaints, []);
});

test("content is shown as text, never as markup", async () => {
  await open();
  await rewrite((body) => {
    body.appNotificationId = "markup";
    body.payload = { rawContent: "<b>raw</b>", visualContent: { title: "<img src=x onerror=alert(1)>" } };
  });
  await sendAndSee(201);
  await items().getByRole("heading", { name: "<img src=x onerror=alert(1)>" }).waitFor();
  await items().getByText("<b>raw</b>").waitFor();
  assert.equal(await page.locator("#live-feed img, #live-feed b").count(), 0);
  assert.deepEqual(complaints, []);
});

test("another user sees another feed", async () => {
  await open();
  await items().first().waitFor();
  await page.getByLabel("User").fill("alex@contoso.com");
  await page.getByRole("button", { name: "Switch" }).click();
  await page.getByText("Nothing yet.").waitFor();
  await connection("live");
  assert.equal(await items().count(), 0);
});

test("the line comes back by itself, and what was missed with it, once", async () => {
  await open();
  await items().first().waitFor();
  const before = await items().count();
  await service.stop();
  await connection("waiting");
  await service.start();
  const missed = { ...example(), appNotificationId: "missed" };
  assert.equal((await service.post(missed, { as: "megan@contoso.com" })).status, 201);
  await connection("live");
  await page.waitForFunction((count) => document.querySelectorAll("#live-feed > li").length === count, before + 1);
});

test("what has expired leaves by itself", async () => {
  await open();
  await page.getByLabel("User").fill("brief@contoso.com");
  await page.getByRole("button", { name: "Switch" }).click();
  await rewrite((body) => (body.expirationDateTime = new Date(Date.now() + 2000).toISOString()));
  await sendAndSee(201);
  await items().first().waitFor();
  await items().first().waitFor({ state: "detached" });
  await page.getByText("Nothing yet.").waitFor();
});

test("where tokens aren't handed out one can be pasted", async () => {
  await page.route("**/dev/token", (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto(service.url);
  await page.getByText("This isn't a development server").waitFor();
  await connection("stopped");
  await page.getByLabel("Access token").fill(await userToken("megan@contoso.com"));
  await page.getByRole("button", { name: "Use" }).click();
  await connection("live");
  await items().first().waitFor();
});

test("a token that is refused is replaced once, and access taken back ends it", async () => {
  /** @type {number[]} */
  const codes = [4401, 4403];
  let tokens = 0;
  page.on("request", (request) => (tokens += Number(request.url().endsWith("/dev/token"))));
  await page.routeWebSocket(/\/stream\?/, (socket) => {
    const code = codes.shift();
    if (code !== undefined) void socket.close({ code, reason: "NotAuthorizedForUser" });
    else socket.connectToServer();
  });
  await page.goto(service.url);
  await page.getByText("Not connected: NotAuthorizedForUser").waitFor();
  assert.equal(tokens, 2);
  assert.deepEqual(codes, []);
  await page.getByRole("button", { name: "Connect now" }).click();
  await connection("live");
});

test("nothing is loaded from, sent to or run for another origin", async () => {
  /** @type {string[]} */
  const origins = [];
  page.on("request", (request) => origins.push(new URL(request.url()).origin));
  const response = await open();
  const policy = (await response?.headerValue("content-security-policy")) ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /'unsafe-inline'|'unsafe-eval'|\*/);
  assert.equal(await response?.headerValue("x-content-type-options"), "nosniff");
  assert.deepEqual([...new Set(origins)], [service.url]);
  assert.deepEqual(complaints, []);
});

for (const width of [1440, 1000, 390]) {
  test(`nothing moves while it loads, ${width} pixels wide`, async () => {
    await page.setViewportSize({ width, height: 900 });
    await page.addInitScript(() => {
      /** @type {any} */ (window).moved = 0;
      const observer = new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) /** @type {any} */ (window).moved += /** @type {any} */ (shift).value;
      });
      observer.observe({ type: "layout-shift", buffered: true });
    });
    await open();
    await page.waitForTimeout(300);
    const moved = await page.evaluate(() => /** @type {any} */ (window).moved);
    assert.ok(moved < 0.02, `${moved} of the screen moved`);
  });
}
