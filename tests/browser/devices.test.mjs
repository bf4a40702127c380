// One user, two browsers: what is done in one is done in the other (CONTRACT §2, DESIGN "Frames").

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { example, startService } from "../blackbox/harness.mjs";
import { launch } from "./chromium.mjs";
import { Device } from "./device.mjs";

const service = await startService();
const browser = await launch();

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

let users = 0;
/** A user of the test's own. */
const newUser = () => `user${++users}@contoso.com`;

/**
 * @param {string} as
 * @param {...string} titles
 */
async function post(as, ...titles) {
  for (const title of titles) {
    const notification = example({ appNotificationId: undefined, payload: { visualContent: { title } } });
    const posted = await service.post(notification, { as });
    assert.equal(posted.status, 201, posted.text);
  }
}

/**
 * Two browsers of the user, both live.
 * @param {string} as
 */
async function two(as) {
  return Promise.all([Device.open(browser, service.url, as), Device.open(browser, service.url, as)]);
}

/**
 * What the service counts as unread.
 * @param {string} as
 */
async function counted(as) {
  const path = `/beta/me/notifications/$count?$filter=${encodeURIComponent("readState eq 'unread'")}`;
  return Number((await service.request("GET", path, { as })).text);
}

test("a dismissal in one browser takes the notification away in the other", async () => {
  const as = newUser();
  const [one, other] = await two(as);
  await post(as, "Lunch", "Build done");
  for (const device of [one, other]) {
    await device.sees("Lunch");
    await device.sees("Build done");
    await device.hasUnread(2);
  }

  await one.button("Dismiss", "Lunch").click();
  for (const device of [one, other]) {
    await device.noLongerSees("Lunch");
    await device.hasUnread(1);
    assert.equal(await device.items.count(), 1);
    assert.equal(await device.page.title(), "(1) notifeed console");
  }
  assert.equal(await counted(as), 1);
  await one.page.locator("#announcement").getByText("Dismissed: Lunch").waitFor();

  // Dismissed isn't deleted: either can see it and bring it back.
  await other.page.getByLabel("Show 1 dismissed").check();
  assert.equal(await other.item("Lunch").getAttribute("data-action"), "dismissed");
  await other.button("Restore", "Lunch").click();
  await one.sees("Lunch");
  await one.hasUnread(1);
});

test("read here is read there, and unread again too", async () => {
  const as = newUser();
  await post(as, "Lunch");
  const [one, other] = await two(as);
  await one.button("Mark read", "Lunch").click();
  for (const device of [one, other]) {
    await device.hasUnread(0);
    assert.equal(await device.item("Lunch").getAttribute("data-read"), "read");
  }
  assert.equal(await counted(as), 0);
  await other.button("Mark unread", "Lunch").click();
  for (const device of [one, other]) await device.hasUnread(1);
});

test("what is deleted in one is gone in both, for good", async () => {
  const as = newUser();
  await post(as, "Lunch", "Build done");
  const [one, other] = await two(as);
  await other.button("Delete", "Lunch").click();
  for (const device of [one, other]) await device.noLongerSees("Lunch");
  await one.page.reload();
  await one.page.getByLabel("User").fill(as);
  await one.page.getByRole("button", { name: "Switch" }).click();
  await one.sees("Build done");
  await one.is("live");
  assert.equal(await one.items.count(), 1);
  assert.ok(await one.page.locator("#dismissed").isHidden());
});

test("who was offline hears of the dismissal on coming back, and of nothing twice", async () => {
  const as = newUser();
  await post(as, "Lunch", "Build done");
  const [one, other] = await two(as);
  await other.sees("Lunch");
  await other.setOffline(true);
  await other.is("waiting");

  await one.button("Dismiss", "Lunch").click();
  await one.noLongerSees("Lunch");
  await post(as, "Standup");
  await one.sees("Standup");
  assert.equal(await other.items.count(), 2, "it can't know yet");
  await other.button("Dismiss", "Build done").click();
  await other.page.getByRole("alert").getByText("Not connected").waitFor();

  await other.setOffline(false);
  await other.noLongerSees("Lunch");
  await other.is("live");
  await other.sees("Standup");
  await other.hasUnread(2);
  assert.ok(await other.page.getByRole("alert").isHidden());
  assert.deepEqual(
    other.sockets.at(-1)?.map(({ type, resumed }) => [type, resumed]),
    [
      ["state", undefined],
      ["notification", undefined],
      ["ready", true],
    ],
    "by its cursor, not from the beginning",
  );

  await other.button("Dismiss", "Build done").click();
  for (const device of [one, other]) await device.noLongerSees("Build done");
});

test("by keyboard: the focus stays with what was done, and goes to the neighbour of what left", async () => {
  const as = newUser();
  await post(as, "First", "Second", "Third");
  const [one, other] = await two(as);
  const { keyboard } = one.page;
  await one.button("Mark read", "Third").focus();
  await keyboard.press("Enter");
  await focused(one.button("Mark unread", "Third"));
  await keyboard.press("Tab");
  await focused(one.button("Dismiss", "Third"));
  await keyboard.press("ArrowDown");
  await focused(one.button("Dismiss", "Second"));
  await keyboard.press("Enter");
  await one.noLongerSees("Second");
  await focused(one.button("Dismiss", "First"));

  // What left by another's doing must not put a button under somebody's finger.
  await other.button("Dismiss", "First").click();
  await one.noLongerSees("First");
  await focused(one.item("Third"));
  await other.button("Dismiss", "Third").click();
  await one.page.getByText("All dismissed.").waitFor();
  await focused(one.page.getByRole("heading", { name: "Devices" }));
});

/** @param {import("playwright-core").Locator} locator */
async function focused(locator) {
  await locator.and(locator.page().locator(":focus")).waitFor();
}
