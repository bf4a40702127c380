// <notifeed-inbox> with the live client, on the real service: two browsers of one user.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { example, startService, userToken } from "../blackbox/harness.mjs";
import { launch } from "./chromium.mjs";

/** @typedef {import("playwright-core").Page} Page */

const service = await startService();
const browser = await launch();
const as = "megan@contoso.com";

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

/** The script of an app's page. */
const SCRIPT = `import { connect } from "/notifeed/live.js";
import { defineInbox } from "/notifeed/inbox.js";
const token = async () => (await fetch("/test/token")).text();
defineInbox();
const inbox = document.createElement("notifeed-inbox");
inbox.client = connect({ url: location.origin, platform: "windows", token });
document.body.replaceChildren(inbox);`;

/**
 * A browser of the user's, on a page that the service serves, with the app's script in place of the console's: a page
 * that Playwright made up would be a stranger, which the browser keeps from reaching this machine.
 */
async function device() {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await context.route(
    ({ pathname }) => /^\/(?!notifeed\/).*\.js$/.test(pathname),
    (route) => route.fulfill({ contentType: "text/javascript", body: SCRIPT }),
  );
  await context.route("**/test/token", async (route) => route.fulfill({ body: await userToken(as) }));
  await page.goto(service.url);
  return page;
}

/** @param {string[]} titles */
async function post(...titles) {
  for (const title of titles) {
    const notification = example({ appNotificationId: undefined, payload: { visualContent: { title } } });
    assert.equal((await service.post(notification, { as })).status, 201);
  }
}

/**
 * @param {Page} page
 * @param {string} name
 */
const button = (page, name) => page.getByRole("button", { name, exact: true });
/** @param {Page} page */
const spoken = (page) => page.locator("[role=status]");

test("what arrives, is read and dismissed is so in both, and after a reload", async () => {
  await post("Before");
  const pages = await Promise.all([device(), device()]);
  const [one, other] = pages;
  for (const page of pages) await button(page, "Notifications, 1 unread").click();
  await post("Lunch", "Build done");
  for (const page of pages) {
    await button(page, "Lunch").waitFor();
    await button(page, "Notifications, 3 unread").waitFor();
    await spoken(page)
      .getByText(/Build done/)
      .waitFor();
    assert.doesNotMatch((await spoken(page).textContent()) ?? "", /Before/, "what is replayed is no news");
  }
  await button(one, "Lunch").click();
  await button(one, "Build done").press("Delete");
  for (const page of pages) {
    await button(page, "Notifications, 1 unread").waitFor();
    await button(page, "Build done").waitFor({ state: "detached" });
    await button(page, "Mark unread: Lunch").waitFor();
  }
  await button(other, "Mark all read").click();
  for (const page of pages) await button(page, "Notifications").waitFor();

  await one.reload();
  await button(one, "Notifications").click();
  await button(one, "Mark unread: Before").waitFor();
  assert.equal(await one.locator("[part~=item]").count(), 2);
  assert.equal(await spoken(one).textContent(), "");
});

test("it says when the line is lost, and goes on when it is back", async () => {
  const page = await device();
  await button(page, "Notifications").click();
  await page.locator("[part=notice]").waitFor({ state: "hidden" });
  await service.stop();
  await page.getByText("Connection lost. Trying again…").waitFor();
  await service.start();
  await post("Missed");
  await button(page, "Missed").waitFor();
  await page.locator("[part=notice]").waitFor({ state: "hidden" });
});
