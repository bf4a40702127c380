// <notifeed-inbox> on a feed of which the first visit has only the newest, and on changes that were refused.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { App } from "./inbox.mjs";

const app = await App.start();

beforeEach(() => app.renew());

const drawn = "inbox.shadowRoot.querySelectorAll('li').length";
const loads = async () => (await app.asked()).filter((asked) => asked === "older").length;

/**
 * An inbox with some notifications, and some that are left at the service.
 * @param {number} here
 * @param {number} older
 */
async function open(here, older) {
  await app.open();
  await app.run(`{
    const some = (from, count) => Array.from({ length: count }, (_, index) => notification("n" + (from + index), { minutes: from + index }));
    globalThis.leave = () => {
      client.older = some(${here}, ${older});
      client.arrive([], { replayed: true });
    };
    client.arrive(some(0, ${here}), { replayed: true });
    inbox.inline = true;
    inbox.style = "display: block; --notifeed-height: 400px";
  }`);
  await app.hasRows(here);
}

test("who scrolls down gets older ones, page by page, until there are no more", async () => {
  await open(20, 230);
  await app.run("leave()");
  const first = app.part("item").first();
  await app.page.locator("li[aria-setsize='-1']").first().waitFor();
  const seen = new Set();
  while (await app.run("client.more || " + drawn + " < 250")) {
    await app.run("inbox.shadowRoot.querySelector('[part=scroller]').scrollTop = 1e6");
    seen.add(await app.run(drawn));
  }
  assert.equal(await loads(), 3);
  assert.ok(seen.size >= 3, [...seen].join());
  assert.equal(await app.part("item").count(), 250);
  assert.equal(await first.getAttribute("aria-setsize"), "250");
  assert.equal(await app.part("more").isVisible(), false);
  assert.deepEqual(app.complaints, []);
});

test("by button the focus goes on with the first that came, and a second press asks for nothing", async () => {
  await open(10, 30);
  await app.run("client.pageIn = new Promise((done) => (globalThis.answer = done)); leave()");
  await app.part("more").press("Enter");
  await app.part("more").getByText("Loading…").waitFor();
  await app.part("more").press("Enter");
  await app.focused(app.part("more"));
  assert.equal(await loads(), 1);
  await app.run("answer()");
  await app.focused(app.button("n10"));
  assert.equal(await app.part("item").count(), 40);
});

test("a page that fails or shows nothing isn't asked for again by scrolling, but by a press", async () => {
  await open(5, 300);
  await app.run("inbox.tabs = 'unread'; for (const { id } of client.items) client.markRead(id)");
  await app.page.getByRole("tab", { name: "Unread" }).waitFor();
  await app.hasRows(0);
  // In view at once, as the tab is empty: a page is asked for, brings only what was read, and that is that.
  await app.run(
    "client.asked.length = 0; leave(); client.older = client.older.map((item) => ({ ...item, readState: 'read' }))",
  );
  await app.until("client.items.length === 105");
  await app.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  assert.equal(await loads(), 1);
  assert.equal(await app.part("empty").isVisible(), false, "older ones may be unread");

  await app.run("client.refusal = new Error('no connection')");
  await app.part("more").click();
  await app.until("client.asked.length === 2");
  await app.part("more").getByText("Show more").waitFor();
  await app.run("client.refusal = undefined");
  await app.part("more").click();
  await app.until("client.items.length === 205");
  assert.equal(await loads(), 3);
  assert.deepEqual(app.complaints, []);
});

test("what is loaded for one person doesn't come into another's inbox", async () => {
  await open(5, 50);
  await app.run("client.pageIn = new Promise((done) => (globalThis.answer = done)); leave()");
  await app.until("client.asked.includes('older')");
  await app.run("globalThis.first = client; inbox.client = new PageClient(); answer()");
  await app.until("first.items.length === 55");
  await app.until(drawn + " === 0");
  await app.page.getByText("Nothing new").waitFor();
});

test("a change that was refused later is said, and told to the app once", async () => {
  await open(3, 0);
  await app.run(`globalThis.errors = [];
    inbox.addEventListener("notifeed-error", ({ detail }) => errors.push(detail));
    globalThis.refused = Object.assign(new Error("no"), { status: 404, code: "ItemNotFound" });
    client.refuse(refused)`);
  await app.spoken("That couldn’t be changed");
  await app.part("notice").getByText("That couldn’t be changed").waitFor();
  // The client tells of a change of this visit twice: to who asked, and to all.
  await app.run("client.refusal = Object.assign(new Error('no'), { status: 409 })");
  await app.button("Dismiss: n1").click();
  await app.until("errors.length === 2");
  await app.run("client.refuse(client.refusal)");
  assert.equal(await app.run("errors.length"), 2);
  // A closed client's unanswered change isn't refused.
  await app.run("client.refusal = Object.assign(new Error('closed'), { status: 0, code: 'Closed' })");
  await app.button("Dismiss: n1").click();
  await app.until("client.asked.length === 2");
  await app.part("notice").waitFor({ state: "hidden" });
  assert.equal(await app.run("errors.length"), 2);
});

test("times go by the client's clock, unless the app has a better one", async () => {
  await open(1, 0);
  await app.run("inbox.clock = null; client.now = () => NOON + 3_600_000; inbox.lang = 'en'");
  await app.page.getByText("1 hour ago").waitFor();
  await app.run("inbox.clock = () => NOON + 7_200_000");
  await app.page.getByText("2 hours ago").waitFor();
});
