// Where bodies lie: in the Hub's outbox, in KV, or for a grace time in both. Only development servers tell.

import { element } from "../element.js";
import { countdown } from "../times.js";

/**
 * What is known of one item's body.
 * @typedef {object} Body
 * @property {string} id
 * @property {number} revision
 * @property {string} etag
 * @property {"outbox" | "both" | "kv"} place
 * @property {string} [dueDateTime] when it is put into KV
 * @property {number} [attempts] how often that was in vain
 * @property {string} [confirmedDateTime] when KV confirmed it
 * @property {string} [forgetDateTime] from when on the outbox forgets it
 */

/** A look that comes too early brings nothing: so long after the instant, in milliseconds. */
const LATER = 400;
/** The shortest pause between two looks, in milliseconds. */
const PAUSE = 1500;

const WORDS = { outbox: "in the outbox", both: "in the outbox and in KV", kv: "in KV" };

/**
 * @param {Body | undefined} body undefined: it came after the look
 * @returns {HTMLElement}
 */
export function drawPlace(body) {
  if (!body) return element("span", { class: "hint" }, "…");
  const { place } = body;
  return element(
    "span",
    { class: "place", "data-place": place },
    element("span", { class: "visually-hidden" }, WORDS[place]),
    store("outbox", place !== "kv"),
    store("KV", place !== "outbox"),
    ...next(body),
  );
}

/**
 * @param {string} name
 * @param {boolean} there whether the body is in it
 */
function store(name, there) {
  return element("span", { class: "store", "data-there": String(there), "aria-hidden": "true" }, name);
}

/** What happens next to it. @param {Body} body */
function* next({ dueDateTime, attempts, forgetDateTime }) {
  if (dueDateTime) {
    const again = attempts ? `, after ${attempts} in vain` : "";
    yield element("span", { class: "hint" }, "to KV ", countdown(dueDateTime), again);
  }
  if (forgetDateTime) yield element("span", { class: "hint" }, "leaves the outbox ", countdown(forgetDateTime));
}

/**
 * When to look again: the next time that a body moves.
 * @param {{ id: string }[]} items
 * @param {Map<string, Body> | null} bodies theirs, by id; null where that isn't told
 * @param {number} now UTC milliseconds
 * @returns {number} milliseconds from now; Infinity when all lie where they stay
 */
export function nextLook(items, bodies, now) {
  if (!bodies) return Infinity;
  const waits = items.map(({ id }) => {
    const body = bodies.get(id);
    if (!body) return 0;
    const instant = body.dueDateTime ?? body.forgetDateTime;
    return instant ? Date.parse(instant) + LATER - now : Infinity;
  });
  return Math.max(PAUSE, Math.min(...waits));
}
