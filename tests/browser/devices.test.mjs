// The devices of one user: a change on one is made on the others, here and in another browser (CONTRACT §2).

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { example, startService } from "../blackbox/harness.mjs";
import { launch } from "./chromium.mjs";
import { Console, PLATFORMS } from "./console.mjs";

const service = await startService();
const browser = await launch();

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

let users = 0;
/** A user of the test's own. */
const newUser = () => `user${++users}@contoso.com`;

const everywhere = { targetPolicy: { platformTypes: ["Windows", "iOS", "Android", "WebPush"] } };

/**
 * @param {string} as
 * @param {string} title
 * @param {Record<string, unknown>} [members]
 */
async function post(as, title, members = everywhere) {
  const payload = { visualContent: { title } };
  const posted = await service.post(example({ appNotificationId: undefined, payload, ...members }), { as });
  assert.equal(posted.status, 201, posted.text);
}

/** @param {string} [as] */
const open = (as = newUser()) => Console.open(browser, service.url, as);

/**
 * The items that the service counts as unread.
 * @param {string} as
 */
async function counted(as) {
  const path = `/beta/me/notifications/$count?$filter=${encodeURIComponent("readState eq 'unread'")}`;
  return Number((await service.request("GET", path, { as })).text);
}

test("a dismissal in one browser takes the notification away in the other", async () => {
  const as = newUser();
  const consoles = await Promise.all([open(as), open(as)]);
  const devices = consoles.flatMap(({ devices }) => devices);
  await post(as, "Lunch");
  await post(as, "Build done");
  for (const device of devices) {
    await device.sees("Lunch");
    await device.sees("Build done");
  }
  for (const console of consoles) await console.hasUnread(2);

  const [one, other] = consoles;
  await one.device("windows").button("Dismiss", "Lunch").click();
  for (const device of devices) await device.noLongerSees("Lunch");
  for (const console of consoles) {
    await console.hasUnread(1);
    assert.equal(await console.page.title(), "(1) notifeed console");
  }
  assert.equal(await counted(as), 1);

  // Dismissed isn't deleted: any device can see it and bring it back.
  await other.page.getByLabel("Show what was dismissed").check();
  for (const device of other.devices) await device.sees("Lunch");
  assert.equal(await other.device("ios").item("Lunch").getAttribute("data-action"), "dismissed");
  await other.device("ios").button("Restore", "Lunch").click();
  for (const device of one.devices) await device.sees("Lunch");
});

test("read, snoozed and deleted on one device is so on the others", async () => {
  const as = newUser();
  await post(as, "Lunch");
  await post(as, "Build done");
  const console = await open(as);
  const windows = console.device("windows");
  const lunch = (/** @type {string} */ state) => console.page.locator(`.items > li${state} h4`).getByText("Lunch");

  await windows.button("Mark read", "Lunch").click();
  await console.hasUnread(1);
  await lunch("[data-read=read]").nth(3).waitFor();
  assert.equal(await counted(as), 1);
  await console.device("ios").button("Mark unread", "Lunch").click();
  await console.hasUnread(2);

  await windows.button("Snooze", "Lunch").click();
  await lunch("[data-action=snoozed]").nth(3).waitFor();
  await console.device("android").button("Wake", "Lunch").click();
  await lunch("[data-action=noInteraction]").nth(3).waitFor();

  await windows.button("Delete", "Lunch").click();
  for (const device of console.devices) await device.noLongerSees("Lunch");
  await console.page.reload();
  for (const device of console.devices) await device.is("live");
  await console.signIn(as);
  for (const device of console.devices) {
    await device.sees("Build done");
    await device.is("live");
    assert.equal(await device.items.count(), 1);
  }
});

test("what was done can be taken back at once, as it was before", async () => {
  const as = newUser();
  await post(as, "Lunch");
  const console = await open(as);
  const windows = console.device("windows");
  await windows.button("Dismiss", "Lunch").click();
  for (const device of console.devices) await device.noLongerSees("Lunch");
  await windows.says("Dismissed: Lunch");
  assert.ok(await console.device("ios").undo.isHidden(), "whose doing it wasn't takes nothing back");
  await windows.undo.click();
  for (const device of console.devices) await device.sees("Lunch");
  await console.hasUnread(1);
  await focused(windows.item("Lunch"));
  assert.ok(await windows.undo.isHidden());

  await windows.button("Delete", "Lunch").click();
  await windows.says("Deleted: Lunch");
  assert.ok(await windows.undo.isHidden(), "what is deleted is gone");
});

test("a notification comes to the platforms that it is for, and says which", async () => {
  const as = newUser();
  const console = await open(as);
  await post(as, "For two", { targetPolicy: { platformTypes: ["Android", "WebPush"] } });
  await console.device("android").sees("For two");
  await console.device("webpush").sees("For two");
  await console.device("windows").says("“For two” isn't for Windows");
  await console.device("ios").says("“For two” isn't for iOS");
  assert.equal(await console.device("windows").items.count(), 0);
  await console.device("android").item("For two").getByText("for Android, Web", { exact: true }).waitFor();
  await console.announces(/Arrived on .*(Android|Web): For two/);

  await post(as, "For all");
  for (const device of console.devices) await device.item("For all").getByText("for all", { exact: true }).waitFor();
});

test("what has a time counts it down, and leaves when it has expired", async () => {
  const as = newUser();
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 1200 } })).newPage();
  // The page's clock goes as the test wants.
  await page.clock.install();
  await page.goto(service.url);
  const console = new Console(page);
  await console.signIn(as);
  await console.all("live");
  const expirationDateTime = new Date(Date.now() + 3_600_000).toISOString();
  await post(as, "Brief", { ...everywhere, expirationDateTime, displayTimeToLive: 120 });
  for (const device of console.devices) {
    await device.says(/^expires in 59 min$/);
    await device.says(/^display over in 1 min \d+ s$/);
  }
  await page.clock.fastForward(90_000);
  for (const device of console.devices) {
    await device.says(/^expires in 58 min$/);
    await device.says(/^display over in \d+ s$/);
  }
  await page.clock.fastForward(30_000);
  for (const device of console.devices) await device.says(/^display over $/);
  await page.clock.fastForward(3_480_000);
  for (const device of console.devices) await device.noLongerSees("Brief");
  await console.device("windows").says("Nothing yet.");
  await console.hasUnread(0);
});

test("of very many the newest are shown, and how many there are besides", async () => {
  const as = newUser();
  for (let number = 1; number <= 103; number++)
    await post(as, `Number ${number}`, { targetPolicy: { platformTypes: ["iOS"] } });
  const console = await open(as);
  const ios = console.device("ios");
  await ios.sees("Number 103");
  assert.equal(await ios.items.count(), 100);
  await ios.says("and 3 older ones");
  await ios.button("Delete", "Number 103").click();
  await ios.sees("Number 3");
  await ios.says("and 2 older ones");
});

test("another user sees nothing of the one before, not even for a moment", async () => {
  const console = await open();
  await console.compose({ Title: "Confidential" });
  await console.send();
  await console.device("windows").sees("Confidential");
  await console.page.evaluate(() => {
    document.querySelector("#sign-in")?.addEventListener("submit", () => {
      // After the page's own listeners, before anything is painted.
      document.body.dataset.seen = String(document.querySelectorAll(".items > li").length);
    });
  });
  await console.signIn(newUser());
  assert.equal(await console.page.locator("body").getAttribute("data-seen"), "0");
  await console.all("live");
  await console.hasUnread(0);
  for (const device of console.devices) await device.says("Nothing yet.");
  // The connections of the user before are closed.
  await console.hasLines(PLATFORMS);
});

test("content is shown as text, never as markup", async () => {
  const as = newUser();
  const console = await open(as);
  const payload = { rawContent: "<b>raw</b>", visualContent: { title: "<img src=x onerror=alert(1)>" } };
  await post(as, "", { payload, groupName: "<i>group</i>", ...everywhere });
  for (const device of console.devices) {
    await device.sees("<img src=x onerror=alert(1)>");
    await device.says("<b>raw</b>");
    await device.says("<i>group</i>");
  }
  assert.equal(await console.page.locator(".items :is(img, b, i)").count(), 0);
  assert.deepEqual(console.complaints, []);
});

test("by keyboard: the focus stays with what was done, and goes to the neighbour of what left", async () => {
  const as = newUser();
  for (const title of ["First", "Second", "Third"]) await post(as, title);
  const console = await open(as);
  const windows = console.device("windows");
  const ios = console.device("ios");
  const { keyboard } = console.page;
  await windows.button("Mark read", "Third").focus();
  await keyboard.press("Enter");
  await focused(windows.button("Mark unread", "Third"));
  await keyboard.press("Tab");
  await focused(windows.button("Dismiss", "Third"));
  await keyboard.press("ArrowDown");
  await focused(windows.button("Dismiss", "Second"));
  await keyboard.press("Enter");
  await windows.noLongerSees("Second");
  await focused(windows.button("Dismiss", "First"));

  // An item that left by another's doing must not put a button under somebody's finger.
  await ios.button("Dismiss", "First").dispatchEvent("click");
  await windows.noLongerSees("First");
  await focused(windows.item("Third"));
  await ios.button("Dismiss", "Third").dispatchEvent("click");
  await windows.says("All dismissed.");
  await focused(windows.place.getByRole("heading", { name: "Windows" }));
});

/** @param {import("playwright-core").Locator} locator */
async function focused(locator) {
  await locator.and(locator.page().locator(":focus")).waitFor();
}
