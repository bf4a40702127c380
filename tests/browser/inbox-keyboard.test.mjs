// <notifeed-inbox> by keyboard: where the focus goes, and that it is never lost.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { App, THREE } from "./inbox.mjs";

const app = await App.start();

beforeEach(() => app.renew());

/** @param {...string} keys */
async function press(...keys) {
  for (const key of keys) await app.page.keyboard.press(key);
}

test("Tab goes to one notification and its buttons, the arrow keys to the others", async () => {
  await app.open(THREE, "inline");
  await app.page.locator("#before").focus();
  await press("Tab");
  await app.focused(app.button("Mark all read"));
  for (const name of ["Third", "Mark read: Third", "Dismiss: Third"]) {
    await press("Tab");
    await app.focused(app.button(name));
  }
  await press("ArrowDown");
  await app.focused(app.button("Dismiss: Second"));
  await press("End");
  await app.focused(app.button("Dismiss: First"));
  await press("ArrowDown");
  await app.focused(app.button("Dismiss: First"));
  await press("Tab");
  await app.focused(app.page.locator("#after"));
  await press("Shift+Tab");
  await app.focused(app.button("Dismiss: First"));
  await press("Shift+Tab", "Shift+Tab");
  await app.focused(app.button("First"));
  await press("ArrowUp");
  await app.focused(app.button("Second"));
  await press("Home", "ArrowUp");
  await app.focused(app.button("Third"));
  assert.deepEqual(app.complaints, []);
});

test("Enter follows, Delete and d dismiss and go on with the neighbour", async () => {
  await app.open({ ...THREE, d: { minutes: 300 } }, "inline");
  await app.button("Third").focus();
  await press("Enter");
  await app.button("Mark unread: Third").waitFor();
  await app.focused(app.button("Third"));
  await press("Delete");
  await app.hasRows(3);
  await app.focused(app.button("Second"));
  await press("Control+d", "End", "d");
  await app.hasRows(2);
  await app.focused(app.button("First"));
  await press("Tab", "Tab", "Enter");
  await app.hasRows(1);
  await app.focused(app.button("Dismiss: Second"));
  await press("Space");
  await app.page.getByText("Nothing new").waitFor();
  await app.focused(app.page.getByRole("heading", { name: "Notifications" }));
  assert.deepEqual(await app.asked(), [
    "c read activated",
    "c read dismissed",
    "d read dismissed",
    "a read dismissed",
    "b read dismissed",
  ]);
});

test("when another device removes a notification, the focus moves to the next one, and to none of its buttons", async () => {
  await app.open(THREE, "inline");
  await app.button("Dismiss: Second").focus();
  await app.run("client.leave('b')");
  await app.hasRows(2);
  await app.focused(app.part("item").nth(1));
  await press("d", "Enter", "Delete");
  assert.deepEqual(await app.asked(), []);
  await press("ArrowUp");
  await app.focused(app.button("Third"));
  await app.run("client.leave('c'); client.leave('a')");
  await app.focused(app.page.getByRole("heading", { name: "Notifications" }));
});

test("what changes or arrives leaves the focus where it is", async () => {
  await app.open(THREE, "inline");
  await app.button("Mark read: Second").focus();
  await app.run("client.arrive([notification('d', { minutes: -1 }), notification('e', { minutes: 1 })])");
  await app.hasRows(5);
  await app.focused(app.button("Mark read: Second"));
  // Replaced by a newer one: it comes to another place.
  await app.run("client.arrive([notification('b', { title: 'Again', minutes: -2 })])");
  await app.button("Again").waitFor();
  assert.equal(await app.part("title").first().textContent(), "Again");
  await app.focused(app.button("Mark read: Again"));
  await press("Enter");
  await app.focused(app.button("Mark unread: Again"));
  // Refused, it comes back.
  await app.run("client.refusal = new Error('no')");
  await press("Tab", "Enter");
  await app.spoken("That couldn’t be changed");
  await app.hasRows(5);
  assert.equal(await app.run("inbox.shadowRoot.activeElement !== null"), true);
});

test("the button “Try now” keeps the focus until the outcome is known", async () => {
  await app.open(THREE, "inline");
  await app.run("client.become({ state: 'waiting' })");
  await app.button("Try now").press("Enter");
  await app.run("client.become({ state: 'connecting' })");
  await app.page.getByText("Connecting…").waitFor();
  await app.focused(app.button("Try now"));
  await app.run("client.become({ state: 'live' })");
  await app.focused(app.page.getByRole("heading", { name: "Notifications" }));
  assert.equal(await app.part("notice").isVisible(), false);
});

test("by keyboard all of a long list is reached", async () => {
  await app.open();
  await app.run(
    "client.arrive(Array.from({ length: 120 }, (_, index) => notification('n' + index, { minutes: index })))",
  );
  await app.part("bell").press("Enter");
  await app.focused(app.button("n0"));
  await press("End");
  await app.until("inbox.shadowRoot.activeElement.textContent === 'n49'");
  await press("ArrowDown");
  await app.focused(app.button("n50"));
  await press("End", "End", "End");
  await app.focused(app.button("n119"));
  assert.equal(await app.part("more").isVisible(), false);
  // The former place is found again.
  await press("Home", "ArrowDown", "Escape");
  await app.focused(app.part("bell"));
  await press("Enter");
  await app.focused(app.button("n1"));
  assert.equal(await app.part("item").count(), 50);
});
