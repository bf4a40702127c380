// <notifeed-inbox> in a real browser, on a client without a line.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { App, THREE } from "./inbox.mjs";

const app = await App.start();

beforeEach(() => app.renew());

const titles = () => app.part("title").allTextContents();

test("the bell opens the panel, Escape closes it and gives the focus back, a click outside closes it too", async () => {
  await app.open(THREE);
  await app.button("Notifications, 3 unread").click();
  await app.part("panel").waitFor();
  assert.equal(await app.part("bell").getAttribute("aria-expanded"), "true");
  assert.equal(await app.page.getByRole("dialog", { name: "Notifications" }).count(), 1);
  await app.focused(app.button("Third"));
  await app.page.keyboard.press("Escape");
  await app.part("panel").waitFor({ state: "hidden" });
  await app.focused(app.part("bell"));
  assert.equal(await app.part("bell").getAttribute("aria-expanded"), "false");
  assert.equal(await app.run("inbox.open"), false);

  await app.page.keyboard.press("Enter");
  await app.part("panel").waitFor();
  await app.page.getByRole("heading", { name: "An app" }).click();
  await app.part("panel").waitFor({ state: "hidden" });

  // Looked at, whenever it opened and closed; nothing is read by that.
  assert.deepEqual([await app.run("client.looks"), await app.run("client.asked")], [4, []]);

  // The bell closes what it opened.
  await app.part("bell").click();
  await app.part("panel").waitFor();
  await app.part("bell").click();
  await app.part("panel").waitFor({ state: "hidden" });
  assert.deepEqual(app.complaints, []);
});

test("the app opens and closes it without taking the focus, and is told", async () => {
  await app.open(THREE);
  await app.page.locator("#before").focus();
  await app.run("globalThis.told = 0; inbox.addEventListener('notifeed-toggle', () => told++); inbox.open = true");
  await app.part("panel").waitFor();
  await app.until("told === 1");
  await app.focused(app.page.locator("#before"));
  await app.run("inbox.open = false");
  await app.part("panel").waitFor({ state: "hidden" });
  await app.until("told === 2");

  // Open when it comes into the page, closed when it goes, and as it was when it comes again.
  await app.run("inbox.remove(); inbox.open = true");
  assert.equal(await app.run("client.listeners"), 0, "out of the page it listens to nothing");
  await app.run("inbox.open = false; document.body.append(inbox)");
  await app.until("inbox.shadowRoot.querySelector('[part=bell]').ariaExpanded === 'false'");
  assert.equal(await app.part("panel").isVisible(), false);
  await app.run("inbox.remove(); inbox.open = true");
  await app.run("document.body.append(inbox)");
  await app.part("panel").waitFor();
  assert.ok(Number(await app.run("client.listeners")) > 0);
  assert.deepEqual(app.complaints, []);
});

test("the badge counts what is unread, up to 99", async () => {
  await app.open({ a: {}, b: { readState: "read" }, c: { readState: "unread", userActionState: "dismissed" } });
  assert.equal(await app.part("badge").textContent(), "1");
  await app.run("client.arrive(Array.from({ length: 98 }, (_, index) => notification('n' + index)))");
  await app.part("badge").getByText("99", { exact: true }).waitFor();
  await app.run("client.arrive([notification('z')])");
  await app.part("badge").getByText("99+", { exact: true }).waitFor();
  await app.button("Notifications, 100 unread").waitFor();
  await app.run("inbox.client = null");
  await app.part("badge").waitFor({ state: "hidden" });
  await app.button("Notifications").waitFor();
});

test("a notification shows its content, priority, group, state and time", async () => {
  await app.open(
    {
      d: { payload: { rawContent: '{"order": 7}' }, minutes: 1 },
      c: { title: "Low", priority: "Low", groupName: "Builds", minutes: 59 },
      b: { title: "High", body: "Read me", priority: "High", minutes: 60 },
      a: { title: "Seen", readState: "read", minutes: 60 * 47 },
    },
    "inline",
  );
  await app.hasRows(4);
  assert.deepEqual(await titles(), ["Message", "Low", "High", "Seen"]);
  assert.deepEqual(await app.page.locator("time").allTextContents(), [
    "1 minute ago",
    "59 minutes ago",
    "1 hour ago",
    "1 day ago",
  ]);
  const [raw, low, high, seen] = await app.part("item").all();
  assert.equal(await raw.locator("[part=body]").textContent(), '{"order": 7}');
  assert.match(await low.innerText(), /Unread\s+↓\s+Builds\s+59 minutes ago/);
  assert.equal(await low.getByRole("img", { name: "Low priority" }).count(), 1);
  assert.match(await high.innerText(), /Read me/);
  assert.equal(await high.getByRole("img", { name: "High priority" }).textContent(), "!");
  assert.equal(await seen.getByText("Unread").count(), 0);
  assert.equal(await seen.getByRole("img").count(), 0);
  const time = high.locator("time");
  assert.equal(await time.getAttribute("datetime"), "2026-11-22T11:00:00.000Z");
  assert.equal(await time.getAttribute("title"), "Nov 22, 2026, 12:00 PM");
  assert.equal(await app.part("bell").isVisible(), false);
  assert.equal(await app.page.getByRole("region", { name: "Notifications" }).count(), 1);

  await app.run("inbox.hideRaw = true");
  await app.hasRows(3);
});

test("content is shown as text, never as markup", async () => {
  const markup = "<img src=x onerror=alert(1)>";
  await app.open({ a: { title: markup, body: markup, groupName: markup } }, "inline");
  await app.hasRows(1);
  assert.match((await app.part("item").textContent()) ?? "", /<img.*<img.*<img/);
  assert.equal(await app.page.locator("img").count(), 0);
  assert.deepEqual(app.complaints, []);
});

test("times keep themselves current", async () => {
  await app.page.clock.install();
  await app.open({ a: { minutes: 0 } }, "inline");
  // The element's clock is the page's, shifted so that it stands at noon now.
  await app.run("const shift = NOON - Date.now(); inbox.clock = () => Date.now() + shift");
  const time = (/** @type {string} */ text) => app.page.locator("time").getByText(text, { exact: true }).waitFor();
  await time("now");
  await app.page.clock.fastForward(60_000);
  await time("1 minute ago");
  await app.page.clock.fastForward(59 * 60_000);
  await time("1 hour ago");
});

test("activating marks as read, unless the app prevents it", async () => {
  await app.open(THREE, "inline");
  await app.run("inbox.addEventListener('notifeed-activate', ({ detail }) => (globalThis.detail = detail))");
  // Anywhere on it, as it looks.
  await app
    .part("item")
    .first()
    .click({ position: { x: 5, y: 5 } });
  await app.button("Mark unread: Third").waitFor();
  assert.equal(await app.run("detail.id"), "c");
  assert.deepEqual(await app.asked(), ["c read activated"]);
  await app.button("Third").click();
  assert.deepEqual(await app.asked(), ["c read activated"], "it is so already");
  await app.run("inbox.addEventListener('notifeed-activate', (event) => event.preventDefault())");
  // The time can be hovered, for the absolute one.
  await app.part("time").nth(1).click();
  assert.equal(await app.run("detail.id"), "b");
  assert.deepEqual(await app.asked(), ["c read activated"]);
});

test("read and unread, dismiss and restore, all read", async () => {
  await app.open(THREE, "inline", "show-dismissed");
  await app.button("Mark read: Third").click();
  await app.button("Mark unread: Third").click();
  await app.button("Mark read: Third").waitFor();
  await app.button("Dismiss: Second").click();
  await app.button("Restore: Second").waitFor();
  assert.match(await app.part("item").nth(1).innerText(), /Dismissed/);
  await app.run("inbox.showDismissed = false");
  await app.hasRows(2);
  await app.run("inbox.showDismissed = true");
  await app.button("Restore: Second").click();
  await app.button("Dismiss: Second").waitFor();
  await app.button("Mark all read").click();
  await app.page.locator("[part=mark-all][aria-disabled=true]").waitFor();
  await app.focused(app.part("mark-all"));
  await app.run("inbox.addEventListener('notifeed-dismiss', (event) => event.preventDefault())");
  await app.button("Dismiss: First").click();
  assert.deepEqual(await app.asked(), ["c read", "c unread", "b read dismissed", "b noInteraction", "all read"]);
});

test("a refused change comes back, is said and told", async () => {
  await app.open(THREE, "inline");
  await app.run(
    "client.refusal = new Error('no'); inbox.addEventListener('notifeed-error', ({ detail }) => (globalThis.error = detail))",
  );
  await app.button("Dismiss: Third").click();
  await app.spoken("That couldn’t be changed");
  await app.part("notice").getByText("That couldn’t be changed").waitFor();
  assert.equal(await app.run("error === client.refusal"), true);
  await app.hasRows(3);
  await app.run("client.refusal = undefined");
  await app.button("Dismiss: Third").click();
  await app.hasRows(2);
  await app.part("notice").waitFor({ state: "hidden" });
});

test("opening and closing the list both mark everything as seen; marking removes no notice", async () => {
  await app.open(THREE);
  assert.equal(await app.run("client.looks"), 0);
  await app.run("client.refuse(new Error('no'))");
  await app.run("inbox.open = true");
  await app.until("client.looks === 1");
  await app.run("client.arrive([notification('d')])");
  await app.part("notice").getByText("That couldn’t be changed").waitFor();
  await app.run("inbox.open = false");
  await app.until("client.looks === 2");
});

test("what arrives is read out, once and together; what is replayed isn't", async () => {
  await app.open(THREE);
  await app.run("client.arrive([notification('d'), notification('e', { title: 'Lunch' })])");
  await app.spoken("New: d; Lunch");
  await app.run("client.arrive(['f', 'g', 'h', 'i'].map((id) => notification(id)))");
  await app.spoken("4 new notifications");
  await app.run(
    "client.arrive([notification('j')], { replayed: true }); client.arrive([notification('k', { payload: { rawContent: 'x' } })])",
  );
  await app.spoken("New: Message");
  await app.run(
    "inbox.hideRaw = true; client.arrive([notification('l', { payload: { rawContent: 'x' } }), notification('m')])",
  );
  await app.spoken("New: m");
  // A sentence that was about to be said to one person isn't said to the next.
  await app.run("client.arrive([notification('secret')]); inbox.client = new PageClient()");
  await app.run("inbox.client = client; client.arrive([notification('n')])");
  await app.spoken("New: n");
  // The same words again are another piece of news.
  await app.run(
    "globalThis.said = inbox.shadowRoot.querySelector('[role=status]').firstChild; client.arrive([notification('n')])",
  );
  await app.until("inbox.shadowRoot.querySelector('[role=status]').firstChild !== said");
  await app.spoken("New: n");
});

test("it says when it isn't live, and that it is empty only when it knows", async () => {
  await app.open({}, "inline");
  const notice = app.part("notice");
  const empty = app.page.getByText("Nothing new");
  await empty.waitFor();
  await app.run("client.become({ state: 'connecting' }, null)");
  await notice.getByText("Connecting…").waitFor();
  await empty.waitFor({ state: "hidden" });
  await app.run("client.become({ state: 'waiting' }, 'c1')");
  await notice.getByText("Connection lost. Trying again…").waitFor();
  await empty.waitFor();
  await app.button("Try now").click();
  assert.deepEqual(await app.asked(), ["reconnect"]);
  await app.run("client.become({ state: 'stopped' })");
  await notice.getByText("Not connected").waitFor();
  await app.run("client.become({ state: 'live' })");
  await notice.waitFor({ state: "hidden" });
});

test("words, numbers and times are in the language that is asked for", async () => {
  await app.open({ a: { minutes: 5 } });
  await app.run(`inbox.lang = "de";
    inbox.labels = { heading: "Mitteilungen", bell: (unread) => unread + " ungelesen", dismiss: "Verwerfen" };
    inbox.open = true`);
  await app.page.getByRole("dialog", { name: "Mitteilungen" }).waitFor();
  await app.button("1 ungelesen").waitFor();
  await app.page.getByText("vor 5 Minuten").waitFor();
  await app.button("Verwerfen: a").waitFor();
  await app.button("Mark read: a").waitFor();
  await app.run("inbox.lang = 'ar-EG'");
  await app.part("badge").getByText("١", { exact: true }).waitFor();
  await app.run("inbox.lang = 'not a language'");
  await app.page.getByText("5 minutes ago").waitFor();
  assert.deepEqual(app.complaints, []);
});

test("10,000 notifications don't freeze it: a window is drawn, more on demand", async () => {
  await app.open({}, "inline");
  const took = await app.page.evaluate(async () => {
    const { client, notification, inbox } = /** @type {any} */ (globalThis);
    Object.assign(globalThis, { titles: () => [...inbox.shadowRoot.querySelectorAll("[part=title]")] });
    const all = Array.from({ length: 10_000 }, (_, index) => notification(`n${index}`, { minutes: index }));
    const began = performance.now();
    client.arrive(all, { replayed: true });
    await new Promise((done) => setTimeout(done));
    inbox.getBoundingClientRect();
    return performance.now() - began;
  });
  assert.ok(took < 1000, `${took} ms`);
  await app.part("badge").getByText("99+").waitFor({ state: "attached" });
  await app.hasRows(50);
  assert.equal(await app.part("item").first().getAttribute("aria-setsize"), "10000");

  // By button: the focus goes on with the first of the new ones. On the way there more come by scrolling.
  await app.button("Show more").press("Enter");
  await app.until("[50, 100].includes(titles().indexOf(inbox.shadowRoot.activeElement))");
  await app.part("more").scrollIntoViewIfNeeded();
  await app.until("titles().length >= 150");
  assert.equal(await app.run("titles().length < 1000"), true);

  // Nodes stay: what arrives adds one.
  await app.run(
    "globalThis.first = inbox.shadowRoot.querySelector('li'); client.arrive([notification('new', { minutes: -1 })])",
  );
  await app.button("new").waitFor();
  assert.equal(await app.run("first === inbox.shadowRoot.querySelectorAll('li')[1]"), true);
});

test("it keeps what was set before it was defined, takes other names, and needs no DOM to be imported", async () => {
  await app.load();
  await app.run(
    "client.arrive([notification('a')]); inbox.client = client; inbox.inline = true; defineInbox(); defineInbox()",
  );
  await app.hasRows(1);
  assert.equal(await app.run("inbox instanceof NotifeedInbox && Object.keys(inbox).length === 0"), true);
  await app.run("defineInbox('app-inbox'); document.body.append(document.createElement('app-inbox'))");
  await app.page.locator("app-inbox [part=bell]").waitFor();

  const path = "../../www/notifeed/inbox.js";
  const { defineInbox, NotifeedInbox } = await import(path);
  defineInbox();
  assert.equal(typeof NotifeedInbox, "function");
});
