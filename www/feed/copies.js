// The copies in KV: a moment after each change of the feed in the Hub, KV has a copy of it. Only development servers
// report the state of copies.

import { element } from "../element.js";

/**
 * The copy of an item, as the Hub knows it.
 * @typedef {object} Copy
 * @property {string} id of the item
 * @property {number} revision
 * @property {string} etag
 * @property {number} copy the number of its last content, under which KV has it
 * @property {boolean} copied whether KV has confirmed that
 */

/** The time between two requests for the state of copies while KV hasn't confirmed all of them, in milliseconds. */
const PAUSE = 1500;

/**
 * @param {Copy | undefined} copy undefined: the item came after the look
 * @returns {HTMLElement}
 */
export function drawCopy(copy) {
  if (!copy) return element("span", { class: "hint" }, "…");
  const { copied } = copy;
  return element(
    "span",
    { class: "copy", "data-copied": String(copied) },
    copied ? `copy ${copy.copy}` : `copy ${copy.copy}, not yet`,
  );
}

/**
 * When to look again: soon, as long as something isn't copied.
 * @param {{ id: string }[]} items
 * @param {Map<string, Copy> | null} copies theirs, by id; null if the server doesn't report copies
 * @returns {number} milliseconds from now; Infinity when KV has them all
 */
export function nextLook(items, copies) {
  if (!copies) return Infinity;
  return items.every(({ id }) => copies.get(id)?.copied) ? Infinity : PAUSE;
}
