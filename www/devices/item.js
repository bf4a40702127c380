// A notification on a device: what it shows, and what a person can do with it.

import { DEFAULT_ANSWER_TEXT } from "../notifeed/protocol.js";
import { element } from "../element.js";
import { countdown, time } from "../times.js";
import { ALL, PLATFORMS, targets } from "./platforms.js";

/** @typedef {import("./platforms.js").Notification} Notification */
/** @typedef {import("../notifeed/live.js").StateChange} StateChange */

/**
 * Something to do with a notification.
 * @typedef {object} Action
 * @property {string} label
 * @property {string} [short] what stands on its button, where there is little room; default: the label
 * @property {string} done said when it is done
 * @property {StateChange | null} change null: it is deleted, which can't be undone
 */

/** @type {Record<string, Action>} */
export const ACTIONS = {
  read: { label: "Mark read", short: "Read", done: "Marked read", change: { readState: "read" } },
  unread: { label: "Mark unread", short: "Unread", done: "Marked unread", change: { readState: "unread" } },
  // A notification that a person waves away has been seen.
  dismiss: { label: "Dismiss", done: "Dismissed", change: { readState: "read", userActionState: "dismissed" } },
  restore: { label: "Restore", done: "Restored", change: { userActionState: "noInteraction" } },
  snooze: { label: "Snooze", done: "Snoozed", change: { userActionState: "snoozed" } },
  wake: { label: "Wake", done: "Awake again", change: { userActionState: "noInteraction" } },
  delete: { label: "Delete", done: "Deleted", change: null },
};

/** The facts that a device knows of a notification besides its content. */
export const NOTHING = { fresh: false, missed: false, milliseconds: /** @type {number | null} */ (null), ends: 0 };

/** @param {Notification} item */
export function headline({ payload }) {
  return payload.visualContent?.title ?? "raw content";
}

/** @param {Notification} item */
export function isDismissed({ userActionState }) {
  return userActionState === "dismissed";
}

/**
 * Draws a notification. Each part of it that can be focused has a `data-part`, the same whatever its states are.
 * @param {Notification} item
 * @param {typeof NOTHING} known `fresh`: it arrived just now; `missed`: while the connection was down; `ends`: when its time to be
 *   displayed is over, in milliseconds since 1970, 0 where it has none
 */
export function drawItem(item, known) {
  return element(
    "li",
    {
      class: known.fresh ? "item arrived" : "item",
      tabindex: "-1",
      "data-part": "item",
      "data-id": item.id,
      "data-read": item.readState,
      "data-action": item.userActionState,
    },
    ...content(item),
    element("p", { class: "facts" }, ...facts(item, known)),
    element("p", { class: "times" }, ...times(item, known)),
    ...answers(item),
    element("p", { class: "actions" }, ...actions(item)),
  );
}

/** @param {number} milliseconds */
export function took(milliseconds) {
  return `arrived in ${milliseconds.toFixed(0)} ms`;
}

/** @param {Notification} item */
function* content({ payload: { rawContent, visualContent } }) {
  if (visualContent) yield element("h4", {}, linked(visualContent));
  if (visualContent?.body) yield element("p", { class: "text" }, visualContent.body);
  if (rawContent) {
    const attributes = { tabindex: "0", "data-part": "raw", role: "group", "aria-label": "Raw content" };
    yield element("pre", { class: "raw mono", ...attributes }, rawContent);
  }
}

/**
 * The title, which leads where the notification does: in a page that doesn't know this one.
 * @param {NonNullable<Notification["payload"]["visualContent"]>} content
 */
function linked({ title, link }) {
  if (!link) return title;
  const attributes = { href: link, target: "_blank", rel: "noopener noreferrer", title: link, "data-part": "link" };
  return element("a", attributes, title);
}

/** The answer to a notification, or the ways to give it. @param {Notification} item */
function* answers(item) {
  const { actions } = item.payload.visualContent ?? {};
  if (item.answer) {
    const { actionId, platform, text } = item.answer;
    const title = actions?.find(({ id }) => id === actionId)?.title ?? actionId;
    const where = platform ? ` on ${platform}` : "";
    yield element("p", { class: "answer" }, `Answered${where}: ${title}`, ...(text ? [` (“${text}”)`] : []));
  } else if (actions)
    yield element("p", { class: "actions answers" }, ...actions.flatMap((action) => way(item, action)));
}

/**
 * A button that answers, behind the line of text that it asks for.
 * @param {Notification} item
 * @param {NonNullable<NonNullable<Notification["payload"]["visualContent"]>["actions"]>[number]} action
 */
function way(item, { id, title, style, input }) {
  const about = headline(item);
  const press = { type: "button", "data-part": `answer ${id}`, "data-answer": id, "aria-label": `${title}: ${about}` };
  const button = element("button", { ...press, class: style === "primary" ? "" : "quiet" }, title);
  if (!input) return [button];
  const placeholder = input.placeholder ?? "";
  const label = `${placeholder || title}: ${about}`;
  const field = { type: "text", "data-part": `text ${id}`, "data-text": id, placeholder, "aria-label": label };
  return [element("input", { ...field, maxlength: String(input.maxLength ?? DEFAULT_ANSWER_TEXT) }), button];
}

/**
 * @param {Notification} item
 * @param {typeof NOTHING} known
 */
function* facts(item, { missed }) {
  if (item.readState === "unread") yield element("span", { class: "unread-mark" }, "Unread");
  if (item.userActionState !== "noInteraction") yield element("span", {}, item.userActionState);
  if (item.snoozedUntilDateTime) yield element("span", {}, "until ", time(item.snoozedUntilDateTime));
  const { category, icon } = item.payload.visualContent ?? {};
  if (category) yield element("span", {}, category);
  // The picture isn't loaded, since the console makes no requests to other servers.
  if (icon) yield element("span", { title: icon }, "has an icon");
  if (missed) yield element("span", { class: "missed" }, "replayed");
  if (item.status === "updated") yield element("span", {}, "updated");
  if (item.priority !== "None") yield element("span", { "data-priority": item.priority }, item.priority);
  if (item.groupName) yield element("span", {}, item.groupName);
  const platforms = targets(item);
  const names = platforms.map((platform) => PLATFORMS[platform].name).join(", ");
  yield element("span", { class: "targets" }, platforms.length < ALL.length ? `for ${names}` : "for all");
}

/**
 * @param {Notification} item
 * @param {typeof NOTHING} known
 */
function* times(item, { milliseconds, ends }) {
  yield time(item.createdDateTime);
  yield element("span", { class: "took" }, milliseconds === null ? "" : took(milliseconds));
  yield element("span", {}, "expires ", countdown(item.expirationDateTime, "now"));
  if (ends > 0) yield element("span", {}, "display over ", countdown(new Date(ends).toISOString(), ""));
}

/** @param {Notification} item */
function* actions(item) {
  yield button(item, "read", item.readState === "unread" ? "read" : "unread");
  yield button(item, "dismiss", isDismissed(item) ? "restore" : "dismiss");
  if (!isDismissed(item)) yield button(item, "snooze", item.userActionState === "snoozed" ? "wake" : "snooze");
  yield button(item, "delete", "delete");
}

/**
 * @param {Notification} item
 * @param {string} part
 * @param {string} name of the action
 */
function button(item, part, name) {
  const { label, short = label } = ACTIONS[name];
  return element(
    "button",
    { type: "button", class: "quiet", "data-part": part, "data-do": name, "aria-label": `${label}: ${headline(item)}` },
    short,
  );
}
