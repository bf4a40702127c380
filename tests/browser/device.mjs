// The console as one of a user's devices: a browser of its own, with nothing shared but the user.

/** @typedef {import("playwright-core").Page} Page */

export class Device {
  /** @type {any[][]} the frames that came over each socket */
  sockets = [];

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(20_000);
    page.on("websocket", (socket) => {
      /** @type {any[]} */
      const frames = [];
      this.sockets.push(frames);
      socket.on("framereceived", ({ payload }) => payload !== "pong" && frames.push(JSON.parse(String(payload))));
    });
  }

  /**
   * Opens the console in a new browser context and signs in.
   * @param {import("playwright-core").Browser} browser
   * @param {string} url
   * @param {string} as
   * @param {import("playwright-core").BrowserContextOptions} [options]
   */
  static async open(browser, url, as, options) {
    const context = await browser.newContext(options);
    const device = new Device(await context.newPage());
    await device.page.goto(url);
    await device.page.getByLabel("User").fill(as);
    await device.page.getByRole("button", { name: "Switch" }).click();
    await device.is("live");
    return device;
  }

  /** @param {"connecting" | "live" | "waiting" | "stopped"} state of the connection */
  is(state) {
    return this.page.locator(`#connection[data-state=${state}]`).waitFor();
  }

  /** @param {boolean} offline */
  setOffline(offline) {
    return this.page.context().setOffline(offline);
  }

  get items() {
    return this.page.locator("#live-feed > li");
  }

  /** @param {string} title */
  item(title) {
    return this.items.filter({ has: this.page.getByRole("heading", { name: title, exact: true }) });
  }

  /**
   * @param {"Mark read" | "Mark unread" | "Dismiss" | "Restore" | "Delete"} action
   * @param {string} title
   */
  button(action, title) {
    return this.page.getByRole("button", { name: `${action}: ${title}`, exact: true });
  }

  /** @param {string} title */
  sees(title) {
    return this.item(title).waitFor();
  }

  /** @param {string} title */
  noLongerSees(title) {
    return this.item(title).waitFor({ state: "detached" });
  }

  /** @param {number} count */
  async hasUnread(count) {
    await this.page.locator("#unread-count").getByText(String(count), { exact: true }).waitFor();
  }
}
