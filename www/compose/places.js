// The places of properties in a JSON text: the validator names them by their paths.

/** @typedef {{ start: number, end: number }} Span offsets, of a member from its name to the end of its value */

const SPACE = /[ \t\n\r]*/y;
const PLAIN = /[^,\]}\s]*/y;

/**
 * Finds properties. The place of a missing property is that of the object in which it is missing.
 * @param {string} text valid JSON, nested no deeper than the contract allows
 * @param {Iterable<string>} paths like `targetPolicy.platformTypes[0]`; empty: the whole
 * @returns {Map<string, Span>} by path
 */
export function locate(text, paths) {
  const wanted = new Set(paths);
  const found = new Scan(text).members;
  return new Map([...wanted].map((path) => [path, nearest(found, path)]));
}

/**
 * The offset of a place that is given by line and column, both from 1. A column counts code points.
 * @param {string} text
 * @param {number} line
 * @param {number} column
 */
export function offsetOf(text, line, column) {
  let offset = 0;
  while (--line > 0) offset = text.indexOf("\n", offset) + 1;
  while (--column > 0 && offset < text.length) offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

/**
 * @param {Map<string, Span>} found
 * @param {string} path
 * @returns {Span}
 */
function nearest(found, path) {
  // A name may contain dots and brackets: if the path up to there isn't found, the next shorter path is tried.
  for (let end = path.length; end > 0; end = Math.max(path.lastIndexOf(".", end - 1), path.lastIndexOf("[", end - 1))) {
    const span = found.get(path.slice(0, end));
    if (span) return span;
  }
  return found.get("") ?? { start: 0, end: 0 };
}

/** A walk through a text. */
class Scan {
  /** @type {Map<string, Span>} */
  members = new Map();
  #text;
  #at = 0;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
    this.#value("", null);
  }

  /**
   * @param {string} path
   * @param {number | null} start where its name stands, if it has one
   */
  #value(path, start) {
    this.#skip(SPACE);
    start ??= this.#at;
    const first = this.#text[this.#at];
    if (first === "{") this.#object(path);
    else if (first === "[") this.#array(path);
    else if (first === '"') this.#string();
    else this.#skip(PLAIN);
    // The validator judges the first of members with the same name.
    if (!this.members.has(path)) this.members.set(path, { start, end: this.#at });
    this.#skip(SPACE);
  }

  /** @param {string} path */
  #object(path) {
    this.#items("}", () => {
      const start = this.#at;
      const name = this.#string();
      this.#skip(SPACE);
      this.#at += 1; // the colon
      this.#value(path === "" ? name : `${path}.${name}`, start);
    });
  }

  /** @param {string} path */
  #array(path) {
    let index = 0;
    this.#items("]", () => this.#value(`${path}[${index++}]`, null));
  }

  /**
   * @param {string} close
   * @param {() => void} item takes one in
   */
  #items(close, item) {
    this.#at += 1;
    this.#skip(SPACE);
    while (this.#at < this.#text.length && this.#text[this.#at] !== close) {
      const before = this.#at;
      item();
      // Skips the separator between items, and a character that isn't valid JSON.
      if (this.#text[this.#at] === "," || this.#at === before) this.#at += 1;
      this.#skip(SPACE);
    }
    this.#at += 1;
  }

  /** @returns {string} what it stands for */
  #string() {
    const start = this.#at;
    let quote = start;
    do quote = this.#text.indexOf('"', quote + 1);
    while (quote !== -1 && this.#isEscaped(quote));
    this.#at = quote === -1 ? this.#text.length : quote + 1;
    const raw = this.#text.slice(start, this.#at);
    return raw.includes("\\") ? JSON.parse(raw) : raw.slice(1, -1);
  }

  /** Behind an odd number of backslashes. @param {number} at */
  #isEscaped(at) {
    let before = at;
    while (this.#text[before - 1] === "\\") before -= 1;
    return (at - before) % 2 === 1;
  }

  /** @param {RegExp} what */
  #skip(what) {
    what.lastIndex = this.#at;
    // Behind the end nothing matches, and `lastIndex` is 0 again.
    if (what.test(this.#text)) this.#at = what.lastIndex;
  }
}
