// A device: a live client of its own, its connection, and its list.

import { element } from "../element.js";
import { ACTIONS, headline, isDismissed, NOTHING, took } from "./item.js";
import { connectionWords, replayWords, shortened } from "./connection.js";
import { List } from "./list.js";
import { PLATFORMS } from "./platforms.js";

/** @typedef {import("./platforms.js").Notification} Notification */
/** @typedef {import("./platforms.js").Platform} Platform */
/** @typedef {import("../notifeed/live.js").LiveClient} LiveClient */
/** @typedef {import("../notifeed/live.js").LiveEvents} LiveEvents */

/**
 * The news of a device.
 * @typedef {object} News
 * @property {(what: string, about?: string) => void} tell for who can't see it
 * @property {(notification: Notification) => void} arrived just now, not replayed
 * @property {() => void} changed what it shows is another
 * @property {() => void} feedChanged something happened to the user's feed, not only here
 */

/** Changes that come within this many milliseconds are drawn at once. */
const GATHER = 16;

/** The reasons of a removal that say that the feed has changed just now; `expired` and `reset` don't. */
const HAPPENS = new Set(["deleted", "retargeted", "retracted"]);

export class Pane {
  #platform;
  #connect;
  #news;
  #count = element("span", { class: "count" });
  #connection = element("span", {});
  // Two separate buttons, so that none changes its meaning just as the user presses it.
  #toggle = element("button", { type: "button", class: "quiet" });
  #hurry = element("button", { type: "button", class: "quiet hurry", hidden: "" }, "Connect now");
  #replay = element("span", {});
  #cursor = element("code", {});
  #empty = element("p", { class: "empty" });
  #items = element("ol", { class: "items" });
  #older = element("p", { class: "hint older", hidden: "" });
  #said = element("span", {});
  #undo = element("button", { type: "button", class: "quiet", hidden: "" }, "Undo");
  #list;
  #showDismissed = false;
  /** @type {LiveClient | null} null: not connected yet, or dropped */
  #client = null;
  #dropped = false;
  /** Resolves once the previous client has released its store. */
  /** @type {Promise<unknown>} */
  #closed = Promise.resolve();
  /** The user's latest choice to connect or disconnect; a different object means that it has changed since. */
  #intent = {};
  /** @type {readonly Notification[]} what is shown */
  #shown = [];
  /** @type {LiveEvents["ready"] | null} */
  #ready = null;
  /** @type {Map<string, Partial<typeof NOTHING>>} by notification */
  #known = new Map();
  /** @type {Set<string>} what came with the present replay */
  #replayed = new Set();
  #drawing = 0;
  #told = "";

  /**
   * @param {Platform} platform
   * @param {() => LiveClient} connect
   * @param {News} news
   */
  constructor(platform, connect, news) {
    const { name } = PLATFORMS[platform];
    this.#platform = platform;
    this.#connect = connect;
    this.#news = news;
    const title = element("h3", { tabindex: "-1" }, name, " ", this.#count);
    this.#items.setAttribute("aria-label", `Notifications on ${name}`);
    this.node = element(
      "article",
      { class: "device", "data-platform": platform, "aria-label": `${name} device` },
      element("header", {}, title, this.#hurry, this.#toggle),
      element("p", { class: "connection" }, this.#connection),
      element("p", { class: "replay" }, this.#replay, this.#cursor),
      element("div", { class: "screen" }, this.#empty, this.#items, this.#older),
      element("p", { class: "happened" }, this.#said, this.#undo),
    );
    this.#list = new List(
      this.#items,
      title,
      (item, action) => void this.#do(item, action),
      (item, action, text) => void this.#answer(item, action, text),
    );
    this.#hurry.setAttribute("aria-label", `Connect now: ${name}`);
    this.#hurry.addEventListener("click", () => this.#client?.reconnect());
    this.#toggle.addEventListener("click", () => (this.#dropped ? void this.open() : this.drop()));
    this.#undo.addEventListener("click", () => void this.#takeBack?.());
    this.open();
  }

  /** The items that it shows. */
  get items() {
    return this.#shown;
  }

  get dropped() {
    return this.#dropped;
  }

  /** @param {boolean} show whether what was dismissed is shown */
  set showDismissed(show) {
    this.#showDismissed = show;
    this.#draw();
  }

  /** @param {string | null} id the subscription that it connects for from now on */
  setEndpoint(id) {
    this.#client?.setEndpoint(id);
  }

  /** Forgets whom it belonged to, and connects for who is signed in now. */
  startAnew() {
    this.#close();
    this.#shown = [];
    this.#known.clear();
    this.#told = "";
    this.#say("");
    this.#draw();
    this.open();
  }

  /** Connects; what it showed stays until more is known. */
  async open() {
    const intent = (this.#intent = {});
    this.#dropped = false;
    this.#ready = null;
    this.#replayed.clear();
    this.tick();
    await this.#closed;
    if (intent !== this.#intent) return;
    const client = (this.#client = this.#connect());
    client.on("notification", (event) => this.#came(event));
    client.on("removed", ({ reason }) => HAPPENS.has(reason) && this.#happened());
    client.on("state", () => this.#happened());
    client.on("ready", (event) => this.#isReady(event));
    client.on("status", () => this.#statusChanged());
    client.on("change", () => (this.#drawing ||= setTimeout(() => this.#look(), GATHER)));
    this.#statusChanged();
  }

  /** Drops the connection and shows on what it last knew. */
  drop() {
    this.#dropped = true;
    this.#close();
    this.tick();
    this.#tell("Connection dropped");
    this.#news.changed();
  }

  /** Says again what changes with the time. */
  tick() {
    const status = this.#dropped ? null : (this.#client?.status ?? { state: /** @type {const} */ ("connecting") });
    const text = connectionWords(status, Date.now());
    write(this.#connection, text);
    this.#connection.title = text;
    const toggle = status === null ? "Bring back" : "Drop";
    write(this.#toggle, toggle);
    this.#toggle.setAttribute("aria-label", `${toggle}: ${PLATFORMS[this.#platform].name}`);
    const stays = status !== null && status.state !== "waiting" && status.state !== "stopped";
    if (stays && document.activeElement === this.#hurry) this.#toggle.focus();
    this.#hurry.hidden = status === null || stays;
    this.node.dataset.state = status?.state ?? "dropped";
  }

  /**
   * A delivery is complete.
   * @param {string} id
   * @param {number} milliseconds that it took
   */
  took(id, milliseconds) {
    this.#know(id, { milliseconds });
    const place = this.#list.find(id)?.querySelector(".took");
    if (place) place.textContent = took(milliseconds);
  }

  /** A notification that isn't for this device arrived on another one. @param {Notification} notification */
  isNotFor(notification) {
    // The message doesn't replace one that offers an undo.
    if (!this.#takeBack) this.#say(`“${headline(notification)}” isn't for ${PLATFORMS[this.#platform].name}`);
  }

  #close() {
    this.#intent = {};
    clearTimeout(this.#drawing);
    this.#drawing = 0;
    if (this.#client) this.#closed = this.#client.close();
    this.#client = null;
  }

  // --- What the client tells

  /** @param {LiveEvents["notification"]} event */
  #came({ notification, replayed }) {
    const { id, displayTimeToLive } = notification;
    // The time that is left counts from the writing: another tab may have had the item for long.
    const counts = displayTimeToLive !== null && (!replayed || this.#client?.leads);
    this.#known.set(id, { fresh: !replayed, ends: counts ? Date.now() + displayTimeToLive * 1000 : 0 });
    if (replayed) return this.#replayed.add(id);
    if (!this.#takeBack) this.#say("");
    this.#news.arrived(notification);
    this.#happened();
  }

  #happened() {
    if (this.#client?.status.state === "live") this.#news.feedChanged();
  }

  /** @param {LiveEvents["ready"]} ready */
  #isReady(ready) {
    this.#ready = ready;
    if (ready.resumed) {
      for (const id of this.#replayed) {
        this.#know(id, { missed: true });
        this.#list.outdate(id);
      }
    }
    this.#replayed.clear();
    this.#look();
  }

  #statusChanged() {
    const { state = "connecting" } = this.#client?.status ?? {};
    if (state === "connecting") this.#ready = null;
    else this.#tell({ live: "Live", waiting: "Connection lost, coming back", stopped: "Stopped" }[state]);
    if (state === "live") this.#look();
    this.tick();
    this.#showPosition();
  }

  #look() {
    clearTimeout(this.#drawing);
    this.#drawing = 0;
    if (!this.#client) return;
    this.#shown = this.#client.items;
    this.#draw();
    this.#showPosition();
    this.#news.changed();
  }

  // --- What it shows

  #draw() {
    const { shown, older } = this.#list.draw(this.#shown, this.#showDismissed, ({ id }) => {
      const known = { ...NOTHING, ...this.#known.get(id) };
      this.#know(id, { fresh: false });
      return known;
    });
    this.#count.textContent = shown > 0 ? String(shown + older) : "";
    this.#empty.hidden = shown > 0;
    this.#empty.textContent = this.#shown.some(isDismissed) ? "All dismissed." : "Nothing yet. Send something.";
    this.#older.hidden = older === 0;
    this.#older.textContent = `and ${older} older ones`;
  }

  #showPosition() {
    const client = this.#client;
    if (!client) return;
    const { state } = client.status;
    if (state === "live") write(this.#replay, replayWords(this.#ready));
    else if (state === "connecting") write(this.#replay, "Catching up");
    write(this.#cursor, shortened(client.cursor));
    this.#cursor.title = `Cursor ${client.cursor ?? "none"}`;
  }

  /**
   * @param {string} id
   * @param {Partial<typeof NOTHING>} known
   */
  #know(id, known) {
    this.#known.set(id, { ...this.#known.get(id), ...known });
  }

  /** Tells of the connection when its state is another than was told last. @param {string} what */
  #tell(what) {
    // The first connection after the page was opened isn't announced.
    if (this.#told !== what && !(this.#told === "" && what === "Live")) this.#news.tell(what);
    this.#told = what;
  }

  // --- What a person does

  /** @type {(() => Promise<void>) | undefined} takes back what was done last */
  #takeBack;

  /**
   * @param {Notification} item
   * @param {import("./item.js").Action} action
   */
  async #do(item, { done, change }) {
    if (!this.#client) return this.#complain("Dropped: bring the connection back before you change a notification.");
    const client = this.#client;
    const { id, readState, userActionState, snoozedUntilDateTime } = item;
    const live = client.status.state === "live";
    this.#say(live ? `${done}: ${headline(item)}` : `${done} as soon as the connection is back: ${headline(item)}`);
    if (change) {
      this.#offerUndo(async () => {
        this.#say("");
        await this.#ask(
          client.update(id, { readState, userActionState, snoozedUntilDateTime }),
          "Taken back",
          headline(item),
        );
        this.#look();
        this.#list.focus(id);
      });
    }
    await this.#ask(change ? client.update(id, change) : client.remove(id), done, headline(item));
  }

  /**
   * Answers; the first answer wins, and can't be taken back.
   * @param {Notification} item
   * @param {string} action
   * @param {string} [text]
   */
  async #answer(item, action, text) {
    if (!this.#client) return this.#complain("Dropped: bring the connection back before you answer a notification.");
    this.#say(`Answered: ${headline(item)}`);
    await this.#ask(this.#client.answer(item, action, text), "Answered", headline(item));
  }

  /**
   * @param {Promise<void>} asked
   * @param {string} done
   * @param {string} about
   */
  async #ask(asked, done, about) {
    try {
      await asked;
      this.#news.tell(done, about);
    } catch (error) {
      this.#complain(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {() => Promise<void>} takeBack */
  #offerUndo(takeBack) {
    this.#takeBack = takeBack;
    this.#undo.hidden = false;
  }

  /** @param {string} text */
  #complain(text) {
    this.#say(text);
    this.#said.dataset.kind = "trouble";
    this.#news.tell(text);
  }

  /** Says what happened last. @param {string} text */
  #say(text) {
    this.#said.textContent = text;
    delete this.#said.dataset.kind;
    this.#takeBack = undefined;
    this.#undo.hidden = true;
  }
}

/**
 * @param {Element} node
 * @param {string} text
 */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
