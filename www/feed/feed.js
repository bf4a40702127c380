// The section of the stored feed: what any app reads over HTTP, page by page, and behind it what is copied to KV.

import { ask, get, Refused, sentence } from "../api.js";
import { ERROR_STATUS, NOTIFICATION_PATH } from "../notifeed/protocol.js";
import { element } from "../element.js";
import { Changes } from "./changes.js";
import { nextLook } from "./copies.js";
import { Filters } from "./filters.js";
import { copiesPath, countPath, firstPage, pathOf } from "./query.js";
import { FeedTable } from "./table.js";

/** @typedef {import("./table.js").Item} Item */
/** @typedef {import("./copies.js").Copy} Copy */

/** Changes that come within this many milliseconds are read at once. */
const GATHER = 250;
/** The longest that a timer can run, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** @type {import("../console.js").Start} */
export function start(place, session) {
  const section = new FeedSection(session);
  place.querySelector(".card-head")?.append(...section.head);
  place.append(...section.content);
  session.on("user", () => section.restart());
  session.on("feed", () => section.refreshSoon());
  addEventListener("online", () => section.refreshSoon());
  section.restart();
}

class FeedSection {
  #session;
  #filters = new Filters(() => this.#from(0));
  #table = new FeedTable((id) => ask(this.#session, NOTIFICATION_PATH.replace("{id}", id)));
  #changes;
  #count = element("span", { id: "stored-count", class: "count" });
  #refresh = button("Refresh", () => void this.#read());
  #request = element("code", {});
  #taken = element("span", { class: "hint" });
  #trouble = element("p", { class: "trouble", role: "alert", hidden: "" });
  #empty = element("p", { class: "empty", hidden: "" });
  #newer = button("Newer", () => this.#from(this.#page - 1));
  #older = button("Older", () => this.#from(this.#page + 1));
  #where = element("span", { class: "hint" });
  /** Announces only results that the user requested; the devices section announces incoming changes. */
  #announcement = element("p", { class: "visually-hidden", role: "status" });
  #asked = false;
  #legend = element(
    "p",
    { class: "hint", hidden: "" },
    "The user's Hub stores the feed and answers all reads. A moment after each change KV has it too, as a second, independent copy.",
  );
  /** The paths of the pages up to the one that is shown, and of the next, if there is one. @type {string[]} */
  #pages = [];
  #page = 0;
  /** The number of the latest reading; the answers to an earlier one are ignored. */
  #turn = 0;
  #reading = false;
  /** Whether there is more to read as soon as that is done. */
  #again = false;
  #soon = 0;
  #later = 0;
  /** @type {Item[]} */
  #items = [];

  /** @param {import("../session.js").Session} session */
  constructor(session) {
    this.#session = session;
    this.#changes = new Changes(session);
  }

  get head() {
    return [this.#count, this.#refresh];
  }

  get content() {
    return [
      this.#filters.node,
      element("p", { class: "request" }, this.#request, " ", this.#taken),
      this.#trouble,
      element("div", { class: "stored-frame" }, this.#table.node, this.#empty),
      element("nav", { class: "pager", "aria-label": "Pages of the feed" }, this.#newer, this.#where, this.#older),
      this.#legend,
      this.#changes.node,
      this.#announcement,
    ];
  }

  /** Begins anew, for whoever is signed in now. */
  restart() {
    this.#filters.reset();
    this.#changes.reset();
    this.#show([], null);
    this.#from(0);
    this.#asked = false;
  }

  /** Reads the page again in a moment, together with what else changes until then. */
  refreshSoon() {
    this.#soon ||= setTimeout(() => {
      this.#soon = 0;
      // A read that is under way is shown first: else a flood of changes would show nothing at all.
      if (this.#reading) this.#again = true;
      else void this.#read();
    }, GATHER);
  }

  /** @param {number} page */
  #from(page) {
    this.#asked = true;
    if (page === 0) this.#pages = [firstPage(this.#filters.choice)];
    this.#page = page;
    void this.#read();
  }

  async #read() {
    const turn = ++this.#turn;
    clearTimeout(this.#later);
    this.#reading = true;
    this.#again = false;
    const path = this.#pages[this.#page];
    try {
      const [list, count, copies] = await Promise.all([
        get(this.#session, path),
        get(this.#session, countPath(this.#filters.choice)),
        this.#copies(path),
      ]);
      if (turn !== this.#turn) return;
      this.#take(list, Number(count.text), copies);
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
    } finally {
      if (turn === this.#turn) {
        this.#reading = false;
        if (this.#again) this.refreshSoon();
      }
    }
  }

  /**
   * The copies of a page's items; null if the server doesn't report copies.
   * @param {string} path of the page
   */
  async #copies(path) {
    if (this.#session.pasting) return null;
    const answer = await ask(this.#session, copiesPath(path));
    if (answer.status !== 200) return null;
    /** @type {Copy[]} */
    const copies = answer.json.value;
    return new Map(copies.map((copy) => [copy.id, copy]));
  }

  /**
   * @param {import("../api.js").Answer} list
   * @param {number} count
   * @param {Map<string, Copy> | null} copies
   */
  #take({ json, request, milliseconds }, count, copies) {
    /** @type {Item[]} */
    const items = json.value;
    // All items of this page have gone: there is a page before it.
    if (items.length === 0 && this.#page > 0) return this.#from(this.#page - 1);
    const next = json["@odata.nextLink"];
    this.#pages = [...this.#pages.slice(0, this.#page + 1), ...(next ? [pathOf(next)] : [])];
    this.#trouble.hidden = true;
    this.#request.textContent = decodeURIComponent(request);
    this.#taken.textContent = `200 in ${milliseconds.toFixed(0)} ms`;
    this.#count.textContent = String(count);
    this.#filters.offer(items.map(({ groupName }) => groupName));
    this.#show(items, copies);
    this.#empty.hidden = items.length > 0;
    this.#empty.textContent = "No notifications. Each stays here until it expires or is deleted.";
    this.#legend.hidden = copies === null;
    const first = this.#page * this.#filters.choice.top;
    this.#where.textContent = items.length > 0 ? `${first + 1} to ${first + items.length} of ${count}` : "";
    if (this.#asked) this.#announcement.textContent = this.#where.textContent || this.#empty.textContent;
    this.#asked = false;
    enable(this.#newer, this.#page > 0);
    enable(this.#older, next !== undefined);
    const wait = Math.min(nextLook(items, copies), this.#untilExpiration());
    if (wait !== Infinity) this.#later = setTimeout(() => this.refreshSoon(), Math.min(wait, LONGEST_TIMER));
  }

  /** @param {unknown} error */
  #fail(error) {
    // The page's token belongs to an earlier epoch of the feed.
    if (error instanceof Refused && error.answer.status === ERROR_STATUS.SyncStateNotFound && this.#page > 0)
      return this.#from(0);
    this.#trouble.hidden = false;
    this.#trouble.textContent = sentence(error);
  }

  /**
   * @param {Item[]} items
   * @param {Map<string, Copy> | null} copies
   */
  #show(items, copies) {
    this.#items = items;
    this.#table.show(items, copies);
  }

  /** How long until something on the page expires, in milliseconds. */
  #untilExpiration() {
    const now = Date.now();
    return Math.min(...this.#items.map((item) => Math.max(1000, Date.parse(item.expirationDateTime) - now)));
  }
}

/**
 * @param {string} label
 * @param {() => void} act
 */
function button(label, act) {
  const made = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "quiet" }, label));
  made.addEventListener("click", () => made.getAttribute("aria-disabled") !== "true" && act());
  return made;
}

/**
 * Enables or disables a button without `disabled`: a disabled button loses the focus, and users of a keyboard would
 * lose their place.
 * @param {HTMLButtonElement} button
 * @param {boolean} able
 */
function enable(button, able) {
  button.setAttribute("aria-disabled", String(!able));
}
