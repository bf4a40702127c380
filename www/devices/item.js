// One notification of the feed: what it shows, and what a person can do with it.

import { element } from "../element.js";
import { isDismissed } from "./feed.js";

/** @typedef {import("./feed.js").Notification} Notification */

/**
 * Something to do with a notification.
 * @typedef {object} Action
 * @property {string} label
 * @property {string} done said when it is done
 * @property {{ type: "update", readState?: string, userActionState?: string } | { type: "delete" }} change
 */

/** @type {Record<string, Action>} */
export const ACTIONS = {
  read: { label: "Mark read", done: "Marked read", change: { type: "update", readState: "read" } },
  unread: { label: "Mark unread", done: "Marked unread", change: { type: "update", readState: "unread" } },
  // What a person waves away has been seen.
  dismiss: {
    label: "Dismiss",
    done: "Dismissed",
    change: { type: "update", readState: "read", userActionState: "dismissed" },
  },
  restore: { label: "Restore", done: "Restored", change: { type: "update", userActionState: "noInteraction" } },
  delete: { label: "Delete", done: "Deleted", change: { type: "delete" } },
};

/** Nothing is kept long enough to need the year. */
const TIME = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
});

/** @param {Notification} item */
export function headline({ payload }) {
  return payload.visualContent?.title ?? "raw content";
}

/**
 * Draws a notification. What can be focused in it has a `data-part`, the same whatever its states are.
 * @param {Notification} item
 * @param {boolean} arrived just now
 */
export function drawItem(item, arrived) {
  return element(
    "li",
    {
      class: arrived ? "item arrived" : "item",
      tabindex: "-1",
      "data-part": "item",
      "data-id": item.id,
      "data-read": item.readState,
      "data-action": item.userActionState,
    },
    ...content(item),
    element("p", { class: "facts" }, ...facts(item)),
    element(
      "p",
      { class: "actions" },
      button(item, "read", item.readState === "unread" ? "read" : "unread"),
      button(item, "dismiss", isDismissed(item) ? "restore" : "dismiss"),
      button(item, "delete", "delete"),
    ),
  );
}

/** @param {Notification} item */
function* content({ payload: { rawContent, visualContent } }) {
  if (visualContent) yield element("h3", {}, visualContent.title);
  if (visualContent?.body) yield element("p", { class: "text" }, visualContent.body);
  if (rawContent) {
    const attributes = { tabindex: "0", "data-part": "raw", role: "group", "aria-label": "Raw content" };
    yield element("pre", { class: "raw mono", ...attributes }, rawContent);
  }
}

/** @param {Notification} item */
function* facts(item) {
  if (item.readState === "unread") yield element("span", { class: "unread-mark" }, "Unread");
  if (item.userActionState !== "noInteraction") yield element("span", {}, item.userActionState);
  yield element("span", { "data-priority": item.priority }, `${item.priority} priority`);
  if (item.groupName) yield element("span", {}, item.groupName);
  if (item.status === "updated") yield element("span", {}, "updated");
  yield element("time", { datetime: item.createdDateTime }, TIME.format(Date.parse(item.createdDateTime)));
}

/**
 * @param {Notification} item
 * @param {string} part
 * @param {string} name of the action
 */
function button(item, part, name) {
  const { label } = ACTIONS[name];
  return element(
    "button",
    { type: "button", class: "quiet", "data-part": part, "data-do": name, "aria-label": `${label}: ${headline(item)}` },
    label,
  );
}
