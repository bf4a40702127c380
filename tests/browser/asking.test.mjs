// A script asks, a person answers on a phone, the script goes on, and another window shows who answered: the example of
// examples/approve, the service and two consoles.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { appToken, host, startService, temporaryFolder } from "../blackbox/harness.mjs";
import { root } from "../../scripts/local.mjs";
import { seriousFindings } from "./accessibility.mjs";
import { launch } from "./chromium.mjs";
import { Console } from "./console.mjs";

const service = await startService();
const browser = await launch();

/** The example beside the package as it is built, as npm would have it installed. */
async function installed() {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "node_modules"));
  await symlink(join(root, "www/notifeed"), join(folder, "node_modules/notifeed"));
  await cp(join(root, "examples/approve/approve.mjs"), join(folder, "approve.mjs"));
  return folder;
}

test("a script asks, the user answers on a phone, and the script and all devices get the answer", async () => {
  const as = "asked@contoso.com";
  const json = { targetHostName: host, platform: "ios" };
  const device = (await service.request("POST", "/beta/me/notifications/subscriptions", { as, json })).json;
  const [phone, desk] = await Promise.all([
    Console.open(browser, service.url, as, { viewport: { width: 390, height: 844 } }),
    Console.open(browser, service.url, as),
  ]);

  const env = {
    ...process.env,
    NOTIFEED_URL: service.url,
    NOTIFEED_TOKEN: await appToken("contoso-server"),
    NOTIFEED_UNS_ID: device.userNotificationSubscriptionId,
    NOTIFEED_HOST: host,
  };
  const script = spawn(process.execPath, ["approve.mjs", "deploy-42", "Deploy 42?"], { cwd: await installed(), env });
  let said = "";
  script.stderr.on("data", (data) => (said += data));
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve) => script.once("exit", resolve));

  for (const console of [phone, desk]) for (const device of console.devices) await device.sees("Deploy 42?");
  const reason = phone.device("ios").place.getByRole("textbox", { name: "Why?: Deploy 42?" });
  await reason.fill("Not on a Friday");
  assert.deepEqual(await seriousFindings(phone.page), []);
  await reason.press("Enter");

  assert.equal(await ended, 1, said);
  assert.match(said, /reject on iOS: Not on a Friday/);
  for (const console of [phone, desk]) {
    for (const device of console.devices) await device.says("Answered on iOS: Reject (“Not on a Friday”)");
    await console.hasUnread(0);
    assert.deepEqual(console.complaints, []);
  }
  assert.equal(await desk.device("windows").place.getByRole("button", { name: "Approve: Deploy 42?" }).count(), 0);
});

test("a link of a notification leads away from the console, which asks no other server for its icon", async () => {
  const as = "linked@contoso.com";
  const console = await Console.open(browser, service.url, as);
  const visualContent = {
    title: "Build 7",
    link: "https://ci.contoso.com/7",
    icon: "https://ci.contoso.com/icon.png",
    category: "builds",
  };
  const payload = { visualContent };
  await service.post({ targetHostName: host, payload }, { as });
  const windows = console.device("windows");
  await windows.sees("Build 7");
  const link = windows.place.getByRole("link", { name: "Build 7" });
  assert.deepEqual(
    [await link.getAttribute("href"), await link.getAttribute("rel")],
    ["https://ci.contoso.com/7", "noopener noreferrer"],
  );
  await windows.says("builds");
  assert.equal(await windows.place.locator("img").count(), 0);
  assert.deepEqual(console.complaints, []);
});
