// The stored feed in the console, in a real browser on the real service.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { example, startService, userToken } from "../blackbox/harness.mjs";
import { seriousFindings } from "./accessibility.mjs";
import { launch } from "./chromium.mjs";

/** @typedef {import("playwright-core").Page} Page */

// Items are copied slowly enough to be seen, and soon enough to be waited for.
const COPY_DELAY = 2500;
const service = await startService({ vars: { COPY_DELAY_MS: String(COPY_DELAY) } });
const browser = await launch();

/** @type {Page} */
let page;
/** @type {string[]} what the page complained about */
let complaints;
let users = 0;
let as = "";

beforeEach(async () => {
  await page?.context().close();
  page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(10_000);
  complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  as = `reader${++users}@contoso.com`;
});

const section = () => page.locator("#feed");
const rows = () => section().locator("tbody tr[data-id]");
/** @param {string} title */
const row = (title) => rows().filter({ has: page.getByRole("rowheader", { name: title }) });
/** @param {string} name */
const button = (name) => section().getByRole("button", { name, exact: true });
const titles = () => rows().locator("th strong").allTextContents();
/** @param {string} label @param {string} option */
const choose = (label, option) => section().getByLabel(label).selectOption(option);
/** @param {number} count */
const has = (count) => section().locator("#stored-count").getByText(String(count), { exact: true }).waitFor();

/** @param {string} [user] */
async function open(user = as) {
  await page.goto(service.url);
  await page.locator("#sign-in input").fill(user);
  await page.locator("#sign-in button").click();
}

/**
 * @param {string} title
 * @param {Record<string, unknown>} [members]
 */
async function post(title, members = {}) {
  const notification = { appNotificationId: undefined, payload: { visualContent: { title } }, ...members };
  const posted = await service.post(example(notification), { as });
  assert.equal(posted.status, 201, posted.text);
  return posted.json.id;
}

/** @param {(titles: string[]) => boolean} wanted */
async function eventuallyShows(wanted) {
  const end = Date.now() + 10_000;
  let shown;
  do {
    shown = await titles();
    if (wanted(shown)) return;
    await page.waitForTimeout(50);
  } while (Date.now() < end);
  assert.fail(`shows ${shown}`);
}

test("pages: newest first, to the last and back", async () => {
  for (let number = 1; number <= 12; number++) await post(`Number ${number}`);
  await open();
  await has(12);
  assert.deepEqual(
    await titles(),
    [12, 11, 10, 9, 8].map((number) => `Number ${number}`),
  );
  await section().getByText("1 to 5 of 12").first().waitFor();
  assert.equal(await button("Newer").getAttribute("aria-disabled"), "true");

  await button("Older").click();
  await section().getByText("6 to 10 of 12").first().waitFor();
  assert.equal(await section().locator("> [role=status]").textContent(), "6 to 10 of 12");
  await button("Older").click();
  await section().getByText("11 to 12 of 12").first().waitFor();
  assert.deepEqual(await titles(), ["Number 2", "Number 1"]);
  assert.match((await section().locator(".request").textContent()) ?? "", /GET .*\$skiptoken=.*200 in/);
  // Nothing happens, and the focus stays where it is.
  await button("Older").focus();
  await page.keyboard.press("Enter");
  assert.ok(await button("Older").evaluate((node) => node === document.activeElement));

  await button("Newer").click();
  await section().getByText("6 to 10 of 12").first().waitFor();
  await choose("Per page", "100");
  await section().getByText("1 to 12 of 12").first().waitFor();
  assert.equal(await rows().count(), 12);
  assert.deepEqual(complaints, []);
});

test("filters are asked of the service, one by one and together", async () => {
  const read = await post("Read", { groupName: "News", priority: "Low" });
  await post("Unread", { groupName: "O'Hara's", priority: "High" });
  await post("Without a group", { groupName: null, priority: "High" });
  const states = { readState: "read", userActionState: "dismissed" };
  await service.request("PATCH", `/beta/me/notifications/${read}`, { as, json: states });
  await open();
  await has(3);

  await choose("By state", "read");
  await has(1);
  assert.deepEqual(await titles(), ["Read"]);
  assert.match((await row("Read").textContent()) ?? "", /read.*dismissed.*Low/);
  await choose("By state", "");
  await choose("By action", "noInteraction");
  await has(2);
  await choose("By group", "is:O'Hara's");
  await has(1);
  assert.deepEqual(await titles(), ["Unread"]);
  assert.match(
    (await section().locator(".request").textContent()) ?? "",
    /\$filter=userActionState eq 'noInteraction' and groupName eq 'O''Hara''s'/,
  );
  await choose("By group", "none");
  await eventuallyShows(([title]) => title === "Without a group");
  await choose("By priority", "Low");
  await has(0);
  await section().locator(".empty").getByText("No notifications.").waitFor();
  assert.deepEqual(complaints, []);
});

test("the table shows when KV has the copy of a notification, and that of its replacement", async () => {
  await open();
  await has(0);
  // A device that is told of it at once reads it before it is copied.
  await page.locator(".device[data-platform=windows][data-state=live]").waitFor();
  await post("On its way", { appNotificationId: "one" });
  const copy = (/** @type {boolean} */ copied) => row("On its way").locator(`.copy[data-copied=${copied}]`);
  // The device hears of it, and the stored feed is read again.
  await copy(false).waitFor();
  assert.equal(await copy(false).textContent(), "copy 1, not yet");
  await copy(true).waitFor();
  assert.equal(await copy(true).textContent(), "copy 1");
  assert.match((await row("On its way").textContent()) ?? "", /1 "1\.1"/);

  const replacement = { appNotificationId: "one", payload: { visualContent: { title: "On its way again" } } };
  assert.equal((await service.post(example(replacement), { as })).status, 200);
  const again = row("again").locator(".copy[data-copied=true]").getByText("copy 2", { exact: true });
  // A change within a second of a batch of copies waits ten times as long for its own.
  await again.waitFor({ timeout: 10 * COPY_DELAY + 10_000 });
  assert.deepEqual(complaints, []);
});

test("the raw answer on demand: status, headers and body, as text", async () => {
  const id = await post("<img src=x onerror=alert(1)>");
  await open();
  const raw = row("<img").getByRole("button", { name: /^GET/ });
  assert.equal(await raw.getAttribute("aria-expanded"), "false");
  await raw.click();
  const answer = section().getByRole("group", { name: "Raw answer", exact: true });
  await answer.waitFor();
  assert.equal(await raw.getAttribute("aria-expanded"), "true");
  const shown = (await answer.textContent()) ?? "";
  assert.match(shown, new RegExp(`GET /beta/me/notifications/${id} 200 in \\d+ ms`));
  assert.match(shown, /etag"1\.1"/);
  assert.equal(JSON.parse((await answer.locator("pre").textContent()) ?? "").id, id);
  assert.equal(await section().locator("img").count(), 0);
  await raw.press("Enter");
  await answer.waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
});

test("what changes elsewhere is read again, where the focus is and what is open stays", async () => {
  await post("Older one");
  const id = await post("Newer one");
  await open();
  await has(2);
  const raw = row("Newer one").getByRole("button");
  await raw.click();
  await section().locator("pre").waitFor();
  await raw.focus();
  await service.request("PATCH", `/beta/me/notifications/${id}`, { as, json: { readState: "read" } });
  await row("Newer one").locator(".state[data-state=read]").waitFor();
  await section().getByText("1.3", { exact: false }).first().waitFor();
  assert.ok(await raw.evaluate((node) => node === document.activeElement));
  assert.equal(await section().locator("pre").count(), 1);
  await service.request("DELETE", `/beta/me/notifications/${id}`, { as });
  await has(1);
  assert.ok(await page.locator("#feed-title").evaluate((node) => node === document.activeElement));
});

test("offline and back: it says that it couldn't be read, and reads again", async () => {
  await post("Before");
  await open();
  await has(1);
  await page.context().setOffline(true);
  await button("Refresh").click();
  await section().getByRole("alert").waitFor();
  assert.equal(await rows().count(), 1);
  await post("Meanwhile");
  await page.context().setOffline(false);
  await has(2);
  assert.ok(!(await section().getByRole("alert").isVisible()));
});

test("what expires leaves", async () => {
  await post("Brief", { expirationDateTime: new Date(Date.now() + 4000).toISOString() });
  await open();
  await row("Brief").locator(".countdown").getByText("in", { exact: false }).first().waitFor();
  await has(0);
});

test("what changed since it was last asked", async () => {
  const gone = await post("Goes");
  await post("Stays");
  await open();
  await has(2);
  const summary = section().locator("#changes-summary");
  await button("Get all items").click();
  await summary.getByText("All items: 2.").waitFor();
  await service.request("DELETE", `/beta/me/notifications/${gone}`, { as });
  await post("Comes");
  await button("Get changes").click();
  await summary.getByText("1 new or changed, 1 gone").waitFor();
  assert.deepEqual(await section().locator("#changes-list strong").allTextContents(), ["Comes", "deleted"]);
  await button("Get changes").click();
  await summary.getByText("0 new or changed, 0 gone").waitFor();
  assert.deepEqual(complaints, []);
});

test("another user, another feed; nothing of the last one's stays", async () => {
  await post("Mine", { groupName: "Secrets" });
  await open();
  await has(1);
  await button("Get all items").click();
  await section().locator("#changes-summary").getByText("All items: 1.").waitFor();
  await page.locator("#sign-in input").fill("nobody@contoso.com");
  await page.locator("#sign-in button").click();
  await has(0);
  assert.equal(await rows().count(), 0);
  assert.doesNotMatch((await section().textContent()) ?? "", /Mine|Secrets|All items: 1/);
});

test("outside development: a pasted token reads the feed, and nothing asks for the state of copies", async () => {
  await post("Stored");
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.route("**/dev/token", (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto(service.url);
  await section().getByText("An access token is needed").waitFor();
  await page.locator("#token-form input").fill(await userToken(as));
  await page.locator("#token-form button").click();
  await row("Stored").waitFor();
  assert.ok(!(await section().getByRole("columnheader", { name: "In KV" }).isVisible()));
  assert.ok(!asked.includes("/dev/copies"));
});

test("accessibility: axe finds no serious violation, light, dark and narrow", async () => {
  for (const number of [1, 2, 3, 4, 5, 6]) await post(`Number ${number}`);
  await open();
  await has(6);
  await row("Number 6").getByRole("button").click();
  await section().locator("pre").waitFor();
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await seriousFindings(page, "#feed"), []);
  }
  await page.setViewportSize({ width: 360, height: 800 });
  assert.deepEqual(await seriousFindings(page, "#feed"), []);
  const overflow = await section().evaluate((node) => node.scrollWidth - node.clientWidth);
  assert.ok(overflow <= 0, `${overflow} px too wide`);
});
