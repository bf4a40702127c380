// The notifications that a device shows: newest first, each drawn once, the focus kept whatever comes and goes.

import { ACTIONS, drawItem, isDismissed, NOTHING } from "./item.js";

/** @typedef {import("./platforms.js").Notification} Notification */

/** The most notifications that are drawn. */
const SHOWN = 100;

export class List {
  #list;
  #refuge;
  #onAction;
  #onAnswer;
  /** @type {Map<Notification, HTMLElement>} what is drawn; a notification that changed is another object */
  #drawn = new Map();
  /** @type {Set<string>} ids of what has to be drawn anew though it is the same */
  #stale = new Set();
  /** @type {string | undefined} the id of the notification that something was done with last */
  #actedOn;

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} refuge gets the focus when there is nothing left in the list
   * @param {(item: Notification, action: import("./item.js").Action) => void} onAction what a person wants done
   * @param {(item: Notification, action: string, text?: string) => void} onAnswer a person's answer
   */
  constructor(list, refuge, onAction, onAnswer) {
    this.#list = list;
    this.#refuge = refuge;
    this.#onAction = onAction;
    this.#onAnswer = onAnswer;
    list.addEventListener("click", ({ target }) => this.#act(/** @type {Element} */ (target)));
    list.addEventListener("keydown", (event) => this.#move(event));
  }

  /**
   * @param {readonly Notification[]} all newest first
   * @param {boolean} dismissedToo whether the dismissed ones are shown
   * @param {(item: Notification) => typeof NOTHING} known
   * @returns {{ shown: number, older: number }} how many are drawn, and how many would follow
   */
  draw(all, dismissedToo, known) {
    const items = dismissedToo ? all : all.filter((item) => !isDismissed(item));
    const focus = this.#focus();
    const before = (/** @type {Notification} */ item) => (this.#stale.has(item.id) ? undefined : this.#drawn.get(item));
    const drawn = new Map(items.slice(0, SHOWN).map((item) => [item, before(item) ?? drawItem(item, known(item))]));
    this.#stale.clear();
    for (const [item, node] of this.#drawn) if (drawn.get(item) !== node) node.remove();
    let place = this.#list.firstElementChild;
    for (const node of drawn.values()) {
      if (node === place) place = place.nextElementSibling;
      else this.#list.insertBefore(node, place);
    }
    this.#drawn = drawn;
    if (focus && !this.#list.contains(document.activeElement)) this.#restore(focus);
    return { shown: drawn.size, older: items.length - drawn.size };
  }

  /** Marks a notification whose facts have changed: it is drawn anew next time. @param {string} id */
  outdate(id) {
    this.#stale.add(id);
  }

  /**
   * The element of a notification, where it is drawn.
   * @param {string} id
   */
  find(id) {
    return /** @type {HTMLElement[]} */ ([...this.#list.children]).find((node) => node.dataset.id === id);
  }

  /** Goes to a notification that a person brought back. @param {string} id */
  focus(id) {
    focusPart(this.find(id), "item") || this.#refuge.focus();
  }

  /** The place in the list that has the focus, if it is there. */
  #focus() {
    const part = document.activeElement?.closest("[data-part]");
    const item = part?.closest("li");
    if (!(part instanceof HTMLElement) || !item || !this.#list.contains(item)) return null;
    return { id: item.dataset.id, part: part.dataset.part, index: [...this.#list.children].indexOf(item) };
  }

  /**
   * Gives the focus back after the element that had it was redrawn or removed. Another notification takes the place of
   * a removed one: only a person who removed it gets the same button there, since for anybody else a key press could
   * hit a button that they didn't choose.
   * @param {{ id?: string, part?: string, index: number }} focus
   */
  #restore({ id, part, index }) {
    const nodes = /** @type {HTMLElement[]} */ ([...this.#list.children]);
    const same = nodes.find((node) => node.dataset.id === id);
    const next = same ?? nodes[index] ?? nodes.at(-1);
    const wanted = same || id === this.#actedOn ? part : "item";
    focusPart(next, wanted ?? "item") || this.#refuge.focus();
  }

  /** @param {Element} target that was clicked */
  #act(target) {
    const { do: name, answer } = target.closest("button")?.dataset ?? {};
    const node = target.closest("li");
    const item = [...this.#drawn].find(([, drawn]) => drawn === node)?.[0];
    if ((name === undefined && answer === undefined) || !item) return;
    this.#actedOn = item.id;
    if (name !== undefined) return this.#onAction(item, ACTIONS[name]);
    const field = /** @type {HTMLInputElement | null} */ (node?.querySelector(`[data-text="${answer}"]`));
    this.#onAnswer(item, /** @type {string} */ (answer), field?.value || undefined);
  }

  /** Up and down go to the same part of the neighbour. @param {KeyboardEvent} event */
  #move(event) {
    const field = /** @type {HTMLElement} */ (event.target).dataset.text;
    if (field !== undefined) {
      const node = /** @type {HTMLElement} */ (event.target).closest("li");
      if (event.key === "Enter")
        /** @type {HTMLElement | null} */ (node?.querySelector(`[data-answer="${field}"]`))?.click();
      return;
    }
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
