// Changes since the last question: the delta of the stored feed.

import { get, sentence } from "../api.js";
import { DELTA_PATH, MAX_TOP } from "../notifeed/protocol.js";
import { element } from "../element.js";
import { time } from "../times.js";
import { pathOf } from "./query.js";

/** @typedef {import("../notifeed/index.js").FeedNotification} Item */
/** @typedef {{ id: string, "@removed": { reason: string } }} Removed */

/** The most changes that are drawn. */
const SHOWN = 20;

const MARKUP = /* HTML */ `
  <header class="card-head">
    <h3 id="changes-title">What changed</h3>
    <button type="button" id="changes-ask" class="quiet">Get all items</button>
  </header>
  <p class="hint">
    The last page of <code>GET …/delta</code> has a link. A request to that link returns only items that are new,
    changed or gone since.
  </p>
  <p id="changes-summary" role="status"></p>
  <ul id="changes-list" class="changes"></ul>
`;

export class Changes {
  #session;
  #place;
  #button;
  /** @type {string | null} where to go on; null: from the beginning */
  #link = null;
  /** The user's number: grows with every new beginning. */
  #turn = 0;
  /** When it was last asked. */
  #asked = "";

  /** @param {import("../session.js").Session} session */
  constructor(session) {
    this.#session = session;
    this.#place = element("section", { class: "delta", "aria-labelledby": "changes-title" });
    this.#place.insertAdjacentHTML("beforeend", MARKUP);
    this.#button = /** @type {HTMLButtonElement} */ (this.#part("ask"));
    this.#button.addEventListener("click", () => void this.#ask());
  }

  get node() {
    return this.#place;
  }

  /** Forgets the delta link, so that the next request begins anew. */
  reset() {
    this.#turn += 1;
    this.#link = null;
    this.#button.textContent = "Get all items";
    this.#part("summary").textContent = "";
    this.#part("list").replaceChildren();
  }

  /** @param {string} name */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#place.querySelector(`#changes-${name}`));
  }

  async #ask() {
    const from = this.#link;
    const turn = this.#turn;
    this.#button.setAttribute("aria-disabled", "true");
    try {
      const { changes, link } = await this.#read(from ?? `${DELTA_PATH}?$top=${MAX_TOP}`);
      if (turn !== this.#turn) return;
      this.#link = link;
      this.#show(changes, from !== null);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.reset();
      this.#part("summary").textContent = sentence(error);
    } finally {
      this.#button.removeAttribute("aria-disabled");
    }
  }

  /**
   * All pages from there on, and the link to what comes then.
   * @param {string} path
   * @returns {Promise<{ changes: (Item | Removed)[], link: string }>}
   */
  async #read(path) {
    const changes = [];
    for (let next = path; ;) {
      const { json } = await get(this.#session, next);
      changes.push(...json.value);
      const link = json["@odata.deltaLink"];
      if (link) return { changes, link: pathOf(link) };
      next = pathOf(json["@odata.nextLink"]);
    }
  }

  /**
   * @param {(Item | Removed)[]} changes
   * @param {boolean} since whether it was asked before
   */
  #show(changes, since) {
    const gone = changes.filter((change) => "@removed" in change).length;
    const there = changes.length - gone;
    this.#part("summary").replaceChildren(
      ...(since
        ? ["Since ", time(this.#asked), `: ${there} new or changed, ${gone} gone.`]
        : [`All items: ${there}. The next request returns only changes.`]),
    );
    this.#asked = new Date().toISOString();
    const nodes = changes.slice(-SHOWN).reverse().map(draw);
    if (changes.length > SHOWN) nodes.push(element("li", { class: "hint" }, `and ${changes.length - SHOWN} before`));
    this.#part("list").replaceChildren(...(since ? nodes : []));
    this.#button.textContent = "Get changes";
  }
}

/** @param {Item | Removed} change */
function draw(change) {
  if ("@removed" in change) {
    const { reason } = change["@removed"];
    return element(
      "li",
      { "data-change": "removed" },
      element("strong", {}, reason),
      " ",
      element("code", {}, change.id),
    );
  }
  const title = change.payload.visualContent?.title ?? "raw content";
  const states = [change.readState, change.userActionState, change.status].filter((state) => state !== "noInteraction");
  return element(
    "li",
    { "data-change": "item" },
    element("strong", {}, title),
    " ",
    element("span", { class: "hint" }, states.join(" · ")),
  );
}
