// The console as a whole: what it loads, and that everybody can use it.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { example, startService } from "../blackbox/harness.mjs";
import { seriousFindings } from "./accessibility.mjs";
import { launch } from "./chromium.mjs";
import { Console } from "./console.mjs";

const service = await startService();
const browser = await launch();
const as = "megan@contoso.com";

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

const narrow = { width: 390, height: 844 };
const wide = { width: 1440, height: 1000 };

/** @type {Record<string, import("playwright-core").BrowserContextOptions>} */
const looks = {
  light: { colorScheme: "light", viewport: wide },
  dark: { colorScheme: "dark", viewport: wide },
  narrow: { colorScheme: "light", viewport: narrow },
  "narrow and dark": { colorScheme: "dark", viewport: narrow },
};

for (const [look, options] of Object.entries(looks)) {
  test(`accessibility: axe finds no serious violation: ${look}`, async () => {
    await service.post(example({ appNotificationId: "visual", targetPolicy: undefined }), { as });
    await service.post(example({ appNotificationId: "raw", payload: { rawContent: "{}" } }), { as });
    await service.post(example({ appNotificationId: "brief", displayTimeToLive: undefined, priority: "Low" }), { as });
    const console = await Console.open(browser, service.url, undefined, { reducedMotion: "reduce", ...options });
    const { page } = console;
    await console.device("windows").items.nth(2).waitFor();
    assert.deepEqual(await seriousFindings(page), []);

    // Each kind of line, each state of an item, what was sent, what is wrong.
    const ios = console.device("ios");
    await ios.button("Mark read", "raw content").click();
    await ios.button("Snooze", "raw content").click();
    await ios.button("Dismiss", "Hello World!").first().click();
    await console.device("android").line("Drop").click();
    await console.device("android").is("dropped");
    await page.getByLabel("Show what was dismissed").check();
    await console.compose({ "Notification id": `of ${look}` });
    await page.getByLabel("Web Push", { exact: true }).uncheck();
    await console.send();
    await page.locator(".took").getByText("arrived in").first().waitFor();
    await console.device("webpush").says("isn't for Web");
    await console.compose({ Title: "" });
    await page.locator("#findings li").first().waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await console.setOffline(true);
    await console.device("windows").is("waiting");
    assert.deepEqual(await seriousFindings(page), []);
  });
}

test("the page is as wide as the window, however narrow that is", async () => {
  for (const width of [320, 390, 700, 900, 1200, 1760]) {
    const console = await Console.open(browser, service.url, as, { viewport: { width, height: 800 } });
    const scrolled = await console.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(scrolled <= width, `${scrolled} of ${width}`);
    await console.page.context().close();
  }
});

test("nothing is loaded from, sent to or run for another origin", async () => {
  const console = new Console(await (await browser.newContext()).newPage());
  const { page } = console;
  /** @type {string[]} */
  const origins = [];
  page.on("request", (request) => origins.push(new URL(request.url()).origin));
  const response = await page.goto(service.url);
  await console.all("live");
  await page.locator("#verdict").getByText("Valid", { exact: true }).waitFor();
  const policy = (await response?.headerValue("content-security-policy")) ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /'unsafe-inline'|'unsafe-eval'|\*/);
  assert.equal(await response?.headerValue("x-content-type-options"), "nosniff");
  assert.deepEqual([...new Set(origins)], [service.url]);
  assert.deepEqual(console.complaints, []);
});

for (const width of [1440, 1000, 390]) {
  test(`nothing moves while it loads, ${width} pixels wide`, async () => {
    const console = new Console(await (await browser.newContext({ viewport: { width, height: 900 } })).newPage());
    const { page } = console;
    await page.addInitScript(() => {
      /** @type {any} */ (window).moved = 0;
      const observer = new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) /** @type {any} */ (window).moved += /** @type {any} */ (shift).value;
      });
      observer.observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(service.url);
    await console.all("live");
    await page.locator("#verdict").getByText("Valid", { exact: true }).waitFor();
    await page.waitForTimeout(300);
    const moved = await page.evaluate(() => /** @type {any} */ (window).moved);
    assert.ok(moved < 0.02, `${moved} of the screen moved`);
  });
}
