// Composing in the console, in a real browser on the real service.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { beforeEach, test } from "node:test";
import { promisify } from "node:util";
import { root } from "../../scripts/local.mjs";
import { startService } from "../blackbox/harness.mjs";
import { launch } from "./chromium.mjs";

/** @typedef {import("playwright-core").Page} Page */

const run = promisify(execFile);
const service = await startService();
const browser = await launch();

/** @type {Page} */
let page;

beforeEach(async () => {
  await page?.context().close();
  const context = await browser.newContext({
    timezoneId: "Asia/Kolkata",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(service.url);
  await verdict("Valid");
});

/** @param {string} label */
const field = (label) => page.getByLabel(label, { exact: true });
const text = () => field("Request body");
const findings = () => page.locator("#findings li");
/** @param {string} said */
const verdict = (said) => page.locator("#verdict").getByText(said, { exact: true }).waitFor();
/** @param {string} name */
const tab = (name) => page.getByRole("tab", { name, exact: true });
/** @param {string} name */
const choose = (name) => field("Sample").selectOption(name);
const body = async () => JSON.parse(await text().inputValue());

/** @param {(body: any) => void} edit */
async function rewrite(edit) {
  const value = await body();
  edit(value);
  await text().fill(JSON.stringify(value, null, 2));
}

/**
 * The faults that stand at a field.
 * @param {string} label
 */
async function atField(label) {
  const ids = (await field(label).getAttribute("aria-describedby")) ?? "";
  return (await page.locator(`[id="${ids}"]`).textContent()) ?? "";
}

/**
 * Waits until these lines are marked, and no others.
 * @param {...string} marks like `violation 4`
 */
async function marked(...marks) {
  const shown = (/** @type {string[]} */ expected) => {
    const found = [...document.querySelectorAll("#gutter > [data-kind]")];
    const marks = found.map((mark) => `${mark.getAttribute("data-kind")} ${mark.textContent}`);
    return String(marks) === String(expected);
  };
  await page.waitForFunction(shown, marks);
}

/** Sends and gives what came: the status, and the error's code if there is one. */
async function send() {
  // The sentence about the last answer must not be taken for that about this answer.
  await page.locator("#answer-said").evaluate((said) => (said.textContent = ""));
  await page.locator("#send").click();
  await page.locator("#answer-said").getByText("Answered").waitFor({ state: "attached" });
  const status = Number.parseInt((await page.locator("#answer-status").textContent()) ?? "");
  const answer = (await page.locator("#answer-body").textContent()) ?? "";
  return { status, answer, code: answer.startsWith("{") ? JSON.parse(answer).error?.code : undefined };
}

test("the form writes the text", async () => {
  await choose("The page's example");
  await field("Title").fill("By form");
  await field("Body").fill("two\nlines");
  await field("Group").fill("");
  await field("Web Push").check();
  await page.getByRole("group", { name: "Platforms", exact: true }).getByLabel("iOS").uncheck();
  await field("Priority").selectOption("Low");
  await field("Display for (s)").fill("90");
  await field("Expires").fill("2030-01-02T05:30:00");
  const written = await body();
  assert.deepEqual(written.payload.visualContent, { title: "By form", body: "two\nlines" });
  assert.ok(!("groupName" in written));
  assert.deepEqual(written.targetPolicy.platformTypes, ["windows", "android", "WebPush"]);
  assert.equal(written.priority, "Low");
  assert.equal(written.displayTimeToLive, 90);
  assert.equal(written.expirationDateTime, "2030-01-02T00:00:00.000Z", "local time in the form, UTC in the text");
  await verdict("Valid, with 1 warning");

  await field("Display for (s)").fill("soon");
  assert.equal((await body()).displayTimeToLive, "soon", "what isn't a number is judged, not swallowed");
  assert.match(await atField("Display for (s)"), /displayTimeToLive/);
});

test("the text fills in the form", async () => {
  await rewrite((value) => {
    value.payload = { rawContent: "<b>raw</b>" };
    delete value.targetPolicy;
  });
  assert.equal(await field("Title").inputValue(), "");
  assert.equal(await field("Raw content").inputValue(), "<b>raw</b>");
  assert.ok(!(await field("Windows").isChecked()));
  await text().fill("[1]");
  assert.ok(await field("Title").isDisabled(), "an array has no form");
});

test("the fallback is in the form and in the text", async () => {
  await page.getByText("Endpoint fallback").click();
  await field("Fallback title").fill("Look!");
  await field("Delay (s)").fill("30");
  await page.getByRole("group", { name: "Fallback platforms" }).getByLabel("iOS").check();
  assert.deepEqual((await body()).fallbackPolicy, {
    endpointFallback: { visualContent: { title: "Look!" }, fallbackDelayInSeconds: 30, platformTypes: ["iOS"] },
  });
  assert.match(await atField("Delay (s)"), /from 60 to 600 seconds/);
  await choose("Every property");
  assert.equal(await field("Delay (s)").inputValue(), "300");
  await verdict("Valid");
  await field("Fallback title").fill("");
  assert.match(await atField("Fallback title"), /is required/);
});

test("what is wrong stands at the field, at the line and in the list", async () => {
  await choose("Values out of range");
  await verdict("400 BadRequest: 4 violations");
  await marked("violation 4", "violation 14", "violation 17", "violation 19");
  assert.match(await atField("Priority"), /must be None, High or Low, not Urgent/);
  assert.match(await atField("Expires"), /must lie in the future/);
  assert.match(await atField("Windows"), /platformTypes\[1\]/);
  assert.equal(await field("Priority").getAttribute("aria-invalid"), "true");
  assert.equal(await field("Group").getAttribute("aria-invalid"), "false");

  await choose("Two warnings");
  await verdict("Valid, with 2 warnings");
  await marked("warning 4", "warning 20");
  assert.match(await atField("Expires"), /later than notifications are kept/);
  assert.equal(await field("Expires").getAttribute("aria-invalid"), "false");

  await choose("An empty title");
  await page.getByRole("button", { name: "Go to line 7" }).click();
  assert.equal(await page.evaluate(() => String(getSelection())), '"title": ""');

  await choose("Not JSON");
  assert.match((await findings().textContent()) ?? "", /Line 3, column 3/);
  await marked("violation 3");
  await page.getByRole("button", { name: "Start over" }).click();
  await marked("violation 3");
});

test("the server's answer to every sample matches the verdict that the page showed", async () => {
  const names = await page.locator("#sample option").allTextContents();
  assert.ok(names.length > 20);
  const earned = new Set();
  for (const name of names) {
    await choose(name);
    const said = (await page.locator("#verdict").textContent()) ?? "";
    const note = (await page.locator("#sample-note").textContent()) ?? "";
    const { status, code, answer } = await send();
    if (code === undefined) {
      assert.ok([200, 201].includes(status), `${name}: ${answer}`);
      assert.match(said, /^Valid/, name);
    } else {
      assert.match(said, new RegExp(`^${status} ${code}\\b`), name);
      assert.ok(note.startsWith(`${status} ${code}: `), `${name}: ${note}`);
      const shown = await findings().allTextContents();
      const details = JSON.parse(answer).error.details;
      if (shown.length > 0) assert.equal(shown.length, details.length, name);
      for (const [index, text] of shown.entries()) {
        const { code, target } = details[index];
        assert.ok(text.includes(code) && text.includes(target), `${name}: ${text}: ${code} ${target}`);
      }
      earned.add(`${status} ${code}`);
    }
  }
  assert.deepEqual([...earned].sort(), [
    "400 BadRequest",
    "400 InvalidPayload",
    "400 MultipleNotificationsNotSupported",
    "400 UnsupportedHeader",
    "401 InvalidActivityDataType",
    "401 InvalidAuthenticationToken",
    "403 NotAuthorizedForUser",
    "404 ItemNotFound",
    "405 MethodNotAllowed",
    "410 SyncStateNotFound",
    "412 PreconditionFailed",
    "413 RequestBodyTooLarge",
    "415 UnsupportedMediaType",
    "426 UpgradeRequired",
  ]);
});

test("a sample's prediction holds for its own request only", async () => {
  await choose("Another encoding");
  await verdict("415 UnsupportedMediaType, whatever the body is");
  await field("Headers, one a line").fill("Content-Type: application/json");
  await verdict("Valid");
  assert.equal((await send()).status, 201);
  await field("Method").selectOption("GET");
  await verdict("A request without body");
  assert.equal((await send()).status, 200);
  await field("Headers, one a line").fill("no header");
  await page.locator("#send").click();
  await page.locator("#answer-body").getByText("“no header” is no header").waitFor();
  await field("Headers, one a line").fill("");
  await field("Path").fill("https://elsewhere.example/");
  await page.locator("#send").click();
  await page.locator("#answer-body").getByText("The path must be one of this server").waitFor();
});

test("the answer is shown with its status, headers and time", async () => {
  await field("Notification id").fill("shown");
  assert.equal((await send()).status, 201);
  assert.equal(await page.locator("#answer-status").textContent(), "201 Created");
  assert.match((await page.locator("#answer-time").textContent()) ?? "", /^in [\d.]+ ms$/);
  assert.match((await page.locator("#answer-headers").textContent()) ?? "", /location.*\/beta\/me\/activities\//);
  assert.match((await page.locator("#answer-body").textContent()) ?? "", /^\{\n {2}"@odata.context"/);
  assert.match((await page.locator("#answer-said").textContent()) ?? "", /Answered 201 Created in/);
  await tab("Normalized").click();
  const kept = JSON.parse((await page.locator("#canonical").textContent()) ?? "");
  assert.deepEqual(kept.targetPolicy.platformTypes, ["Windows", "iOS", "Android", "WebPush"]);
});

for (const name of ["Every property", "A large one", "A wrong type", "A condition", "Another method"]) {
  test(`the curl command does what the page does: ${name}`, async () => {
    await choose(name);
    const { status, answer } = await send();
    await tab("curl").click();
    await page.getByLabel("with the token itself").check();
    await page.locator("#command").getByText("Authorization: Bearer ey").waitFor();
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByText("Copied", { exact: true }).waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    const { stdout } = await run("sh", ["-c", command]);
    const again = JSON.parse(stdout.slice(stdout.indexOf("\r\n\r\n")));
    assert.match(stdout, status === 201 ? /^HTTP\/1\.1 200 / : new RegExp(`^HTTP/1\\.1 ${status} `));
    const before = JSON.parse(answer);
    assert.equal(again.id ?? again.error.code, before.id ?? before.error.code);
  });
}

test("the curl command can ask for the token itself", async () => {
  await tab("curl").click();
  await page.locator("#command").getByText("$(make -s token as=megan@contoso.com)").waitFor();
  const command = (await page.locator("#command").textContent()) ?? "";
  const { stdout } = await run("bash", ["-c", command], { cwd: root });
  assert.match(stdout, /^HTTP\/1\.1 20[01] /);
});

test("sent as an app server, by its token and its subscription id; curl says the same", async () => {
  const people = page.locator("#people");
  await people.getByLabel("Device name", { exact: true }).fill("Laptop");
  await people.getByRole("button", { name: "Subscribe", exact: true }).click();
  await people.getByRole("button", { name: "Compose with it: Laptop" }).click();
  await page.getByText("Sent as the app contoso-server, with a subscription id of megan@contoso.com").waitFor();
  await field("Notification id").fill("by-app");
  const { status, answer } = await send();
  assert.equal(status, 201);
  await tab("curl").click();
  await page.locator("#command").getByText("$(make -s token app=contoso-server)").waitFor();
  const command = (await page.locator("#command").textContent()) ?? "";
  assert.match(command, /-H 'X-UNS-ID: v1\./);
  const { stdout } = await run("bash", ["-c", command], { cwd: root });
  assert.match(stdout, /^HTTP\/1\.1 200 /);
  assert.equal(JSON.parse(stdout.slice(stdout.indexOf("\r\n\r\n"))).id, JSON.parse(answer).id);
});

test("without the validator the server judges", async () => {
  await page.route("**/*.wasm", (route) => route.abort());
  await page.reload();
  await verdict("The validator didn't load: only the server judges.");
  await choose("An empty title");
  assert.equal((await send()).code, "InvalidPayload");
});

test("by keyboard alone", async () => {
  await field("Title").focus();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("Typed");
  await page.keyboard.press("Control+Enter");
  await page.locator("#answer-status").getByText("201 Created").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "payload.visualContent.title");
  await tab("Answer").focus();
  await page.keyboard.press("ArrowLeft");
  await page.locator("#command").getByText("Typed").waitFor();
  await page.keyboard.press("Home");
  await page.locator("#canonical").getByText("Typed").waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.locator("#answer-body").waitFor();
  assert.ok(await tab("Answer").evaluate((node) => node === document.activeElement));
  // Tab leaves the text: whoever has no mouse isn't caught in it.
  await text().focus();
  await page.keyboard.press("Tab");
  assert.ok(!(await text().evaluate((node) => node === document.activeElement)));
});

test("typing in the largest text stays smooth", async (t) => {
  await choose("A large one");
  const times = await text().evaluate(async (area) => {
    const textarea = /** @type {HTMLTextAreaElement} */ (area);
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const judged = [];
    const shown = [];
    for (let at = 200; at < 230; at++) {
      const began = performance.now();
      textarea.setRangeText("x", at, at, "end");
      textarea.dispatchEvent(new InputEvent("input", { bubbles: true }));
      judged.push(performance.now() - began);
      await painted();
      shown.push(performance.now() - began);
    }
    const median = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[values.length >> 1];
    return { judged: median(judged), shown: median(shown) };
  });
  t.diagnostic(`64 KiB: ${times.judged.toFixed(1)} ms to the verdict, ${times.shown.toFixed(1)} ms to the next frame`);
  assert.ok(times.judged < 50 && times.shown < 150, JSON.stringify(times));
});

test("without a server, and without a network, it is still judged", async () => {
  await service.stop();
  await page.context().setOffline(true);
  await rewrite((value) => (value.payload.visualContent.title = ""));
  await verdict("400 InvalidPayload: 1 violation");
  assert.match(await atField("Title"), /must not be empty/);
  await page.locator("#send").click();
  await page.getByText("No answer", { exact: true }).waitFor();
});
