// The composer: the request body as text and as a form, kept in step both ways. The text is what counts.

import { byId } from "../element.js";

/** @typedef {HTMLInputElement | HTMLSelectElement} Field */
/** @typedef {Record<string, unknown>} JsonObject */

export class Composer {
  #text = byId("text", HTMLTextAreaElement);
  #fields = byId("fields", HTMLFieldSetElement);
  #onChange;

  /** @param {(text: string) => void} onChange is called with every new text, by whichever way it came */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#text.addEventListener("input", () => this.#changed());
    this.#fields.addEventListener("input", ({ target }) => this.#write(/** @type {Field} */ (target)));
  }

  /** The request body. */
  get text() {
    return this.#text.value;
  }

  set text(text) {
    this.#text.value = text;
    this.#changed();
  }

  /** @param {Iterable<string>} paths of properties that have violations */
  mark(paths) {
    const faulty = new Set(paths);
    for (const field of this.#all()) {
      const path = field.name;
      const invalid = faulty.has(path) || [...faulty].some((fault) => fault.startsWith(`${path}[`));
      field.setAttribute("aria-invalid", String(invalid));
    }
    this.#text.setAttribute("aria-invalid", String(faulty.size > 0));
  }

  #changed() {
    const value = parseObject(this.text);
    // What isn't a JSON object can't be shown as a form: the text has to be repaired first.
    this.#fields.disabled = value === null;
    if (value !== null) for (const field of this.#all()) show(field, at(value, field.name.split(".")));
    this.#onChange(this.text);
  }

  /** @param {Field} field that was edited */
  #write(field) {
    const value = parseObject(this.text);
    if (value === null) return;
    const path = field.name.split(".");
    put(value, path, field.type === "checkbox" ? this.#checked(field.name, at(value, path)) : entered(field));
    this.#text.value = JSON.stringify(value, null, 2);
    this.#onChange(this.text);
  }

  /**
   * The checked ones of a group, each spelled as it stands in the text already. None checked: the property is left out.
   * @param {string} name
   * @param {unknown} spelled
   */
  #checked(name, spelled) {
    const known = Array.isArray(spelled) ? spelled : [];
    const values = this.#all()
      .filter((field) => field.name === name && field instanceof HTMLInputElement && field.checked)
      .map((field) => known.find((value) => same(value, field.value)) ?? field.value);
    return values.length > 0 ? values : undefined;
  }

  #all() {
    return /** @type {Field[]} */ ([...this.#fields.querySelectorAll("input, select")]);
  }
}

/**
 * @param {string} text
 * @returns {JsonObject | null} null when the text isn't a JSON object
 */
function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * @param {unknown} value
 * @returns {value is JsonObject}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @param {string[]} path
 * @returns {unknown}
 */
function at(value, [key, ...rest]) {
  if (key === undefined) return value;
  return isObject(value) ? at(value[key], rest) : undefined;
}

/**
 * Sets a property, or with `undefined` removes it and the objects that it leaves empty.
 * @param {JsonObject} object
 * @param {string[]} path
 * @param {unknown} value
 */
function put(object, [key, ...rest], value) {
  if (rest.length === 0) {
    object[key] = value;
  } else {
    const child = isObject(object[key]) ? object[key] : {};
    put(child, rest, value);
    object[key] = Object.keys(child).length > 0 ? child : undefined;
  }
  if (object[key] === undefined) delete object[key];
}

/**
 * @param {unknown} value
 * @param {string} spelling
 */
function same(value, spelling) {
  return typeof value === "string" && value.toLowerCase() === spelling.toLowerCase();
}

/**
 * The value that a field stands for; `undefined` when it is empty.
 * @param {Field} field
 */
function entered(field) {
  if (field.value === "") return undefined;
  if (field.type === "number") return Number(field.value);
  if (field.type === "datetime-local") return new Date(field.value).toISOString();
  return field.value;
}

/**
 * @param {Field} field
 * @param {unknown} value
 */
function show(field, value) {
  if (field instanceof HTMLSelectElement) {
    field.value = [...field.options].find((option) => same(value, option.value))?.value ?? "";
  } else if (field.type === "checkbox") {
    field.checked = Array.isArray(value) && value.some((one) => same(one, field.value));
  } else if (field.type === "datetime-local") {
    field.value = localTime(value);
  } else {
    field.value = typeof value === "string" || typeof value === "number" ? String(value) : "";
  }
}

/**
 * A time as a field of the person's own time zone takes it; empty for what isn't one.
 * @param {unknown} value
 */
function localTime(value) {
  const time = typeof value === "string" ? Date.parse(value) : NaN;
  if (Number.isNaN(time)) return "";
  const offset = new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time - offset).toISOString().slice(0, 19);
}
