// A page with a live client: what a person does in it, and what its app would see.

/** @typedef {{ id: string, key: string | null, owner: string, state: string, actions: string[] }} Shown */
/** @typedef {{ state: string, cause?: string, without: string[], items: Shown[], timers: number, more: boolean }} Look */

let tabs = 0;

export class Tab {
  name = `tab ${tabs++}`;
  isFrozen = false;
  /** The site's data was cleared while it was open. */
  isCleared = false;
  /** The users whose tokens its client was given. @type {Set<string>} */
  users = new Set();
  /** @type {(error: Error) => void} */
  onError = () => {};
  /** Connections that are open. */
  connections = 0;
  /** Timers at the last look, and when that was. */
  timers = { count: 0, at: Date.now() };

  /**
   * @param {import("playwright-core").Page} page
   * @param {import("playwright-core").CDPSession} session
   */
  constructor(page, session) {
    this.page = page;
    this.session = session;
    this.context = page.context();
    page.on("pageerror", (error) => this.onError(error));
    page.on("websocket", (socket) => {
      this.connections += 1;
      socket.on("close", () => (this.connections -= 1));
    });
  }

  /**
   * @param {import("playwright-core").BrowserContext} context
   * @param {string} url of the service
   * @param {{ clockError: number, token: (tab: Tab) => Promise<string | null> }} options
   */
  static async open(context, url, { clockError, token }) {
    const page = await context.newPage();
    const tab = new Tab(page, await context.newCDPSession(page));
    await page.exposeFunction("token", () => token(tab));
    await page.goto(new URL("/favicon.svg", url).href);
    await page.evaluate(async (clockError) => {
      const global = /** @type {any} */ (globalThis);
      const [rightNow, start] = [Date.now, setTimeout];
      Object.assign(global, { clockError, timers: 0, answered: [] });
      // No command of the browser's protocol sets a page's clock but with its timers: the client's only source of it is set.
      Date.now = () => rightNow() + global.clockError;
      global.setTimeout = (/** @type {Parameters<typeof setTimeout>} */ ...asked) => {
        global.timers += 1;
        return start(...asked);
      };
      const { connect } = await import(String("/notifeed/live.js"));
      global.client = connect({ url: location.origin, platform: "windows", token: global.token });
    }, clockError);
    return tab;
  }

  /** @param {boolean} crashes */
  async close(crashes) {
    if (crashes) {
      const gone = this.page.waitForEvent("crash");
      void this.session.send("Page.crash").catch(() => {});
      await gone;
    }
    await this.page.close();
  }

  async freeze() {
    await this.session.send("Page.setWebLifecycleState", { state: "frozen" });
    this.isFrozen = true;
  }

  async resume() {
    if (!this.isFrozen) return;
    await this.session.send("Page.setWebLifecycleState", { state: "active" });
    this.isFrozen = false;
  }

  /** @param {number} clockError milliseconds */
  setClock(clockError) {
    return this.page.evaluate(`globalThis.clockError = ${clockError}`);
  }

  /** @returns {Promise<Look>} */
  look() {
    return this.page.evaluate(() => {
      const { client, timers } = /** @type {any} */ (globalThis);
      const { state, cause, without } = client.status;
      const items = client.items.map((/** @type {any} */ item) => ({
        id: item.id,
        key: item.appNotificationId,
        owner: item.payload.visualContent.title.split(" ")[0],
        state: [item.id, item.readState, item.userActionState, item.answer?.actionId].join(" "),
        actions: (item.payload.visualContent.actions ?? []).map((/** @type {any} */ { id }) => id),
      }));
      return { state, cause, without: [...without], items, timers, more: client.more };
    });
  }

  /** The items whose change was answered. @returns {Promise<string[]>} */
  answered() {
    return this.page.evaluate("globalThis.answered");
  }

  /** @param {string} id @param {string} kind a method, or the action that is answered with */
  wish(id, kind) {
    return this.page.evaluate(
      ({ id, kind }) => {
        const { client, answered } = /** @type {any} */ (globalThis);
        const item = client.items.find((/** @type {any} */ item) => item.id === id);
        if (!item) return;
        const asked = client[kind] ? client[kind](id) : client.answer(item, kind);
        asked.then(
          () => answered.push(id),
          () => {},
        );
      },
      { id, kind },
    );
  }

  /** @param {string} method */
  press(method) {
    return this.page.evaluate(`void globalThis.client.${method}()?.catch(() => {})`);
  }

  /** @returns {Promise<number>} how long it took, in milliseconds */
  signOut() {
    return this.page.evaluate(async () => {
      const began = performance.now();
      await /** @type {any} */ (globalThis).client.close({ forget: true });
      return performance.now() - began;
    });
  }

  /** A page shows items of a single user, whose token its client was given. @param {Look} look @returns {string[]} */
  violations({ items, timers }) {
    const owners = new Set(items.map(({ owner }) => owner));
    const found = [];
    if (owners.size > 1) found.push(`${this.name} shows items of ${[...owners].join(" and ")}`);
    for (const owner of owners)
      if (!this.users.has(owner)) found.push(`${this.name} of ${[...this.users].join()} shows an item of ${owner}`);
    const { count, at } = this.timers;
    this.timers = { count: timers, at: Date.now() };
    const limit = TIMERS_A_SECOND * (Math.ceil((Date.now() - at) / 1000) + 1);
    if (timers - count > limit) found.push(`${this.name} started ${timers - count} timers, more than ${limit}`);
    return found;
  }
}

/** As in the run over doubles. */
const TIMERS_A_SECOND = 60;
