// The console's purpose as one story: write, see it judged, send, see it arrive on four devices, dismiss it on one and
// see it leave the others, drop a line, send, bring it back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startService } from "../blackbox/harness.mjs";
import { launch } from "./chromium.mjs";
import { Console } from "./console.mjs";

const service = await startService();
const browser = await launch();

/** How long deliveries took, as the picture has it: a row a device. @param {import("playwright-core").Page} page */
async function latencies(page) {
  const rows = await page
    .locator(".latency tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map(({ textContent }) => textContent)));
  return rows.map(([name, , last, median, p95]) => ({ name, last, median, p95 }));
}

test("the demonstration: send, dismiss, disconnect, and resume", async () => {
  const console = await Console.open(browser, service.url);
  const { page, devices } = console;
  const verdict = page.locator("#verdict");

  // Judged while it is typed.
  await verdict.getByText("Valid", { exact: true }).waitFor();
  await console.compose({ Title: "" });
  await verdict.getByText("400 InvalidPayload: 1 violation").waitFor();
  assert.equal(await page.getByLabel("Title", { exact: true }).getAttribute("aria-invalid"), "true");
  await console.compose({ Title: "Lunch is ready" });
  await verdict.getByText("Valid", { exact: true }).waitFor();

  // Sent, and there on all four, with the time that it took.
  for (const device of devices) assert.equal(await device.items.count(), 0);
  await console.send();
  for (const device of devices) {
    await device.sees("Lunch is ready");
    await device.says(/^arrived in \d+ ms$/);
  }
  await console.announces(/Arrived on .+: Lunch is ready/);
  await console.hasUnread(1);
  await page.locator(".latency rect").nth(3).waitFor();
  for (const [index, { name, last, median, p95 }] of (await latencies(page)).entries()) {
    const shown = await devices[index].place.locator(".took").textContent();
    assert.equal(shown, `arrived in ${last} ms`, name ?? "");
    assert.deepEqual([median, p95], [last, last]);
  }

  // Dismissed on one, gone on the others.
  await console.device("ios").button("Dismiss", "Lunch is ready").click();
  for (const device of devices) await device.noLongerSees("Lunch is ready");
  await console.hasUnread(0);
  await console.announces(/Dismissed on iOS: Lunch is ready/);

  // Away while something is sent; what was missed comes with the line, and nothing else.
  const android = console.device("android");
  await android.line("Drop").click();
  await android.is("dropped");
  await android.says("Dropped: last known state");
  await console.hasLines(["windows", "ios", "webpush"]);
  await console.compose({ "Notification id": "second", Title: "Coffee is ready" });
  await console.send();
  for (const device of devices) if (device.platform !== "android") await device.sees("Coffee is ready");
  assert.equal(await android.items.count(), 0);
  assert.equal((await latencies(page))[2].last, (await latencies(page))[2].median, "none of it for who was away");

  await android.line("Bring back").click();
  await android.sees("Coffee is ready");
  await android.is("live");
  await android.says("Resumed, 1 change replayed");
  await android.item("Coffee is ready").getByText("replayed", { exact: true }).waitFor();
  assert.deepEqual(
    console.frames("android").map(({ type, replayed, resumed }) => ({ type, replayed, resumed })),
    [
      { type: "feed", replayed: undefined, resumed: undefined },
      { type: "notification", replayed: true, resumed: undefined },
      { type: "ready", replayed: undefined, resumed: true },
    ],
  );
  assert.equal(await android.items.count(), 1);
  assert.deepEqual(console.complaints, []);
});
