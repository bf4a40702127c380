// <notifeed-inbox> and content that one can act on: links, icons, categories, and answers by mouse, keyboard and ear.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { App } from "./inbox.mjs";

const app = await App.start();

beforeEach(() => app.renew());

const DEPLOY = {
  title: "Deploy 7?",
  link: "https://ci.contoso.com/7",
  category: "deploys",
  actions: [
    { id: "approve", title: "Approve", style: "primary" },
    { id: "reject", title: "Reject", style: "destructive", input: { placeholder: "Why?", maxLength: 20 } },
  ],
};
const ASKS = { a: { payload: { visualContent: DEPLOY }, revision: 1 }, b: { title: "Plain", minutes: 5 } };

/** The answers that the app was told of, as "action: text of revision". */
const ANSWERS = `globalThis.answers = []; inbox.addEventListener("notifeed-answer", ({ detail }) =>
  answers.push(detail.action + ": " + detail.text + " of " + detail.notification.revision))`;
/** The app carries answers to its server by itself. */
const BY_THE_APP = "inbox.addEventListener('notifeed-answer', (event) => event.preventDefault())";

test("a link is opened by a person's press alone, in a page that doesn't know this one", async () => {
  await app.open(ASKS, "inline");
  const link = app.page.getByRole("link", { name: "Deploy 7?", exact: true });
  assert.equal(await link.getAttribute("href"), "https://ci.contoso.com/7");
  assert.equal(await link.getAttribute("rel"), "noopener");
  assert.equal(await app.page.getByRole("link").count(), 1);
  await app.part("host").getByText("ci.contoso.com", { exact: true }).waitFor();
  await app.part("category").getByText("deploys", { exact: true }).waitFor();

  await app.page.context().route("https://ci.contoso.com/**", (route) => route.fulfill({ body: "built" }));
  assert.equal(app.page.context().pages().length, 1);
  const opening = app.page.context().waitForEvent("page");
  await link.click();
  const opened = await opening;
  await opened.getByText("built").waitFor();
  assert.equal(await opened.evaluate("opener"), null);
  assert.deepEqual(await app.asked(), ["a read activated"]);

  await app.run("inbox.addEventListener('notifeed-activate', (event) => event.preventDefault())");
  await link.focus();
  await app.page.keyboard.press("Enter");
  await app.button("Plain").click();
  assert.equal(app.page.context().pages().length, 2);
  assert.deepEqual(app.complaints, []);
});

test("an icon is loaded in view, without a referrer, into a box that stands before", async () => {
  const icon = "https://contoso.com/i.png";
  /** @type {(string | undefined)[]} */
  const referrers = [];
  await app.page.context().route(icon, async (route) => {
    referrers.push(route.request().headers()["referer"]);
    await route.fulfill({ contentType: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg" />' });
  });
  await app.page.context().route("**/", async (route) => {
    const response = await route.fetch();
    const policy =
      response.headers()["content-security-policy"]?.replace("img-src", "img-src https://contoso.com") ?? "";
    await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": policy } });
  });
  await app.open({ a: { payload: { visualContent: { title: "Picture", icon } } } }, "inline");
  const picture = app.page.locator("[part=icon] img");
  await picture.waitFor();
  await app.until("inbox.shadowRoot.querySelector('[part=icon] img').complete");
  assert.deepEqual(referrers, [undefined]);
  const box = await picture.boundingBox();
  assert.deepEqual([box?.width, box?.height], [32, 32]);
  assert.equal(await picture.getAttribute("alt"), "");
  await app.run("inbox.hideIcons = true");
  await picture.waitFor({ state: "detached" });
});

test("a press answers, with the text where it asks for one", async () => {
  await app.open(ASKS, "inline");
  await app.run(ANSWERS);
  await app.findsNothing("a notification with actions");
  await app.run("inbox.addEventListener('notifeed-answer', (event) => event.preventDefault(), { once: true })");
  await app.button("Approve: Deploy 7?").click();
  assert.deepEqual(await app.asked(), []);
  await app.page.getByRole("textbox", { name: "Why?: Deploy 7?" }).fill("Too late for that, and more");
  await app.run("client.refusal = new Error('AlreadyAnswered')");
  await app.button("Reject: Deploy 7?").click();
  await app.until("client.asked.length === 1");
  await app.run("client.refusal = undefined");
  await app.button("Reject: Deploy 7?").click();
  await app.part("answered").getByText("Answered: Reject", { exact: true }).waitFor();
  await app.part("said").getByText("Too late for that, a", { exact: true }).waitFor();
  const rejected = "reject: Too late for that, a of 1";
  assert.deepEqual(await app.run("answers"), ["approve:  of 1", rejected, rejected]);
  assert.deepEqual(await app.asked(), Array(2).fill("a reject Too late for that, a of 1"));
  assert.deepEqual(app.complaints, []);
});

test("by keyboard: Tab goes through the answers, Enter in a line of text answers, letters stay text", async () => {
  await app.open(ASKS, "inline");
  await app.run(ANSWERS);
  await app.run(BY_THE_APP);
  await app.page.getByRole("link", { name: "Deploy 7?", exact: true }).focus();
  const line = app.page.getByRole("textbox", { name: "Why?: Deploy 7?" });
  for (const control of [app.button("Approve: Deploy 7?"), line]) {
    await app.page.keyboard.press("Tab");
    await app.focused(control);
  }
  await app.page.keyboard.type("dd");
  await app.page.keyboard.press("Delete");
  await app.page.keyboard.press("ArrowDown");
  await app.page.keyboard.press("Home");
  await app.focused(line);
  assert.equal(await line.inputValue(), "dd");
  await app.hasRows(2);
  await app.page.keyboard.press("Enter");
  assert.deepEqual(await app.run("answers"), ["reject: dd of 1"]);
  await app.page.keyboard.press("Tab");
  await app.focused(app.button("Reject: Deploy 7?"));
});

test("other content takes away what was begun; an answer shows who gave it", async () => {
  await app.open(ASKS, "inline");
  await app.run(ANSWERS);
  await app.run(BY_THE_APP);
  const line = app.page.getByRole("textbox");
  await line.fill("For the former");
  await app.run("client.arrive([{ ...client.items[0], revision: 2 }])");
  await app.until("inbox.shadowRoot.querySelector('input').value === ''");
  await app.button("Reject: Deploy 7?").click();
  assert.deepEqual(await app.run("answers"), ["reject:  of 2"]);

  const answer = {
    actionId: "reject",
    text: "Not <b>now</b>",
    answeredDateTime: "2026-11-22T12:00:00Z",
    platform: "iOS",
  };
  await app.run(`client.arrive([{ ...client.items[0], answer: ${JSON.stringify(answer)} }])`);
  await app.part("answered").getByText("Answered: Reject (iOS)", { exact: true }).waitFor();
  await app.part("said").getByText("Not <b>now</b>", { exact: true }).waitFor();
  assert.equal(await app.page.getByRole("textbox").count(), 0);
  assert.equal(await app.button("Approve: Deploy 7?").count(), 0);
  await app.findsNothing("an answered notification");
  assert.deepEqual(app.complaints, []);
});

test("right to left, the answers stand after the texts on their side", async () => {
  await app.open(ASKS, "inline");
  await app.run("document.documentElement.dir = 'rtl'");
  const approve = await app.button("Approve: Deploy 7?").boundingBox();
  const reject = await app.button("Reject: Deploy 7?").boundingBox();
  assert.ok(approve && reject && approve.x > reject.x);
  await app.findsNothing("right to left");
});
