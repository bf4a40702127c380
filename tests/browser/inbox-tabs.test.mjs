// The tabs of <notifeed-inbox>: what each shows, by mouse and by keyboard.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { App } from "./inbox.mjs";

const app = await App.start();

beforeEach(() => app.renew());

const FIVE = {
  e: { groupName: "Builds" },
  d: { groupName: "Chat", minutes: 1 },
  c: { groupName: "Builds", readState: "read", minutes: 2 },
  b: { userActionState: "dismissed", readState: "read", groupName: "Gone", minutes: 3 },
  a: { minutes: 4 },
};

/** @param {string} name */
const tab = (name) => app.page.getByRole("tab", { name, exact: true });
const titles = () => app.part("title").allTextContents();
const tabs = () => app.page.getByRole("tab").allTextContents();

/** @param {string} wanted */
async function shows(wanted) {
  await app.until(
    `[...inbox.shadowRoot.querySelectorAll("[part=title]")].map((node) => node.textContent).join() === "${wanted}"`,
  );
}

test("each tab shows its own, and nothing is a tab unless the app wants it", async () => {
  await app.open(FIVE, "inline");
  await app.hasRows(4);
  assert.deepEqual(await tabs(), []);
  assert.equal(await app.page.getByRole("tabpanel").count(), 0);

  await app.run("inbox.tabs = ''");
  await tab("All").waitFor();
  assert.deepEqual(await tabs(), ["All", "Unread", "Dismissed"]);
  assert.deepEqual(await titles(), ["e", "d", "c", "a"]);
  await tab("Unread").click();
  await shows("e,d,a");
  assert.equal(await app.page.getByRole("tabpanel", { name: "Unread" }).count(), 1);
  await tab("Dismissed").click();
  await shows("b");
  // Dismissing is archiving: what is dismissed goes there, and comes back from there.
  await app.button("Restore: b").click();
  await app.page.getByText("Nothing here").waitFor();
  await tab("All").click();
  await shows("e,d,c,b,a");
  await app.button("Dismiss: e").click();
  await tab("Dismissed").click();
  await shows("e");
  assert.deepEqual(app.complaints, []);
});

test("groups have tabs as long as they have notifications, or somebody looks at them", async () => {
  await app.open(FIVE, "inline");
  await app.run("inbox.tabs = 'unread groups nonsense'");
  await tab("Builds").waitFor();
  assert.deepEqual(await tabs(), ["Unread", "Builds", "Chat"]);
  await tab("Builds").click();
  await shows("e,c");
  await app.run("client.arrive([notification('f', { groupName: 'Admin', minutes: -1 })])");
  await tab("Admin").waitFor();
  await app.focused(tab("Builds"));
  await app.run("client.leave('c'); client.leave('e'); client.leave('d')");
  await app.page.getByText("Nothing here").waitFor();
  assert.deepEqual((await tabs()).sort(), ["Admin", "Builds", "Unread"]);
  await tab("Unread").click();
  await shows("f,a");
  assert.deepEqual(await tabs(), ["Unread", "Admin"]);
  // A group may be called like anything.
  await app.run("client.arrive(['all', '<b>', 'groups'].map((groupName) => notification(groupName, { groupName })))");
  await tab("<b>").click();
  await shows("<b>");
  await tab("all").click();
  await shows("all");
  assert.deepEqual(app.complaints, []);
});

test("arrow keys, Home and End go from tab to tab, right to left too; Tab goes on to the list", async () => {
  for (const [dir, forward, back] of [
    ["ltr", "ArrowRight", "ArrowLeft"],
    ["rtl", "ArrowLeft", "ArrowRight"],
  ]) {
    await app.renew();
    await app.open(FIVE, "inline");
    await app.run(`document.dir = "${dir}"; inbox.tabs = ""`);
    await tab("All").focus();
    const { keyboard } = app.page;
    await keyboard.press(String(forward));
    await app.focused(tab("Unread"));
    assert.equal(await tab("Unread").getAttribute("aria-selected"), "true");
    await shows("e,d,a");
    await keyboard.press(String(back));
    await keyboard.press(String(back));
    await app.focused(tab("Dismissed"));
    await keyboard.press(String(forward));
    await app.focused(tab("All"));
    await keyboard.press("End");
    await app.focused(tab("Dismissed"));
    await keyboard.press("Home");
    await app.focused(tab("All"));
    await keyboard.press("Tab");
    await app.focused(app.button("e"));
    await keyboard.press("Shift+Tab");
    await app.focused(tab("All"));
  }
});

test("what is read in the tab of unread ones leaves it, and the focus goes on", async () => {
  await app.open(FIVE, "inline");
  await app.run("inbox.tabs = ''");
  await tab("Unread").click();
  await app.button("Mark read: d").click();
  await shows("e,a");
  await app.focused(app.button("Mark read: a"));
});

test("“mark all read” marks what the view shows", async () => {
  await app.open(FIVE);
  await app.run("inbox.tabs = 'all groups'; inbox.open = true");
  await tab("Chat").click();
  await app.button("Mark all read").click();
  await app.page.locator("[part=mark-all][aria-disabled=true]").waitFor();
  assert.deepEqual(await app.asked(), ["d read"]);
  // The badge counts all that the feed has, whatever is looked at.
  await app.part("badge").getByText("2", { exact: true }).waitFor();
  await app.run(
    "inbox.hideRaw = true; client.arrive([notification('r', { groupName: 'Chat', payload: { rawContent: 'x' } })])",
  );
  await tab("All").click();
  await app.button("Mark all read").click();
  await app.page.locator("[part=mark-all][aria-disabled=true]").waitFor();
  assert.deepEqual(await app.asked(), ["d read", "e read", "a read"]);
});
