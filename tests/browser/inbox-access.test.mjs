// <notifeed-inbox> for everybody: axe's rules, right to left, forced colours, no motion, no jumps.

import assert from "node:assert/strict";
import { test } from "node:test";
import { App } from "./inbox.mjs";

const app = await App.start();

/** A sample of everything that the list can show. */
const ALL = {
  a: { title: "Standup moved to 10:30", body: "Room 4, or join online", priority: "High", groupName: "Calendar" },
  b: { title: "Build 512 passed", priority: "Low", groupName: "Builds", minutes: 7 },
  c: { payload: { rawContent: '{"kind":"refresh"}' }, minutes: 77 },
  d: { title: "שלום", body: "הודעה, 5", groupName: "עברית", readState: "read", minutes: 500 },
  e: { title: "Over", readState: "read", userActionState: "dismissed", minutes: 5000 },
};

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const dir of ["ltr", "rtl"]) {
    test(`axe finds nothing, ${colorScheme}, ${dir}`, async () => {
      // Motion is off: colours that are on their way are nobody's.
      await app.renew({ colorScheme, reducedMotion: "reduce" });
      await app.open(ALL);
      await app.run(`document.dir = "${dir}"`);
      await app.findsNothing("closed");
      await app.part("bell").click();
      await app.button("Build 512 passed").hover();
      await app.findsNothing("open");
      await app.run("inbox.inline = inbox.showDismissed = true; client.become({ state: 'waiting' })");
      await app.hasRows(5);
      await app.findsNothing("inline, dismissed ones too, not live");
      await app.run("inbox.tabs = 'all unread dismissed groups'");
      await app.page.getByRole("tab", { name: "עברית" }).click();
      await app.findsNothing("with tabs");
      await app.run(
        "inbox.tabs = null; client.become({ state: 'live' }); for (const { id } of client.items) client.leave(id)",
      );
      await app.page.getByText("Nothing new").waitFor();
      await app.findsNothing("empty");
      assert.deepEqual(app.complaints, []);
    });
  }
}

test("right to left everything is mirrored, and each text keeps its own direction", async () => {
  await app.renew({ viewport: { width: 800, height: 600 } });
  await app.open(ALL, "inline");
  /** The places of things, from the start of the line. */
  const places = () =>
    app.run(`(() => {
      const side = document.dir === "rtl" ? "right" : "left";
      const edge = inbox.getBoundingClientRect()[side];
      const parts = ["heading", "mark-all", "title", "body", "group", "actions"];
      return parts.map((name) => Math.round(Math.abs(inbox.shadowRoot.querySelector("[part=" + name + "]").getBoundingClientRect()[side] - edge)));
    })()`);
  /** How far from where their lines start the texts stand. */
  const indents = () =>
    app.run(`[...inbox.shadowRoot.querySelectorAll("[part=title], [part=body]")].filter((node) => node.textContent).map((node) => {
      const side = document.dir === "rtl" ? "right" : "left";
      const text = document.createRange();
      text.selectNodeContents(node);
      return Math.round(text.getBoundingClientRect()[side] - node.getBoundingClientRect()[side]);
    })`);
  const none = Array(7).fill(0);
  const leftToRight = await places();
  assert.deepEqual(await indents(), none);
  await app.run(`document.dir = "rtl"`);
  assert.deepEqual(await places(), leftToRight);
  assert.deepEqual(await indents(), none);
  const direction = (/** @type {string} */ name) =>
    app.button(name).evaluate((node) => getComputedStyle(node).direction);
  assert.equal(await direction("Build 512 passed"), "ltr");
  assert.equal(await direction("שלום"), "rtl");
});

test("the panel stays in the window, wherever the bell is", async () => {
  await app.renew({ viewport: { width: 360, height: 640 } });
  await app.open(ALL);
  for (const dir of ["ltr", "rtl"]) {
    for (const place of ["start", "center", "end"]) {
      await app.run(`document.dir = "${dir}"; inbox.parentElement.style.textAlign = "${place}"; inbox.open = true`);
      const box = await app.part("panel").boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= 360, `${dir} ${place}: ${JSON.stringify(box)}`);
      assert.ok(box.y >= 0 && box.y + box.height <= 640, `${dir} ${place}: ${JSON.stringify(box)}`);
      await app.run("inbox.open = false");
    }
  }
});

test("nothing jumps when something is read, counted or lost", async () => {
  await app.renew();
  await app.open(ALL, "inline");
  const places = () =>
    app.run(`[...inbox.shadowRoot.querySelectorAll("[part~=item], [part=title], [part=facts], [part=actions] button")].map((node) => {
      const { x, y, width } = node.getBoundingClientRect();
      return [x, y, node.tagName === "BUTTON" ? width : 0].join(" ");
    })`);
  const before = await places();
  await app.run("client.markRead('a'); client.become({ state: 'waiting' })");
  await app.button("Mark unread: Standup moved to 10:30").waitFor();
  await app.button("Try now").waitFor();
  assert.deepEqual(await places(), before);

  await app.run("inbox.inline = false");
  const after = app.page.locator("#after");
  const place = await after.boundingBox();
  await app.run("client.arrive(Array.from({ length: 200 }, (_, index) => notification('n' + index)))");
  await app.part("badge").getByText("99+").waitFor();
  assert.deepEqual(await after.boundingBox(), place);
});

test("in forced colours what is unread, important and focused can still be seen", async () => {
  await app.renew({ forcedColors: "active" });
  await app.open(ALL, "inline");
  const style = (
    /** @type {string} */ part,
    /** @type {string} */ property,
    /** @type {string | null} */ pseudo = null,
  ) =>
    app
      .part(part)
      .first()
      .evaluate(
        (node, [property, pseudo]) => getComputedStyle(node, pseudo).getPropertyValue(property ?? ""),
        [property, pseudo],
      );
  const surface = await style("panel", "background-color");
  assert.notEqual(await style("item", "border-top-color", "::before"), surface);
  assert.notEqual(await style("priority", "border-top-color"), surface);
  await app.button("Standup moved to 10:30").focus();
  await app.page.keyboard.press("ArrowDown");
  assert.equal(
    await app
      .part("title")
      .nth(1)
      .evaluate((node) => getComputedStyle(node, "::after").outlineStyle),
    "solid",
  );
});

test("who wants no motion gets none", async () => {
  await app.renew({ reducedMotion: "reduce" });
  await app.open(ALL);
  await app.run("inbox.open = true; client.become({ state: 'waiting' })");
  await app.button("Try now").waitFor();
  const moving = "inbox.shadowRoot.getAnimations().length";
  assert.equal(await app.run(moving), 0);
});

test("an app's colours, fonts and parts reach in", async () => {
  await app.renew();
  await app.open(ALL, "inline");
  await app.run(`{
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("notifeed-inbox { --notifeed-surface: rgb(1, 2, 3) } notifeed-inbox::part(item unread) { color: rgb(4, 5, 6) }");
    document.adoptedStyleSheets = [sheet];
  }`);
  const style = (/** @type {import("playwright-core").Locator} */ node) =>
    node.evaluate((node) => ({ ...getComputedStyle(node) }));
  assert.equal((await style(app.part("panel"))).backgroundColor, "rgb(1, 2, 3)");
  assert.equal((await style(app.part("unread").first())).color, "rgb(4, 5, 6)");
  assert.notEqual((await style(app.part("item").last())).color, "rgb(4, 5, 6)");
});
