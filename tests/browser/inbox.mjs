// The page in which the inbox is tested: an app's, with the console's own Content-Security-Policy, that loads the built package.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { launch } from "./chromium.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>An app</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/page.css" />
    <script type="module" src="/page.js"></script>
  </head>
  <body>
    <main>
      <h1>An app</h1>
      <p>
        <button id="before">Before</button>
        <notifeed-inbox></notifeed-inbox>
        <button id="after">After</button>
      </p>
    </main>
  </body>
</html>`;

const CSS = `:root { color-scheme: light dark } main { max-inline-size: 40rem; margin-inline: auto }`;

const SCRIPT = `import { defineInbox, NotifeedInbox } from "/notifeed/inbox.js";
import { showToasts } from "/notifeed/toast.js";
import * as client from "/inbox-client.mjs";
const inbox = document.querySelector("notifeed-inbox");
Object.assign(globalThis, { ...client, defineInbox, NotifeedInbox, showToasts, inbox, client: new client.PageClient() });
document.dispatchEvent(new Event("loaded"));
document.documentElement.dataset.loaded = "";`;

/** @type {Record<string, string>} */
const PAGE = { "/": HTML, "/page.css": CSS, "/page.js": SCRIPT };

/** @type {Record<string, string>} */
const TYPES = { html: "text/html", css: "text/css", js: "text/javascript", mjs: "text/javascript" };

/** @param {string} path */
function read(path) {
  const file = path.startsWith("/notifeed/") ? `../../www${path}` : `.${path}`;
  return readFile(fileURLToPath(new URL(file, import.meta.url)));
}

/** Serves the page until the test file ends. @returns its address */
async function servePage() {
  const headers = await readFile(new URL("../../www/_headers", import.meta.url), "utf8");
  const policy = headers.match(/Content-Security-Policy: (.*)/)?.[1];
  if (policy === undefined) throw new Error("www/_headers has no policy");
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const kind = pathname === "/" ? "html" : pathname.replace(/.*\./, "");
    try {
      const body = PAGE[pathname] ?? (await read(pathname));
      response.writeHead(200, { "Content-Type": TYPES[kind], "Content-Security-Policy": policy }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  // Connections that a browser keeps would hold the end up.
  after(
    () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  );
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return `http://127.0.0.1:${address.port}/`;
}

/** The app's page, a new one for each test. */
export class App {
  /** @type {string[]} what the page complained about */
  complaints = [];
  /** @type {import("playwright-core").Page | undefined} */
  #page;
  #url;
  #browser;

  /**
   * @param {string} url
   * @param {import("playwright-core").Browser} browser
   */
  constructor(url, browser) {
    this.#url = url;
    this.#browser = browser;
  }

  get page() {
    if (!this.#page) throw new Error("renew() first");
    return this.#page;
  }

  /** Once for a test file, which ends it. */
  static async start() {
    return new App(await servePage(), await launch());
  }

  /**
   * A new page without an inbox: the element is there, but not defined.
   * @param {import("playwright-core").BrowserContextOptions} [options]
   */
  async renew(options) {
    await this.#page?.context().close();
    const context = await this.#browser.newContext({ locale: "en-GB", timezoneId: "Europe/Oslo", ...options });
    this.#page = await context.newPage();
    this.page.setDefaultTimeout(10_000);
    this.complaints = [];
    this.page.on("pageerror", (error) => this.complaints.push(String(error)));
    this.page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.complaints.push(message.text());
    });
  }

  async load() {
    await this.page.goto(this.#url);
    await this.page.locator("html[data-loaded]").waitFor();
  }

  /**
   * Loads the page and defines the element, with a client that has these notifications in its feed.
   * @param {Record<string, { title?: string, minutes?: number, [member: string]: unknown }>} items by id
   * @param {string[]} attributes of the element, all of them switches
   */
  async open(items = {}, ...attributes) {
    await this.load();
    await this.page.evaluate(([items, attributes]) => {
      const { inbox, client, defineInbox, notification, NOON } = /** @type {any} */ (globalThis);
      client.arrive(
        Object.entries(items).map(([id, members]) => notification(id, members)),
        { replayed: true },
      );
      for (const name of attributes) inbox.setAttribute(name, "");
      inbox.clock = () => NOON;
      defineInbox();
      inbox.client = client;
    }, /** @type {const} */ ([items, attributes]));
    if (attributes.includes("inline")) await this.until("inbox.shadowRoot.querySelector('li') || !client.items.length");
  }

  /**
   * Runs in the page, where `client`, `inbox` and `notification` are.
   * @param {string} code
   * @returns {Promise<any>}
   */
  run(code) {
    return this.page.evaluate(code);
  }

  /**
   * Waits until code in the page gives true. (The page's policy lets no string become code there.)
   * @param {string} code
   */
  async until(code) {
    while (!(await this.run(code))) await sleep(10);
  }

  /** @param {number} count */
  hasRows(count) {
    return this.until(`inbox.shadowRoot?.querySelectorAll("li").length === ${count}`);
  }

  /** @param {string} name */
  part(name) {
    return this.page.locator(`[part~=${name}]`);
  }

  /** @param {string} name */
  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** @param {import("playwright-core").Locator} locator */
  focused(locator) {
    return locator.and(this.page.locator(":focus")).waitFor();
  }

  /** @param {string} text that is read out */
  spoken(text) {
    return this.page.locator("[role=status]").getByText(text, { exact: true }).waitFor();
  }

  /** axe-core's rules hold. @param {string} what the page shows */
  async findsNothing(what) {
    await this.run(axe);
    const { violations, passes } = await this.run("axe.run()");
    assert.deepEqual(
      violations.map((/** @type {any} */ { id, nodes }) => [id, ...nodes.map((/** @type {any} */ node) => node.html)]),
      [],
      what,
    );
    assert.ok(passes.length > 20, what);
  }

  /** The calls of the client so far. @returns {Promise<string[]>} */
  asked() {
    return this.run("client.asked");
  }
}

export const THREE = { c: { title: "Third" }, b: { title: "Second", minutes: 5 }, a: { title: "First", minutes: 200 } };
