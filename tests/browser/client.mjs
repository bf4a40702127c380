// A page with a live client, its server, and what the tests look at.

import { HostileServer } from "./hostile.mjs";

export const MINUTE = 60_000;
/** When the page's clock starts, where a test holds it. */
export const NOW = Date.parse("2026-11-22T12:00:00Z");

/**
 * A page in a browser of its own, with a server of its own.
 * @param {import("playwright-core").Browser} browser
 * @param {{ clock?: boolean }} [options] clock: the page's time stands still until it is told to go on
 */
export async function open(browser, { clock = false } = {}) {
  const server = await HostileServer.start();
  if (clock) server.now = NOW;
  const context = await browser.newContext();
  // Coming back takes no time, unless a test says otherwise.
  await context.addInitScript("Math.random = () => 0");
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  // The clock can only be stopped at a time to come: until the page is there it goes on.
  if (clock) await page.clock.install({ time: NOW - 10 * MINUTE });
  await page.goto(server.url);
  await page.waitForFunction("globalThis.loaded");
  if (clock) await page.clock.pauseAt(NOW);
  return { server, page };
}

/**
 * Starts a client with tokens that are only named: `token-1`, then `token-2` when a fresh one is wanted…
 * @param {import("playwright-core").Page} page
 * @param {{ user?: string, sameToken?: boolean, expiresIn?: number }} [options] expiresIn: tokens that say when they end, in ms
 */
export function start(page, { user = "megan", sameToken = false, expiresIn } = {}) {
  return page.evaluate(
    ({ user, sameToken, expiresIn }) => {
      let number = 1;
      const global = /** @type {any} */ (globalThis);
      global.start({
        user,
        token: async (/** @type {{ fresh: boolean }} */ { fresh }) => {
          if (fresh && !sameToken) number += 1;
          if (expiresIn === undefined) return `token-${number}`;
          const exp = Math.round((Date.now() + expiresIn) / 1000);
          return `${number}.${btoa(JSON.stringify({ exp })).replaceAll("=", "")}.x`;
        },
      });
    },
    { user, sameToken, expiresIn },
  );
}

/**
 * The events that the app was told, in short.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export function told(page) {
  return page.evaluate(() =>
    /** @type {any} */ (globalThis).events
      .filter((/** @type {any} */ { type }) => type !== "status")
      .map((/** @type {any} */ { type, notification, reason, resumed, replayed }) =>
        [type, notification?.id, reason, type === "ready" ? `${resumed ? "resumed" : "anew"} ${replayed}` : undefined]
          .filter((word) => word !== undefined)
          .join(" "),
      ),
  );
}

/**
 * Waits for something to be so in the page.
 * @param {import("playwright-core").Page} page
 * @param {string} expression of `client` and `events`
 */
export function until(page, expression) {
  return page.waitForFunction(expression, undefined, { polling: 20 });
}

/** @param {import("playwright-core").Page} page @param {number} count of `ready` events */
export const readied = (page, count) =>
  until(page, `events.filter(({ type }) => type === "ready").length === ${count}`);
/** @param {import("playwright-core").Page} page @param {string} state */
export const is = (page, state) => until(page, `client.status.state === "${state}"`);

/**
 * The line of this number, on a page whose clock stands still: the client's waits are skipped, nothing else.
 * @param {Awaited<ReturnType<typeof open>>} opened
 * @param {number} number
 */
export async function comeBack({ server, page }, number) {
  await until(page, 'client.status.state !== "live"');
  while (server.lines.length <= number) {
    const wait = await page.evaluate("client.status.retryAt - Date.now()");
    if (wait >= 0) await page.clock.runFor(wait + 1);
  }
  return server.lines[number];
}

/** Beyond every change of a test. */
let beats = 1_000_000;

/**
 * Lets the page's clock go on, with every ping answered in time.
 * @param {import("playwright-core").Page} page
 * @param {import("./hostile.mjs").Line} line
 * @param {number} milliseconds
 * @returns the cursor that the client has then
 */
export async function pass(page, line, milliseconds) {
  let cursor = "";
  for (let passed = 0; passed < milliseconds; passed += 5000) {
    await page.clock.runFor(5000);
    // Frames that follow a pong on the line come after it.
    const seq = (beats += 1);
    line.send({ type: "removed", seq, cursor: `e${seq}`, id: "none", reason: "deleted" });
    cursor = `e${seq}`;
    await until(page, `client.cursor === "${cursor}"`);
  }
  return cursor;
}
