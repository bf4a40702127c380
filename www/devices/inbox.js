// How the page shows the feed: newest first, each notification drawn once, what was dismissed on demand.

import { byId } from "../element.js";
import { isDismissed, newestFirst, unreadCount } from "./feed.js";
import { ACTIONS, drawItem, headline } from "./item.js";

/** @typedef {import("./feed.js").Notification} Notification */

/** The most notifications that are drawn. */
const SHOWN = 100;

const TITLE = document.title;

export class Inbox {
  #list = byId("live-feed", HTMLElement);
  #count = byId("feed-count", HTMLElement);
  #unread = byId("unread-count", HTMLElement);
  #empty = byId("feed-empty", HTMLElement);
  #more = byId("feed-more", HTMLElement);
  #dismissed = byId("dismissed", HTMLElement);
  #dismissedCount = byId("dismissed-count", HTMLElement);
  #showDismissed = byId("show-dismissed", HTMLInputElement);
  #trouble = byId("feed-trouble", HTMLElement);
  #announcement = byId("announcement", HTMLElement);
  #onAction;
  /** @type {import("./feed.js").Feed | undefined} what is shown */
  #feed;
  /** @type {Map<Notification, HTMLElement>} what is drawn; a notification that changed is another object */
  #drawn = new Map();
  /** @type {string | undefined} the id of the notification that something was done with last */
  #actedOn;

  /** @param {(item: Notification, action: import("./item.js").Action) => void} onAction what a person wants done */
  constructor(onAction) {
    this.#onAction = onAction;
    this.#list.addEventListener("click", ({ target }) => this.#act(/** @type {Element} */ (target)));
    this.#list.addEventListener("keydown", (event) => this.#move(event));
    this.#showDismissed.addEventListener("change", () => this.#feed && this.show(this.#feed, []));
  }

  /**
   * @param {import("./feed.js").Feed} feed
   * @param {Notification[]} arrived just now, not replayed
   */
  show(feed, arrived) {
    this.#feed = feed;
    const all = newestFirst(feed);
    const dismissed = all.filter(isDismissed).length;
    const items = this.#showDismissed.checked ? all : all.filter((item) => !isDismissed(item));
    this.#draw(items.slice(0, SHOWN), new Set(arrived));
    this.#count.textContent = items.length > 0 ? String(items.length) : "";
    this.#empty.hidden = items.length > 0;
    this.#empty.textContent =
      dismissed > 0 ? "All dismissed." : "Nothing yet. Send a notification and it arrives here.";
    this.#more.hidden = items.length <= SHOWN;
    this.#more.textContent = `and ${items.length - SHOWN} older ones`;
    this.#dismissed.hidden = dismissed === 0;
    this.#dismissedCount.textContent = String(dismissed);
    const unread = unreadCount(feed);
    this.#unread.textContent = String(unread);
    document.title = unread > 0 ? `(${unread}) ${TITLE}` : TITLE;
    // Replayed ones are in the list for whoever reads it; only news is announced.
    if (arrived.length > 0) this.announce(`Arrived: ${arrived.map(headline).join("; ")}`);
  }

  /**
   * Tells who can't see the list what became of it.
   * @param {string} text
   */
  announce(text) {
    this.#announcement.textContent = text;
  }

  /** @param {string} text why something couldn't be done; empty: all is well */
  complain(text) {
    this.#trouble.hidden = text === "";
    this.#trouble.textContent = text;
  }

  /**
   * @param {Notification[]} items
   * @param {Set<Notification>} fresh
   */
  #draw(items, fresh) {
    const focus = this.#focus();
    const drawn = new Map(items.map((item) => [item, this.#drawn.get(item) ?? drawItem(item, fresh.has(item))]));
    for (const [item, node] of this.#drawn) if (!drawn.has(item)) node.remove();
    let place = this.#list.firstElementChild;
    for (const node of drawn.values()) {
      if (node === place) place = place.nextElementSibling;
      else this.#list.insertBefore(node, place);
    }
    this.#drawn = drawn;
    if (focus && !this.#list.contains(document.activeElement)) this.#restore(focus);
  }

  /** Where in the list the focus is, if it is there. */
  #focus() {
    const part = document.activeElement?.closest("[data-part]");
    const item = part?.closest("li");
    if (!(part instanceof HTMLElement) || !item || !this.#list.contains(item)) return null;
    return { id: item.dataset.id, part: part.dataset.part, index: [...this.#list.children].indexOf(item) };
  }

  /**
   * Gives the focus back after what had it was redrawn or left. In the place of one that left stands another: only
   * who sent it away goes on with the same button there; anybody else would press what they didn't choose.
   * @param {{ id?: string, part?: string, index: number }} focus
   */
  #restore({ id, part, index }) {
    const nodes = [...this.#list.children];
    const same = nodes.find((node) => node instanceof HTMLElement && node.dataset.id === id);
    const next = same ?? nodes[index] ?? nodes.at(-1);
    const wanted = same || id === this.#actedOn ? part : "item";
    focusPart(next, wanted ?? "item") || byId("devices-title", HTMLElement).focus();
  }

  /** @param {Element} target that was clicked */
  #act(target) {
    const name = target.closest("button")?.dataset.do;
    const node = target.closest("li");
    const item = [...this.#drawn].find(([, drawn]) => drawn === node)?.[0];
    if (name === undefined || !item) return;
    this.#actedOn = item.id;
    this.#onAction(item, ACTIONS[name]);
  }

  /** Up and down go to the same part of the neighbour. @param {KeyboardEvent} event */
  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const focus = this.#focus();
    if (!step || !focus || focus.part === "raw") return;
    if (focusPart(this.#list.children[focus.index + step], focus.part ?? "item")) event.preventDefault();
  }
}

/**
 * @param {Element | undefined} node of a notification
 * @param {string} part
 * @returns {boolean} whether there was something to focus
 */
function focusPart(node, part) {
  const found = node?.querySelector(`[data-part="${part}"]`) ?? node;
  if (!(found instanceof HTMLElement)) return false;
  found.focus();
  return true;
}
