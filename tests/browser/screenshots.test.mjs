// The pictures in docs/images/, as tests: what is to be seen has to be there first. A test run leaves the tree as it was
// and its pictures in target/screenshots/, unless new ones are asked for (SCREENSHOTS=1).

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { example, startService } from "../blackbox/harness.mjs";
import { launch } from "./chromium.mjs";
import { Console } from "./console.mjs";

const folder = fileURLToPath(
  new URL(process.env.SCREENSHOTS ? "../../docs/images/" : "../../target/screenshots/", import.meta.url),
);
/** The most that a picture may weigh, in bytes. */
const LARGEST = 300_000;

const context = { locale: "en-GB", timezoneId: "Europe/Oslo", reducedMotion: /** @type {const} */ ("reduce") };
const everywhere = { platformTypes: ["Windows", "iOS", "Android", "WebPush"] };

const service = await startService();
const browser = await launch();

await mkdir(folder, { recursive: true });

/**
 * @param {string} as
 * @param {string} title
 * @param {string} body
 * @param {Record<string, unknown>} members
 */
async function post(as, title, body, members) {
  const payload = { visualContent: { title, body } };
  const posted = await service.post(example({ appNotificationId: undefined, payload, ...members }), { as });
  assert.equal(posted.status, 201, posted.text);
}

/** The feed before anything is done. @param {string} as */
async function begin(as) {
  await post(as, "Build 512 passed", "main, 4 min 12 s", {
    groupName: "Builds",
    priority: "Low",
    targetPolicy: everywhere,
    displayTimeToLive: undefined,
  });
}

/**
 * @param {string} name
 * @param {Console} console
 */
async function save(name, { page }) {
  await page.mouse.move(0, 0);
  const picture = await page.screenshot();
  assert.ok(picture.length < LARGEST, `${name} weighs ${picture.length} bytes`);
  await writeFile(`${folder}${name}.png`, picture);
}

/**
 * Sends a notification some times, so that there is something to compare, and then the one that the picture is of: it
 * goes everywhere but to the web.
 * @param {Console} console
 * @param {number} times
 */
async function send(console, times) {
  await console.compose({ "Notification id": "build-513", Title: "Build 513", Group: "Builds", "Display for (s)": "" });
  for (let sent = 1; sent <= times; sent++) {
    await console.compose({ Body: `step ${sent} of ${times}` });
    await console.page.getByRole("button", { name: /^Send/ }).click();
    await console.page.locator(`.latency tr:nth-child(3) rect:nth-child(${sent})`).waitFor({ state: "attached" });
  }
  await console.compose({ Title: "Standup moved to 10:30", Body: "Room 4, or join online", Group: "Calendar" });
  await console.compose({ "Notification id": "standup", "Display for (s)": "60" });
  await console.page.getByLabel("Web Push", { exact: true }).uncheck();
  await console.send(201);
  await console.device("android").item("Standup moved to 10:30").getByText("arrived in").waitFor();
  await console.device("webpush").says("isn't for Web");
}

test("the console, light: sent, and there on the devices that it is for", async () => {
  const as = "megan@contoso.com";
  await begin(as);
  const viewport = { width: 1280, height: 1130 };
  const console = await Console.open(browser, service.url, undefined, { ...context, colorScheme: "light", viewport });
  await send(console, 30);
  await save("console-light", console);
});

test("the console, dark: dismissed on one device, and one was away", async () => {
  const as = "alex@contoso.com";
  await begin(as);
  const viewport = { width: 1280, height: 1130 };
  const console = await Console.open(browser, service.url, as, { ...context, colorScheme: "dark", viewport });
  await send(console, 20);
  await console.device("android").line("Drop").click();
  await console.device("windows").button("Dismiss", "Build 512 passed").click();
  for (const platform of /** @type {const} */ (["windows", "ios", "webpush"])) {
    await console.device(platform).noLongerSees("Build 512 passed");
  }
  await console
    .device("windows")
    .item("Standup moved to 10:30")
    .evaluate((item) => item.scrollIntoView({ block: "end" }));
  await console.compose({ Title: "" });
  await console.page.locator("#findings li").first().waitFor();
  await save("console-dark", console);
});

test("the console, narrow: back with what was missed", async () => {
  const as = "lee@contoso.com";
  await begin(as);
  const viewport = { width: 390, height: 844 };
  const console = await Console.open(browser, service.url, as, { ...context, colorScheme: "light", viewport });
  const windows = console.device("windows");
  await windows.sees("Build 512 passed");
  await windows.line("Drop").click();
  await post(as, "Standup moved to 10:30", "Room 4, or join online", { groupName: "Calendar" });
  await console.device("ios").sees("Standup moved to 10:30");
  await windows.line("Bring back").click();
  await windows.says("Resumed, 1 change replayed");
  await console.page.getByRole("link", { name: /unread$/ }).click();
  await save("console-narrow", console);
});
