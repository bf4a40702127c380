// Toasts in a real browser, on a client without a line.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { App } from "./inbox.mjs";

const app = await App.start();

beforeEach(async () => {
  await app.renew();
  await app.page.clock.install();
  await app.open();
  await app.page.clock.pauseAt(Date.now() + 60_000);
});

const toast = () => app.part("toast");

/** @param {number} count */
const shows = (count) =>
  app.until(`(document.querySelector(".notifeed-toasts")?.shadowRoot.children.length ?? 0) === ${count}`);

test("what has just come is shown for 8 seconds, and takes no focus", async () => {
  await app.page.locator("#before").focus();
  await app.run(`globalThis.end = showToasts(client);
    client.arrive([notification("old")], { replayed: true });
    client.arrive([notification("a", { title: "Lunch", body: "Room 4" }), notification("read", { readState: "read" })]);
    client.arrive([notification("raw", { payload: { rawContent: "x" } })])`);
  await shows(1);
  await app.button("Lunch").waitFor();
  await app.page.getByText("Room 4").waitFor();
  await app.page.getByRole("region", { name: "Notifications" }).waitFor();
  await app.focused(app.page.locator("#before"));
  const region = "document.querySelector('.notifeed-toasts').shadowRoot";
  assert.equal(await app.run(`${region}.querySelectorAll("[role=status], [role=alert], [aria-live]").length`), 0);
  assert.equal(await app.run("document.getAnimations().length"), 0);
  await app.page.clock.runFor(7900);
  await shows(1);
  await app.page.clock.runFor(200);
  await shows(0);
  assert.deepEqual(await app.asked(), []);
  assert.deepEqual(app.complaints, []);
});

test("axe finds nothing", async () => {
  await app.renew();
  await app.open();
  await app.run("showToasts(client); client.arrive([notification('a', { title: 'Lunch', body: 'Room 4' })])");
  await shows(1);
  await app.findsNothing("with a toast");
});

test("it stays while somebody points at it or has the focus in it", async () => {
  await app.run("showToasts(client); client.arrive([notification('a', { title: 'Lunch' })])");
  await toast().hover();
  await app.page.clock.runFor(60_000);
  await shows(1);
  await app.page.mouse.move(0, 0);
  await app.page.clock.runFor(7900);
  await shows(1);
  await app.page.locator("#before").focus();
  await app.button("Lunch").focus();
  await app.page.clock.runFor(60_000);
  await shows(1);
  await app.page.keyboard.press("Escape");
  await shows(0);
  await app.focused(app.page.locator("#before"));
});

test("a press follows it and marks it, the cross closes it alone", async () => {
  await app.run(`showToasts(client, { labels: { heading: "Mitteilungen", close: "Schließen" } });
    document.addEventListener("notifeed-activate", ({ detail }) => (globalThis.activated = detail.id));
    client.arrive([notification("a"), notification("b")])`);
  await app.page.getByRole("region", { name: "Mitteilungen" }).waitFor();
  await app.button("a").click();
  await shows(1);
  assert.equal(await app.run("activated"), "a");
  await app.button("Schließen").click();
  await shows(0);
  assert.deepEqual(await app.asked(), ["a read activated"]);
  await app.run(
    `document.addEventListener("notifeed-activate", (event) => event.preventDefault()); client.arrive([notification("c")])`,
  );
  await app.button("c").click();
  await shows(0);
  assert.deepEqual(await app.asked(), ["a read activated"]);
});

test("it leaves when it is read, dismissed or gone elsewhere, or its person signs out; a replacement takes its place", async () => {
  await app.run("showToasts(client); client.arrive(['a', 'b', 'c'].map((id) => notification(id)))");
  await shows(3);
  // The inbox has what comes while three are shown.
  await app.run("client.arrive([notification('d')])");
  await shows(3);
  await app.run("client.markRead('a')");
  await shows(2);
  await app.run("client.dismiss('b')");
  await shows(1);
  await app.run("client.arrive([notification('c', { title: 'Again' })])");
  await app.button("Again").waitFor();
  await shows(1);
  await app.run("client.leave('c')");
  await shows(0);
  await app.run("client.arrive([notification('e')])");
  await shows(1);
  await app.run("client.items = []; client.become({ state: 'stopped' })");
  await shows(0);
});

test("no toast in a hidden page, no sound unless configured, and no toast after the end", async () => {
  await app.run(`globalThis.played = [];
    globalThis.Audio = class { constructor(address) { played.push(address) } async play() { throw new Error("not allowed") } };
    Object.defineProperty(document, "hidden", { get: () => globalThis.away ?? false });
    globalThis.end = showToasts(client, { when: ({ id }) => id !== "no" });
    away = true;
    client.arrive([notification("a")]);
    away = false;
    client.arrive([notification("no")])`);
  await shows(0);
  await app.run("client.arrive([notification('b')])");
  await shows(1);
  assert.deepEqual(await app.run("played"), []);
  const listeners = await app.run("client.listeners");
  await app.run("end(); showToasts(client, { sound: '/ding.mp3' }); client.arrive([notification('c')])");
  await shows(1);
  assert.deepEqual(await app.run("played"), ["/ding.mp3"]);
  assert.equal(await app.run("client.listeners"), listeners);
  assert.deepEqual(app.complaints, []);
});
