// The pictures in docs/images/, as tests: what is to be seen has to be there first.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { example, startService } from "../blackbox/harness.mjs";
import { launch } from "./chromium.mjs";
import { Device } from "./device.mjs";

const folder = fileURLToPath(new URL("../../docs/images/", import.meta.url));
/** The most that a picture may weigh, in bytes. */
const LARGEST = 150_000;

const megan = "megan@contoso.com";
const context = { locale: "en-GB", timezoneId: "Europe/Oslo" };
/** What is in the feed, oldest first. */
const notifications = [
  { title: "Build 512 passed", body: "main, 4 min 12 s", groupName: "Builds", priority: "Low" },
  { title: "Standup moved to 10:30", body: "Room 4, or join online", groupName: "Calendar", priority: "High" },
];

const service = await startService();
const browser = await launch();

await mkdir(folder, { recursive: true });
for (const { title, body, ...members } of notifications) {
  const payload = { visualContent: { title, body } };
  const posted = await service.post(example({ appNotificationId: undefined, payload, ...members }), { as: megan });
  assert.equal(posted.status, 201, posted.text);
}

/**
 * @param {string} name
 * @param {Buffer} picture
 */
async function save(name, picture) {
  assert.ok(picture.length < LARGEST, `${name} weighs ${picture.length} bytes`);
  await writeFile(`${folder}${name}.png`, picture);
}

/** @param {import("playwright-core").BrowserContextOptions} options */
async function open(options) {
  const device = await Device.open(browser, service.url, megan, { ...context, reducedMotion: "reduce", ...options });
  await device.hasUnread(notifications.length);
  await device.page.locator("#verdict").getByText("Valid", { exact: true }).waitFor();
  return device;
}

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`the console, ${colorScheme}`, async () => {
    const { page } = await open({ colorScheme, viewport: { width: 1160, height: 845 } });
    const body = JSON.parse(await page.getByLabel("Request body", { exact: true }).inputValue());
    body.prioritty = body.priority;
    delete body.priority;
    body.payload.visualContent.title = "";
    await page.getByLabel("Request body", { exact: true }).fill(JSON.stringify(body, null, 2));
    await page.locator("#findings li").nth(1).waitFor();
    await page.getByLabel("Request body", { exact: true }).blur();
    await page.mouse.move(0, 0);
    await save(`console-${colorScheme}`, await page.screenshot());
  });
}

test("the console, narrow", async () => {
  const { page } = await open({ colorScheme: "light", viewport: { width: 390, height: 844 } });
  await page.getByRole("link", { name: /unread$/ }).click();
  await save("console-narrow", await page.screenshot());
});

test("two browsers of one user: dismissed in one, gone in the other", async () => {
  const options = { viewport: { width: 440, height: 412 } };
  const one = await open({ ...options, colorScheme: "light" });
  const other = await open({ ...options, colorScheme: "dark" });
  const devices = [one, other];
  for (const { page } of devices) {
    // The inbox only: what the picture is about.
    await page.evaluate(() => {
      document.getElementById("compose")?.remove();
      document.getElementById("sign-in")?.remove();
    });
    await page.mouse.move(0, 0);
  }
  const dismiss = one.button("Dismiss", "Build 512 passed");
  await dismiss.focus();
  const shots = await Promise.all(devices.map(({ page }) => page.screenshot()));
  await dismiss.click();
  for (const device of devices) await device.noLongerSees("Build 512 passed");
  shots.push(...(await Promise.all(devices.map(({ page }) => page.screenshot()))));
  await save("two-browsers", await sideBySide(shots));
});

/**
 * Four pictures, two a row: before, and after.
 * @param {Buffer[]} shots
 */
async function sideBySide(shots) {
  const words = [
    ["Megan's browser", "about to dismiss the build"],
    ["Megan's other browser", "shows the same feed"],
    ["Megan's browser", "dismissed"],
    ["Megan's other browser", "gone here too, at once"],
  ];
  const figures = shots.map(
    (shot, index) => `<figure><figcaption><b>${words[index][0]}</b> ${words[index][1]}</figcaption>
      <img src="data:image/png;base64,${shot.toString("base64")}"></figure>`,
  );
  const page = await browser.newPage({ viewport: { width: 940, height: 400 } });
  await page.setContent(`<!doctype html><style>
      body { margin: 0; padding: 20px; display: grid; grid-template-columns: 440px 440px; gap: 20px; background: #dfe1ea; font: 15px system-ui, sans-serif }
      figure { margin: 0; overflow: hidden; border-radius: 12px; background: #2b2e3a; color: #c9cddb; box-shadow: 0 2px 8px #0003 }
      figcaption { padding: 9px 14px } b { color: #fff; margin-inline-end: 6px } img { display: block; width: 100% }
    </style>${figures.join("")}`);
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  return page.screenshot({ fullPage: true });
}
