// People at devices that are real: pages of Chromium as tabs, one context as a device, the real service. A seed says
// what they do; how quick machine, browser and network are stays chance.

import { setTimeout as sleep } from "node:timers/promises";
import { example, userToken } from "../blackbox/harness.mjs";
import { Tab } from "./people-tab.mjs";

/** A change that was asked for so long before its tab went is stored, on a busy machine too; milliseconds. */
const STORED = 1000;
/** Signing out takes 2 s at most, and what a busy machine adds; milliseconds. */
const SIGN_OUT = 3500;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** @typedef {Awaited<ReturnType<typeof import("../blackbox/harness.mjs").startService>>} Service */
/** @typedef {{ tab: Tab, user: string, id: string, kind: string, at: number, isAnswered: boolean, excuse: string | null }} Wish */

/**
 * A device: `desk` is a page without a client, from which its disk is looked at.
 * @typedef {object} Device
 * @property {import("playwright-core").BrowserContext} context
 * @property {import("playwright-core").Page} desk
 * @property {string | null} user who is signed in to the app there
 * @property {Tab[]} tabs
 * @property {boolean} isOnline
 * @property {number} clockError milliseconds
 * @property {Set<string>} forgotten users who signed out there, and haven't come back since
 */

export class People {
  /** @type {Device[]} */
  devices = [];
  /** @type {Wish[]} */
  wishes = [];
  /** @type {Set<string>} */
  violations = new Set();
  /** @type {string[]} */
  log = [];
  /** Items that somebody has changed: nobody else does, so that each change can be told at the end. @type {Set<string>} */
  #touched = new Set();
  #posts = 0;
  #began = Date.now();

  /**
   * @param {Service} service
   * @param {import("../client/random.ts").Random} random
   * @param {string[]} users
   */
  constructor(service, random, users) {
    this.service = service;
    this.random = random;
    this.users = users;
  }

  /** @param {import("playwright-core").Browser} browser */
  async arrive(browser) {
    for (let count = 0; count < 2; count++) {
      // The console's policy forbids what the run itself evaluates.
      const context = await browser.newContext({ bypassCSP: true });
      const desk = await context.newPage();
      await desk.goto(new URL("/favicon.svg", this.service.url).href);
      const forgotten = /** @type {Set<string>} */ (new Set());
      this.devices.push({ context, desk, user: null, tabs: [], isOnline: true, clockError: 0, forgotten });
    }
    for (const user of this.users) for (let count = 0; count < 8; count++) await this.#post(user);
    for (const device of this.devices) await this.sitDown(device, this.random.one(this.users));
  }

  async leave() {
    for (const { context } of this.devices) await context.close();
  }

  /** Something happens, and then some time passes. */
  async step() {
    const { random } = this;
    const device = random.one(this.devices);
    const user = random.one(this.users);
    await this.#one([
      [10, () => this.#open(device)],
      [4, () => this.#leaveTab(device)],
      [5, () => this.#freeze(device)],
      [4, () => this.#signIn(device, user)],
      [3, () => this.#signOut(device)],
      [3, () => this.#jump(device)],
      [4, () => this.#goOffline(device)],
      [2, () => this.#clear(device)],
      [1, () => this.#restart()],
      [20, () => this.#write(user)],
      [40, () => this.#wish(device)],
      [6, () => this.#press(device)],
    ])();
    await sleep(this.#one([[5, 0], [5, random.below(50)], [2, random.below(1000)]])); // prettier-ignore
  }

  /** Everything works again. */
  async mend() {
    for (const device of this.devices) {
      await this.#setOnline(device, true);
      for (const tab of device.tabs) await tab.resume();
    }
  }

  /** Nobody but this user is at the device, in two tabs. @param {Device} device @param {string} user */
  async sitDown(device, user) {
    for (const tab of [...device.tabs]) await this.#closeTab(device, tab);
    device.user = user;
    for (let count = 0; count < 2; count++) await this.#open(device);
  }

  /** Changes that came to be answered are noted: nothing excuses them later. */
  async note() {
    for (const device of this.devices) {
      const answered = new Set((await Promise.all(device.tabs.map((tab) => tab.answered()))).flat());
      for (const wish of this.wishes) wish.isAnswered ||= answered.has(wish.id);
    }
  }

  /** @template T @param {[weight: number, value: T][]} rows @returns {T} */
  #one(rows) {
    let at = this.random.below(rows.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of rows) if ((at -= weight) < 0) return value;
    throw new Error("no rows");
  }

  /** @param {string} text */
  #say(text) {
    this.log.push(`${((Date.now() - this.#began) / 1000).toFixed(2)} ${text}`);
  }

  /** @param {Device} device */
  #nameOf(device) {
    return `device ${this.devices.indexOf(device)}`;
  }

  /** @param {(wish: Wish) => boolean} isMeant @param {string} reason */
  async #excuse(isMeant, reason) {
    await this.note();
    for (const wish of this.wishes) if (!wish.isAnswered && isMeant(wish)) wish.excuse ??= reason;
  }

  // --- Tabs

  /** @param {Device} device */
  async #open(device) {
    if (!device.isOnline || device.tabs.length > 4) return;
    const token = async (/** @type {Tab} */ tab) => {
      if (device.user === null) return null;
      tab.users.add(device.user);
      device.forgotten.delete(device.user);
      const lives = this.random.one([2 * MINUTE, 12 * HOUR]);
      return userToken(device.user, { exp: Math.floor((Date.now() + lives) / 1000) });
    };
    const tab = await Tab.open(device.context, this.service.url, { clockError: device.clockError, token });
    tab.onError = (error) => this.violations.add(`${tab.name}: nobody caught: ${error}`);
    device.tabs.push(tab);
    this.#say(`${this.#nameOf(device)}: ${tab.name} opens for ${device.user}`);
  }

  /** @param {Device} device @param {Tab} tab @param {boolean} [crashes] */
  async #closeTab(device, tab, crashes = false) {
    await this.#excuse((wish) => wish.tab === tab && Date.now() - wish.at < STORED, "its tab went at once");
    device.tabs.splice(device.tabs.indexOf(tab), 1);
    await tab.close(crashes);
  }

  /** @param {Device} device */
  async #leaveTab(device) {
    if (device.tabs.length === 0) return;
    const tab = this.random.one(device.tabs);
    const how = this.random.one(["closes", "crashes", "reloads"]);
    this.#say(`${tab.name} ${how}`);
    await this.#closeTab(device, tab, how === "crashes");
    if (how === "reloads") await this.#open(device);
  }

  /** @param {Device} device */
  async #freeze(device) {
    if (device.tabs.length === 0) return;
    const tab = this.random.one(device.tabs);
    this.#say(`${tab.name} ${tab.isFrozen ? "resumes" : "freezes"}`);
    if (tab.isFrozen) await tab.resume();
    else await tab.freeze();
  }

  // --- Accounts

  /** @param {Device} device @param {string} user */
  async #signIn(device, user) {
    this.#say(`${this.#nameOf(device)}: ${user} signs in`);
    device.user = user;
    if (this.random.chance(0.5)) return;
    for (const tab of [...device.tabs]) await this.#closeTab(device, tab);
    await this.#open(device);
  }

  /** @param {Device} device */
  async #signOut(device) {
    const { user } = device;
    const tabs = device.tabs.filter(
      ({ isFrozen, users }) => !isFrozen && user !== null && users.size === 1 && users.has(user),
    );
    if (user === null || tabs.length === 0) return;
    const tab = this.random.one(tabs);
    this.#say(`${this.#nameOf(device)}: ${user} signs out in ${tab.name}`);
    device.user = null;
    await this.#excuse((wish) => wish.user === user && device.tabs.includes(wish.tab), "its user signed out");
    const took = await tab.signOut();
    if (took > SIGN_OUT) this.violations.add(`${tab.name}: signing out took ${took} ms`);
    // Changes of tabs that went before were on the same disk.
    await this.#excuse((wish) => wish.user === user && wish.tab.context === device.context, "its user signed out");
    device.forgotten.add(user);
    device.tabs.splice(device.tabs.indexOf(tab), 1);
    await tab.close(false);
  }

  // --- The device and the service

  /** @param {Device} device */
  async #jump(device) {
    device.clockError = this.random.one([0, 2 * HOUR, 8 * 24 * HOUR, 10 * MINUTE, -10 * MINUTE, -8 * 24 * HOUR]);
    this.#say(`${this.#nameOf(device)}: the clock is ${device.clockError} ms ahead`);
    for (const tab of device.tabs) await tab.setClock(device.clockError);
  }

  /** @param {Device} device */
  async #goOffline(device) {
    this.#say(`${this.#nameOf(device)} is ${device.isOnline ? "offline" : "online"}`);
    await this.#setOnline(device, !device.isOnline);
  }

  /** @param {Device} device @param {boolean} isOnline */
  async #setOnline(device, isOnline) {
    device.isOnline = isOnline;
    await device.context.setOffline(!isOnline);
  }

  /** @param {Device} device */
  async #clear(device) {
    this.#say(`${this.#nameOf(device)}: the site's data is cleared`);
    const session = await device.context.newCDPSession(device.desk);
    const origin = new URL(this.service.url).origin;
    await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb,local_storage" });
    await session.detach();
    await this.#excuse((wish) => wish.tab.context === device.context, "the site's data was cleared");
    for (const tab of device.tabs) tab.isCleared = true;
  }

  async #restart() {
    this.#say("the service is killed, and starts again");
    await this.service.restart();
  }

  /** @param {string} user */
  async #post(user) {
    const title = `${user} ${++this.#posts}`;
    const actions = this.random.chance(0.4) ? [{ id: "approve", title: "Approve" }, { id: "reject", title: "Reject" }] : undefined; // prettier-ignore
    const key = this.random.chance(0.1) ? "k" : null;
    const payload = { visualContent: { title, ...(actions && { actions }) } };
    const { status, text } = await this.service.post({ ...example(), appNotificationId: key, payload }, { as: user });
    if (status !== 200 && status !== 201) throw new Error(`a post was answered by ${status}: ${text}`);
  }

  /** The app's server posts, or another device of the user changes something. @param {string} user */
  async #write(user) {
    if (this.random.chance(0.8)) return this.#post(user);
    const items = (await this.items(user)).filter(({ id }) => !this.#touched.has(id));
    if (items.length === 0) return;
    const { id } = this.random.one(items);
    this.#touched.add(id);
    const path = `/beta/me/notifications/${id}`;
    if (this.random.chance(0.3)) await this.service.request("DELETE", path, { as: user });
    else await this.service.request("PATCH", path, { as: user, json: { readState: "read" } });
  }

  /** The user's feed at the service, newest first. @param {string} user @returns {Promise<any[]>} */
  async items(user) {
    const { status, json, text } = await this.service.request("GET", "/beta/me/notifications?$top=100", { as: user });
    if (status !== 200) throw new Error(`a list was answered by ${status}: ${text}`);
    return json.value;
  }

  // --- What a person does

  /** @param {Device} device */
  async #wish(device) {
    const tabs = device.tabs.filter(({ isFrozen }) => !isFrozen);
    if (tabs.length === 0) return;
    const tab = this.random.one(tabs);
    const { items, without } = await tab.look();
    const free = items.filter(({ id, key }) => key === null && !this.#touched.has(id));
    if (free.length === 0) return;
    const { id, owner, actions } = this.random.one(free);
    const kind = this.random.one(["markRead", "dismiss", "activate", "remove", ...actions]);
    this.#touched.add(id);
    const excuse = without.includes("storage") || tab.isCleared ? "there was no storage" : null;
    this.wishes.push({ tab, user: owner, id, kind, at: Date.now(), isAnswered: false, excuse });
    this.#say(`${tab.name}: ${owner} wants ${kind} of ${id.slice(0, 8)}`);
    await tab.wish(id, kind);
  }

  /** @param {Device} device */
  async #press(device) {
    const tabs = device.tabs.filter(({ isFrozen }) => !isFrozen);
    if (tabs.length === 0) return;
    const tab = this.random.one(tabs);
    const what = this.random.one(["markAllRead", "markAllSeen", "loadOlder", "reconnect"]);
    this.#say(`${tab.name}: ${what}`);
    await tab.press(what);
  }
}
