// <notifeed-inbox> among what it didn't choose: odd notifications, labels and clocks, other documents and languages.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { App, THREE } from "./inbox.mjs";

const app = await App.start();

beforeEach(() => app.renew());

test("an odd notification harms no other", async () => {
  await app.open(THREE, "inline");
  await app.hasRows(3);
  await app.run(`client.arrive([
    { id: "bare", createdDateTime: "never" },
    notification("nothing", { payload: null, priority: null, groupName: null }),
    notification("newer", { priority: "Urgent", readState: "seen", userActionState: "archived", targetPolicy: 5, more: [1] }),
    notification("kinds", { payload: { visualContent: { title: 5, body: {} } }, groupName: ["x"], displayTimeToLive: "soon" }),
    notification("raw", { payload: { rawContent: { a: 1 } } }),
  ], { replayed: true }); client.items = [null, "text", {}, { id: 7 }, ...client.items]; inbox.tabs = "all groups"`);
  await app.hasRows(8);
  await app.run("client.items = client.items.filter((item) => item?.targetHostName || item?.id === 'bare')");
  await app.run("client.arrive([notification('after', { title: 'After all that', groupName: 'G' })])");
  await app.button("After all that").waitFor();
  await app.page.getByRole("tab", { name: "G", exact: true }).waitFor();
  assert.equal(await app.button("Message").count(), 4);
  await app.button("Dismiss: newer").click();
  await app.button("Dismiss: newer").waitFor({ state: "detached" });
  const bare = app.page.locator("li[data-id=bare]");
  assert.equal(await bare.locator("time").isVisible(), false);
  await bare.getByRole("button", { name: "Message", exact: true }).click();
  assert.deepEqual(await app.asked(), ["newer read dismissed", "bare read activated"]);
  await app.spoken("New: After all that");
  assert.deepEqual(app.complaints, []);
});

test("a label that throws or says nothing is English", async () => {
  await app.open(THREE, "inline");
  await app.run(`inbox.labels = {
    heading: "", markAllRead: null, bell: () => { throw new Error("no") }, arrived: () => undefined, of: () => 5, dismiss: "Weg",
  }`);
  await app.page.getByRole("heading", { name: "Notifications" }).waitFor();
  await app.button("Weg: Third").waitFor();
  await app.button("Mark all read").waitFor();
  await app.run("client.arrive([notification('d')])");
  await app.spoken("New: d");
  await app.run("inbox.inline = false");
  await app.button("Notifications, 4 unread").waitFor();
  await app.run("inbox.labels = undefined");
  await app.button("Notifications, 4 unread").waitFor();
  assert.deepEqual(app.complaints, []);
});

test("a clock that throws, says no time or stands still harms nothing, and no timer spins", async () => {
  await app.open({ a: { minutes: 5 } }, "inline");
  await app.run("inbox.clock = () => { throw new Error('no') }");
  await app.page.getByText("5 minutes ago").waitFor();
  await app.run("inbox.clock = () => 'soon'");
  await app.page.getByText("5 minutes ago").waitFor();
  await app.run("inbox.clock = () => Infinity");
  await app.page.getByText("5 minutes ago").waitFor();

  // The clock stands a millisecond before a minute is over: it is asked again, but not at every turn.
  await app.page.clock.install();
  await app.run("globalThis.asked = 0; inbox.clock = () => (asked++, NOON - 5 * 60_000 + 59_999)");
  await app.page.locator("time").getByText("now", { exact: true }).waitFor();
  const before = await app.run("asked");
  await app.page.clock.runFor(10_000);
  const times = (await app.run("asked")) - before;
  assert.ok(times >= 9 && times <= 11, `${times} times in 10 s`);
  await app.run("inbox.remove()");
  const after = await app.run("asked");
  await app.page.clock.runFor(10_000);
  assert.equal(await app.run("asked"), after, "out of the page it asks nobody");
  assert.deepEqual(app.complaints, []);
});

test("it keeps its looks in another document, and follows the language there", async () => {
  await app.open(THREE);
  await app.run(`{
    const frame = document.createElement("iframe");
    frame.style = "inline-size: 600px; block-size: 500px";
    document.body.append(frame);
    globalThis.other = frame.contentDocument;
    other.documentElement.lang = "de";
    inbox.open = true;
  }`);
  const looks = "({ ...getComputedStyle(inbox.shadowRoot.querySelector('[part=bell]')) }).inlineSize";
  assert.equal(await app.run(looks), "40px");
  await app.run("other.body.append(inbox); inbox.open = true");
  await app.until("inbox.shadowRoot.querySelector('li')");
  assert.equal(await app.run(looks), "40px");
  assert.equal(await app.run("inbox.shadowRoot.adoptedStyleSheets.length"), 1);
  await app.page.frameLocator("iframe").getByText("vor 5 Minuten").waitFor();
  // Two of a document share one sheet.
  assert.equal(
    await app.run(
      "other.body.append(new inbox.constructor()); other.body.lastChild.shadowRoot.adoptedStyleSheets[0] === inbox.shadowRoot.adoptedStyleSheets[0]",
    ),
    true,
  );
  await app.run("document.body.append(inbox); inbox.inline = true");
  await app.until("inbox.shadowRoot.querySelector('li')");
  assert.equal(await app.run("getComputedStyle(inbox).display"), "block");
  await app.page.getByText("5 minutes ago").waitFor();
});

test("it follows the page's language when that changes, out of shadow trees too", async () => {
  await app.open({ a: { minutes: 5 } }, "inline");
  await app.page.getByText("5 minutes ago").waitFor();
  await app.run("document.documentElement.lang = 'fr'");
  await app.page.getByText("il y a 5 minutes").waitFor();
  await app.run("document.querySelector('main').lang = 'es'");
  await app.page.getByText("hace 5 minutos").waitFor();
  await app.run(`{
    const host = document.createElement("div");
    document.body.append(host);
    host.attachShadow({ mode: "open" }).append(inbox);
    host.lang = "de";
  }`);
  await app.page.getByText("vor 5 Minuten").waitFor();
});

test("two of them, taken out and put back many times, leave nothing behind", async () => {
  await app.open(THREE);
  await app.run(`{
    globalThis.second = Object.assign(document.createElement("notifeed-inbox"), { client });
    document.body.append(second);
  }`);
  const listeners = await app.run("client.listeners");
  for (let round = 0; round < 3; round++)
    await app.run("for (const one of [inbox, second]) { one.remove(); defineInbox(); document.body.append(one); }");
  assert.equal(await app.run("client.listeners"), listeners);
  await app.run("second.client = null; second.client = client; second.client = client");
  assert.equal(await app.run("client.listeners"), listeners);
  await app.run("inbox.remove(); second.remove()");
  assert.equal(await app.run("client.listeners"), 0);
});

test("what was a person's is gone when the feed is another's or nobody's, closed or open", async () => {
  const traces = "inbox.shadowRoot.textContent.match(/Third|Secret/g)";
  await app.open(THREE);
  await app.run("inbox.open = true");
  await app.button("Third").waitFor();
  await app.run("inbox.open = false");
  await app.until(`${traces} === null`);
  await app.run("client.arrive([notification('Secret')])");
  await app.spoken("New: Secret");
  await app.run("inbox.client = new PageClient()");
  await app.until(`${traces} === null`);

  await app.run("inbox.client = client; inbox.open = true; client.arrive([notification('Secret')])");
  await app.spoken("New: Secret");
  // Signed out: the client empties itself and stops.
  await app.run("client.items = []; client.become({ state: 'stopped' }, null)");
  await app.until(`${traces} === null`);
  await app.part("badge").waitFor({ state: "hidden" });
});

test("an app draws pictures and bodies of its own, with controls that are its own", async () => {
  await app.open(THREE, "inline");
  await app.run(`{
    inbox.innerHTML = '<b slot="icon-c">*</b><div slot="body-c"><p>My own</p><button>Approve</button><input aria-label="Reply"></div>';
    inbox.addEventListener("notifeed-activate", ({ detail }) => (globalThis.activated = detail.id));
  }`);
  await app.button("Approve").click();
  await app.page.getByRole("textbox", { name: "Reply" }).click();
  await app.page.keyboard.type("d, Delete");
  await app.page.keyboard.press("Delete");
  assert.equal(await app.page.getByRole("textbox", { name: "Reply" }).inputValue(), "d, Delete");
  assert.equal(await app.run("globalThis.activated"), undefined);
  assert.deepEqual(await app.asked(), []);
  await app.page.getByText("My own").click();
  await app.button("Mark unread: Third").waitFor();
  assert.equal(await app.run("activated"), "c");
  await app.findsNothing("with an app's own content");
});
