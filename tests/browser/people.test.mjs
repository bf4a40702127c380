// People and apps in the console, in a real browser on the real service.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { startService, userToken } from "../blackbox/harness.mjs";
import { claimsOf } from "../../www/people/claims.js";
import { seriousFindings } from "./accessibility.mjs";
import { launch } from "./chromium.mjs";

/** @typedef {import("playwright-core").Page} Page */

const service = await startService();
const browser = await launch();

/** @type {Page} */
let page;
/** @type {string[]} what the page complained about */
let complaints;
let users = 0;
let as = "";

beforeEach(async () => {
  await page?.context().close();
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  as = `person${++users}@contoso.com`;
});

const section = () => page.locator("#people");
/** @param {string} name */
const button = (name) => section().getByRole("button", { name, exact: true });
/** @param {string} label */
const field = (label) => section().getByLabel(label, { exact: true });
/** @param {string} name */
const row = (name) => section().locator(".subscriptions tbody tr").filter({ hasText: name });
/** @param {string | RegExp} text */
const says = (text) => section().locator(".said").getByText(text).waitFor();
/** @param {string} name of a claim @param {string} [of] */
const claim = (name, of = "Token of the person who is signed in") =>
  section()
    .getByRole("table", { name: of, exact: true })
    .locator("tr", { has: page.getByText(name, { exact: true }) });

async function open() {
  await page.goto(service.url);
  await page.locator("#sign-in input").fill(as);
  await page.locator("#sign-in button").click();
  await claim("sub").getByText(as).waitFor();
}

/**
 * @param {string} name
 * @param {string} [platform]
 */
async function subscribe(name, platform = "Windows") {
  await field("Device name").fill(name);
  await section().getByLabel("Platform").selectOption(platform);
  await button("Subscribe").click();
  await row(name).waitFor();
}

const pressed = (/** @type {string} */ name) => button(name).getAttribute("aria-pressed");

test("subscribe, post as the app, revoke, and see the next post refused", async () => {
  await open();
  await section().getByText("None yet").waitFor();
  await subscribe("Laptop");
  await subscribe("Phone", "iOS");
  assert.match((await row("Laptop").textContent()) ?? "", /Windows.*in 29 d 23 h.*v1\./);

  await button("Post as the app: Laptop").click();
  await says("201: posted, and on its way to every device.");
  // The notification arrives, here and in the stored feed.
  await page.locator("#devices").getByText("Hello from contoso-server").first().waitFor();
  await page.locator("#feed").getByText("Hello from contoso-server").waitFor();

  await button("Revoke: Laptop").click();
  await says(/^Revoked: Laptop/);
  await row("Laptop").getByText("revoked").waitFor();
  assert.ok(await button("Revoke: Laptop").evaluate((node) => node === document.activeElement));
  await button("Post as the app: Laptop").click();
  await says("403: refused: NotAuthorizedForUser.");
  await row("Laptop").getByText("403").waitFor();
  // The other one works, until all are revoked.
  await button("Post as the app: Phone").click();
  await says(/^201/);
  await button("Revoke all").click();
  await says(/^All revoked/);
  await button("Post as the app: Phone").click();
  await says(/^403/);
  assert.ok(!(await button("Revoke all").isVisible()));
  assert.deepEqual(complaints, []);
});

test("composing as the app with a subscription, and as the user again", async () => {
  await open();
  await subscribe("Laptop");
  const headers = async () => {
    const sent = page.waitForRequest(
      (request) => request.method() === "POST" && request.url().endsWith("/notifications"),
    );
    await page.locator("#send").click();
    const request = await sent;
    await request.response();
    const token = claimsOf((await request.headerValue("authorization"))?.slice("Bearer ".length) ?? "");
    return { azp: token?.azp, unsId: await request.headerValue("x-uns-id") };
  };
  await button("Compose with it: Laptop").click();
  assert.equal(await pressed("Compose with it: Laptop"), "true");
  const asApp = await headers();
  assert.equal(asApp.azp, "contoso-server");
  assert.match(asApp.unsId ?? "", /^v1\./);
  assert.equal(await row("Laptop").locator("code").getAttribute("title"), asApp.unsId);

  // Revoked, it still composes with it, so that one sees it refused.
  await button("Revoke: Laptop").click();
  await says(/^Revoked/);
  await headers();
  await page.locator("#answer-status").getByText("403").waitFor();

  await field("Sending app").fill("stranger");
  await field("Sending app").press("Enter");
  assert.equal((await headers()).azp, "stranger");
  await button("Compose as the user again").click();
  assert.equal(await pressed("Compose with it: Laptop"), "false");
  assert.ok(await field("Sending app").evaluate((node) => node === document.activeElement));
  assert.deepEqual(await headers(), { azp: "contoso-client", unsId: null });
  await page.locator("#answer-status").getByText("201").waitFor();
  assert.deepEqual(complaints, []);
});

test("the same device id renews, and what is wrong is said", async () => {
  await open();
  await field("Device id").fill("one");
  await subscribe("Laptop");
  await subscribe("Laptop renamed");
  await says(/^Renewed/);
  assert.equal(await row("Laptop").count(), 1);
  await field("For host").fill("elsewhere.example.com");
  await button("Subscribe").click();
  await says("The app isn't registered for this host.");
  assert.deepEqual(complaints, []);
});

test("tokens: what they say, and themselves to copy", async () => {
  await open();
  await claim("scp").getByText("Notifications.ReadWrite.CreatedByApp").waitFor();
  await claim("exp")
    .getByText(/in 11 h 5\d min/)
    .waitFor();
  await button("Copy token: Token of the person who is signed in").click();
  await section().getByText("Copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(claimsOf(copied)?.upn, as);
  await section().getByText("The token itself").click();
  assert.equal(await field("Token of the person who is signed in, as it is sent").inputValue(), copied);

  await section().getByText("What the app's token says").click();
  await claim("azp", "The app's token").getByText("contoso-server").waitFor();
  await claim("idtyp", "The app's token").getByText("app", { exact: true }).waitFor();
  await field("Sending app").fill("other-app");
  await field("Sending app").press("Tab");
  await claim("azp", "The app's token").getByText("other-app").waitFor();
  assert.deepEqual(complaints, []);
});

test("another user has another token, another list of subscriptions, and is the sender", async () => {
  await open();
  await subscribe("Laptop");
  await button("Compose with it: Laptop").click();
  await button("alex@contoso.com").click();
  await claim("sub").getByText("alex@contoso.com").waitFor();
  assert.equal(await page.locator("#sign-in input").inputValue(), "alex@contoso.com");
  assert.equal(await pressed("alex@contoso.com"), "true");
  assert.ok(await button("alex@contoso.com").evaluate((node) => node === document.activeElement));
  await section().getByText("None yet").waitFor();
  assert.equal(await row("Laptop").count(), 0);
  assert.ok(!(await button("Compose as the user again").isVisible()));
  // The names of the first user's devices came back with the first user.
  await page.locator("#sign-in input").fill(as);
  await page.locator("#sign-in button").click();
  await row("Laptop").waitFor();
  assert.deepEqual(complaints, []);
});

test("outside development: the claims of a pasted token are shown, and functions that need issued tokens are hidden", async () => {
  /** @type {number} */
  let asked = 0;
  await page.route("**/dev/token", (route) => {
    asked += 1;
    return route.fulfill({ status: 404, body: "" });
  });
  await page.goto(service.url);
  await section().getByText("Only development servers hand out an app's token").waitFor();
  await section().getByText("Nobody is signed in.").waitFor();
  await page.locator("#token-form input").fill(await userToken(as));
  await page.locator("#token-form button").click();
  await claim("sub").getByText(as).waitFor();
  await subscribe("Laptop");
  assert.ok(await button("Copy id: Laptop").isVisible());
  for (const name of ["Post as the app: Laptop", "Compose with it: Laptop", "megan@contoso.com"]) {
    assert.ok(!(await button(name).isVisible()), name);
  }
  assert.ok(!(await field("Sending app").isVisible()));
  await button("Revoke: Laptop").click();
  await says(/^Revoked/);
  assert.ok(asked > 0);

  await page.locator("#token-form input").fill("not-a-jwt");
  await page.locator("#token-form button").click();
  await section().getByText("This isn't a JWT").waitFor();
});

test("by keyboard alone", async () => {
  await open();
  await field("Device name").focus();
  await page.keyboard.type("Keys");
  await page.keyboard.press("Enter");
  await row("Keys").waitFor();
  await button("Post as the app: Keys").focus();
  await page.keyboard.press("Enter");
  await says(/^201/);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await says(/^Revoked/);
  assert.deepEqual(complaints, []);
});

test("accessibility: axe finds no serious violation, light, dark and narrow", async () => {
  await open();
  await subscribe("Laptop");
  await subscribe("Phone", "iOS");
  await button("Compose with it: Phone").click();
  await button("Revoke: Laptop").click();
  await says(/^Revoked/);
  await button("Post as the app: Laptop").click();
  await says(/^403/);
  await section().getByText("What the app's token says").click();
  await claim("azp", "The app's token").waitFor();
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await seriousFindings(page, "#people"), []);
  }
  await page.setViewportSize({ width: 360, height: 800 });
  assert.deepEqual(await seriousFindings(page, "#people"), []);
  const overflow = await section().evaluate((node) => node.scrollWidth - node.clientWidth);
  assert.ok(overflow <= 0, `${overflow} px too wide`);
});

test("claims are read from what is a JWT, and from nothing else", () => {
  const jwt = (/** @type {string} */ payload) => `e30.${Buffer.from(payload).toString("base64url")}.c2ln`;
  assert.deepEqual(claimsOf(jwt('{"name":"Zoë ☕"}')), { name: "Zoë ☕" });
  for (const token of ["", "a.b", "a.b.c.d", jwt("[]"), jwt("5"), jwt("{"), "e30.!.c2ln", jwt("null")]) {
    assert.equal(claimsOf(token), null, token);
  }
});
