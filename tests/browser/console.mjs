// The console in a browser, and the four devices on it.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("../../www/devices/platforms.js").Platform} Platform */

/** @type {Platform[]} */
export const PLATFORMS = ["windows", "ios", "android", "webpush"];

/**
 * A socket that the page opened.
 * @typedef {object} Socket
 * @property {string} platform
 * @property {any[]} frames that came over it
 * @property {boolean} closed
 */

export class Console {
  /** @type {Socket[]} all that the page opened */
  sockets = [];
  /** @type {string[]} what the page complained about */
  complaints = [];

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => message.type() === "error" && this.complaints.push(message.text()));
    page.on("websocket", (webSocket) => {
      /** @type {Socket} */
      const socket = {
        platform: new URL(webSocket.url()).searchParams.get("platform") ?? "",
        frames: [],
        closed: false,
      };
      this.sockets.push(socket);
      webSocket.on("framereceived", ({ payload }) => {
        if (payload !== "pong") socket.frames.push(JSON.parse(String(payload)));
      });
      webSocket.on("close", () => (socket.closed = true));
    });
  }

  /**
   * Opens the console in a new browser context.
   * @param {import("playwright-core").Browser} browser
   * @param {string} url
   * @param {string} [as] who signs in; default: who the page begins with
   * @param {import("playwright-core").BrowserContextOptions} [options]
   */
  static async open(browser, url, as, options) {
    const console = new Console(await (await browser.newContext(options)).newPage());
    await console.page.goto(url);
    if (as !== undefined) await console.signIn(as);
    await console.all("live");
    return console;
  }

  /** @param {string} as */
  async signIn(as) {
    await this.page.getByLabel("User").fill(as);
    await this.page.getByRole("button", { name: "Switch" }).click();
  }

  /** @param {Platform} platform */
  device(platform) {
    return new Device(this.page, platform);
  }

  get devices() {
    return PLATFORMS.map((platform) => this.device(platform));
  }

  /**
   * Waits until all devices are in a state.
   * @param {State} state
   */
  async all(state) {
    for (const device of this.devices) await device.is(state);
  }

  /**
   * Waits until just these platforms have a line, one each. That a socket was closed is known a moment later.
   * @param {Platform[]} platforms
   * @param {...Console} tabs that share them
   */
  async hasLines(platforms, ...tabs) {
    const sockets = () => [this, ...tabs].flatMap((tab) => tab.sockets).filter(({ closed }) => !closed);
    for (let tries = 0; tries < 200 && sockets().length !== platforms.length; tries++) await sleep(50);
    const open = sockets().map(({ platform }) => platform);
    assert.deepEqual(open.toSorted(), platforms.toSorted());
  }

  /**
   * The frames that came over the last socket of a platform.
   * @param {Platform} platform
   */
  frames(platform) {
    return this.sockets.findLast((socket) => socket.platform === platform)?.frames ?? [];
  }

  /** @param {boolean} offline */
  setOffline(offline) {
    return this.page.context().setOffline(offline);
  }

  /** @param {number} count */
  async hasUnread(count) {
    await this.page.locator("#unread-count").getByText(String(count), { exact: true }).waitFor();
  }

  /** @param {RegExp} text what a screen reader is told */
  async announces(text) {
    await this.page.locator("#announcement").getByText(text).waitFor();
  }

  /** @param {Record<string, string>} fields of the composer, by label */
  async compose(fields) {
    for (const [label, value] of Object.entries(fields)) {
      await this.page.getByLabel(label, { exact: true }).fill(value);
    }
  }

  /** @param {number} status of the answer */
  async send(status = 201) {
    await this.page.getByRole("button", { name: /^Send/ }).click();
    await this.page.locator("#answer-status").getByText(String(status)).waitFor();
  }
}

/** @typedef {"connecting" | "live" | "waiting" | "stopped" | "dropped"} State */

export class Device {
  /**
   * @param {Page} page
   * @param {Platform} platform
   */
  constructor(page, platform) {
    this.page = page;
    this.platform = platform;
    this.place = page.locator(`.device[data-platform=${platform}]`);
  }

  /** @param {State} state of its line */
  is(state) {
    return this.page.locator(`.device[data-platform=${this.platform}][data-state=${state}]`).waitFor();
  }

  get items() {
    return this.place.locator(".items > li");
  }

  /** @param {string} title */
  item(title) {
    return this.items.filter({ has: this.page.getByRole("heading", { name: title, exact: true }) });
  }

  /**
   * @param {"Mark read" | "Mark unread" | "Dismiss" | "Restore" | "Snooze" | "Wake" | "Delete"} action
   * @param {string} title
   */
  button(action, title) {
    return this.place.getByRole("button", { name: `${action}: ${title}`, exact: true });
  }

  get undo() {
    return this.place.getByRole("button", { name: "Undo", exact: true });
  }

  /** A button of its line. @param {"Drop" | "Bring back" | "Connect now"} name */
  line(name) {
    return this.place.getByRole("button", { name: new RegExp(`^${name}:`) });
  }

  /** Doesn't wait any longer, if it waits. */
  hurry() {
    return this.place.locator(".hurry").dispatchEvent("click");
  }

  /** @param {string | RegExp} text anything that stands on it */
  says(text) {
    return this.place.getByText(text).waitFor();
  }

  /** @param {string} title */
  sees(title) {
    return this.item(title).waitFor();
  }

  /** @param {string} title */
  noLongerSees(title) {
    return this.item(title).waitFor({ state: "detached" });
  }
}
