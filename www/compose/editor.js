// The text of the request body, with the numbers of its lines and a mark where something is wrong.

import { byId, element } from "../element.js";

/**
 * @typedef {object} Mark
 * @property {"violation" | "warning"} kind
 * @property {import("./places.js").Span} span
 * @property {string} message
 */

export class Editor {
  #text = byId("text", HTMLTextAreaElement);
  #gutter = byId("gutter", HTMLElement);
  #bars = byId("bars", HTMLElement);
  /** @type {number[]} where each line begins */
  #lines = [0];
  /** @type {Map<number, Mark[]>} by line, from 0 */
  #marks = new Map();
  #frame = 0;

  /** @param {() => void} onInput the person has changed the text */
  constructor(onInput) {
    this.#text.addEventListener("input", onInput);
    this.#text.addEventListener("scroll", () => this.#drawSoon(), { passive: true });
    new ResizeObserver(() => this.#drawSoon()).observe(this.#text);
  }

  get text() {
    return this.#text.value;
  }

  set text(text) {
    // The caret stays where it is while nothing changes.
    if (text !== this.#text.value) this.#text.value = text;
  }

  /**
   * Shows what is wrong, and where.
   * @param {Mark[]} marks
   */
  mark(marks) {
    const { text } = this;
    this.#lines = lineStarts(text);
    this.#marks = Map.groupBy(marks, ({ span }) => this.line(span.start) - 1);
    this.#text.setAttribute("aria-invalid", String(marks.some(({ kind }) => kind === "violation")));
    this.#drawSoon();
  }

  /**
   * The line, from 1, that an offset is in.
   * @param {number} offset
   */
  line(offset) {
    let [low, high] = [0, this.#lines.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#lines[middle] <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /**
   * Selects a place and brings it into sight.
   * @param {import("./places.js").Span} span
   */
  goTo({ start, end }) {
    const { lineHeight } = this.#metrics();
    this.#text.focus();
    this.#text.setSelectionRange(start, end);
    this.#text.scrollTop = (this.line(start) - 1) * lineHeight - this.#text.clientHeight / 3;
    this.#text.scrollLeft = 0;
  }

  #metrics() {
    const style = getComputedStyle(this.#text);
    return { lineHeight: parseFloat(style.lineHeight), padding: parseFloat(style.paddingTop) };
  }

  /** With the next frame: to measure a long text takes longer than to judge it, and is done then anyway. */
  #drawSoon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  /** Only what is in sight is drawn: a text can have thousands of lines. */
  #draw() {
    const { lineHeight, padding } = this.#metrics();
    const { scrollTop, clientHeight } = this.#text;
    const first = Math.max(0, Math.floor((scrollTop - padding) / lineHeight));
    const last = Math.min(this.#lines.length, Math.ceil((scrollTop + clientHeight) / lineHeight) + 1);
    const numbers = [];
    const bars = [];
    for (let line = first; line < last; line++) {
      const marks = this.#marks.get(line);
      /** @type {Record<string, string>} */
      const attributes = marks
        ? { "data-kind": worst(marks), title: marks.map((mark) => mark.message).join("\n") }
        : {};
      numbers.push(element("div", attributes, String(line + 1)));
      bars.push(element("div", marks ? { "data-kind": worst(marks) } : {}));
    }
    for (const [layer, rows] of /** @type {const} */ ([
      [this.#gutter, numbers],
      [this.#bars, bars],
    ])) {
      layer.replaceChildren(...rows);
      layer.style.transform = `translateY(${padding + first * lineHeight - scrollTop}px)`;
    }
  }
}

/** @param {Mark[]} marks */
function worst(marks) {
  return marks.some(({ kind }) => kind === "violation") ? "violation" : "warning";
}

/** @param {string} text */
function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
