// A page of the stored feed as a table: a row for each notification, and below it, on demand, the raw answer.

import { element } from "../element.js";
import { countdown, time } from "../times.js";
import { drawAnswer } from "./answer.js";
import { drawCopy } from "./copies.js";

/** @typedef {import("../notifeed/index.js").FeedNotification} Item */
/** @typedef {import("./copies.js").Copy} Copy */
/** @typedef {import("../api.js").Answer} Answer */

/** The columns of every row, by their headings; the one of KV is there in development only. */
const COLUMNS = ["Notification", "State", "Priority", "Created", "Expires", "In KV", "Revision", "Raw"];

export class FeedTable {
  #table;
  #rows = element("tbody", {});
  #onInspect;
  /** @type {Map<string, { key: string, row: HTMLElement }>} what is drawn, by id; `key`: all that it shows */
  #drawn = new Map();
  /** @type {Map<string, HTMLElement>} the raw answers that are open, by id */
  #open = new Map();

  /** @param {(id: string) => Promise<Answer>} onInspect gets a notification's raw answer */
  constructor(onInspect) {
    this.#onInspect = onInspect;
    this.#table = element(
      "table",
      { class: "stored", "aria-labelledby": "feed-title" },
      element(
        "thead",
        {},
        element("tr", {}, ...COLUMNS.map((name) => element("th", { scope: "col", "data-column": name }, name))),
      ),
      this.#rows,
    );
    this.#rows.addEventListener("click", ({ target }) => this.#toggle(/** @type {Element} */ (target)));
  }

  get node() {
    return this.#table;
  }

  /**
   * @param {Item[]} items
   * @param {Map<string, Copy> | null} copies by id; null if the server doesn't report copies
   */
  show(items, copies) {
    this.#table.dataset.copies = copies ? "shown" : "untold";
    const focused = this.#rows.contains(document.activeElement) ? rowOf(document.activeElement)?.dataset.id : undefined;
    const before = this.#drawn;
    this.#drawn = new Map();
    const nodes = [];
    for (const item of items) {
      const copy = copies?.get(item.id);
      const key = JSON.stringify([{ ...item, displayTimeToLive: null }, copy]);
      const known = before.get(item.id);
      const row = known?.key === key ? known.row : drawRow(item, copy, this.#open.has(item.id));
      this.#drawn.set(item.id, { key, row });
      nodes.push(row);
      const answer = this.#open.get(item.id);
      if (answer) nodes.push(answer);
    }
    for (const id of this.#open.keys()) if (!this.#drawn.has(id)) this.#open.delete(id);
    put(this.#rows, nodes);
    if (focused && !this.#rows.contains(document.activeElement)) this.#focus(focused);
  }

  /** @param {string} id */
  #focus(id) {
    const row = this.#drawn.get(id)?.row;
    const wanted = row?.querySelector("button") ?? document.getElementById("feed-title");
    wanted?.focus();
  }

  /** Opens or closes the raw answer. @param {Element} target that was clicked */
  async #toggle(target) {
    const button = target.closest("button[aria-expanded]");
    const row = rowOf(button);
    const id = row?.dataset.id;
    if (!button || !row || !id) return;
    const open = this.#open.get(id);
    button.setAttribute("aria-expanded", String(!open));
    if (open) {
      this.#open.delete(id);
      open.remove();
      return;
    }
    const cell = element("td", { colspan: String(COLUMNS.length) }, "Asking…");
    const place = element("tr", { class: "raw-row", id: `raw-${id}` }, cell);
    this.#open.set(id, place);
    row.after(place);
    try {
      cell.replaceChildren(drawAnswer(await this.#onInspect(id), "Raw answer"));
    } catch (error) {
      cell.textContent = String(error);
    }
  }
}

/** @param {Element | null} node */
function rowOf(node) {
  const row = node?.closest("tr[data-id]");
  return row instanceof HTMLElement ? row : null;
}

/**
 * Makes these the children; what stays isn't touched, so that it keeps the focus.
 * @param {HTMLElement} parent
 * @param {HTMLElement[]} nodes
 */
function put(parent, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...parent.children]) if (!wanted.has(/** @type {HTMLElement} */ (node))) node.remove();
  let place = parent.firstElementChild;
  for (const node of nodes) {
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
}

/**
 * @param {Item} item
 * @param {Copy | undefined} copy
 * @param {boolean} open whether its raw answer is shown
 */
function drawRow(item, copy, open) {
  const title = item.payload.visualContent?.title ?? "raw content";
  const raw = element(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-expanded": String(open),
      "aria-controls": `raw-${item.id}`,
      "aria-label": `GET ${title}`,
    },
    "GET",
  );
  const contents = [
    [element("strong", {}, title), ...facts(item)],
    states(item),
    [element("span", { "data-priority": item.priority }, item.priority)],
    times(item),
    [countdown(item.expirationDateTime, "expired")],
    [drawCopy(copy)],
    copy ? [String(copy.revision), " ", element("code", { class: "hint", title: "ETag" }, copy.etag)] : [item.status],
    [raw],
  ];
  const cells = COLUMNS.map((name, index) =>
    element(index === 0 ? "th" : "td", cellAttributes(name, index), ...contents[index]),
  );
  return element("tr", { "data-id": item.id, "data-read": item.readState }, ...cells);
}

/**
 * @param {string} name
 * @param {number} index
 * @returns {Record<string, string>}
 */
function cellAttributes(name, index) {
  return { "data-column": name, ...(index === 0 ? { scope: "row" } : {}) };
}

/** @param {Item} item */
function* facts({ payload, groupName, appNotificationId }) {
  const text = payload.visualContent?.body ?? payload.rawContent;
  if (text) yield element("span", { class: "snippet" }, text);
  const names = [groupName, appNotificationId].filter((name) => name !== null);
  if (names.length > 0) yield element("span", { class: "hint" }, names.join(" · "));
}

/** @param {Item} item */
function* states({ readState, userActionState, status }) {
  yield element("span", { class: "state", "data-state": readState }, readState);
  if (userActionState !== "noInteraction") yield element("span", { class: "state" }, userActionState);
  if (status !== "active") yield element("span", { class: "state" }, status);
}

/** @param {Item} item */
function* times({ createdDateTime, lastModifiedDateTime }) {
  yield time(createdDateTime);
  if (lastModifiedDateTime === createdDateTime) return;
  yield element("span", { class: "hint" }, "changed ", time(lastModifiedDateTime));
}
