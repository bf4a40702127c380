// How the page shows the feed: newest first, each notification drawn once.

import { byId, element } from "./element.js";
import { newestFirst } from "./feed.js";

/** @typedef {import("./feed.js").Notification} Notification */

/** The most notifications that are drawn. */
const SHOWN = 100;

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export class Inbox {
  #list = byId("feed", HTMLElement);
  #count = byId("feed-count", HTMLElement);
  #empty = byId("feed-empty", HTMLElement);
  #more = byId("feed-more", HTMLElement);
  #arrivals = byId("arrivals", HTMLElement);
  /** @type {Map<Notification, HTMLElement>} what is drawn; a notification that changed is another object */
  #drawn = new Map();

  /**
   * @param {import("./feed.js").Feed} feed
   * @param {Notification[]} arrived just now, not replayed
   */
  show(feed, arrived) {
    const items = newestFirst(feed);
    const fresh = new Set(arrived);
    const drawn = new Map(
      items.slice(0, SHOWN).map((item) => [item, this.#drawn.get(item) ?? draw(item, fresh.has(item))]),
    );
    for (const [item, node] of this.#drawn) if (!drawn.has(item)) node.remove();
    let place = this.#list.firstElementChild;
    for (const node of drawn.values()) {
      if (node === place) place = place.nextElementSibling;
      else this.#list.insertBefore(node, place);
    }
    this.#drawn = drawn;
    this.#count.textContent = items.length > 0 ? String(items.length) : "";
    this.#empty.hidden = items.length > 0;
    this.#more.hidden = items.length <= SHOWN;
    this.#more.textContent = `and ${items.length - SHOWN} older ones`;
    // Replayed ones are in the list for whoever reads it; only news is announced.
    if (arrived.length > 0) this.#arrivals.textContent = `Arrived: ${arrived.map(headline).join("; ")}`;
  }
}

/** @param {Notification} item */
function headline({ payload }) {
  return payload.visualContent?.title ?? "raw content";
}

/**
 * @param {Notification} item
 * @param {boolean} arrived just now
 */
function draw(item, arrived) {
  const { rawContent, visualContent } = item.payload;
  const content = [];
  if (visualContent) content.push(element("h3", {}, visualContent.title));
  if (visualContent?.body) content.push(element("p", { class: "text" }, visualContent.body));
  if (rawContent)
    content.push(
      element("pre", { class: "raw mono", tabindex: "0", role: "group", "aria-label": "Raw content" }, rawContent),
    );
  const facts = [element("span", { "data-priority": item.priority }, `${item.priority} priority`)];
  if (item.groupName) facts.push(element("span", {}, item.groupName));
  if (item.status === "updated") facts.push(element("span", {}, "updated"));
  if (item.readState === "read") facts.push(element("span", {}, "read"));
  if (item.userActionState !== "noInteraction") facts.push(element("span", {}, item.userActionState));
  facts.push(element("time", { datetime: item.createdDateTime }, TIME.format(Date.parse(item.createdDateTime))));
  return element(
    "li",
    {
      class: arrived ? "item arrived" : "item",
      "data-id": item.id,
      "data-read": item.readState,
      "data-action": item.userActionState,
    },
    ...content,
    element("p", { class: "facts" }, ...facts),
  );
}
