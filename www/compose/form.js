// The notification as a form: it shows what the text says, and says how the text changes.

import { byId, element } from "../element.js";
import { quoted } from "./findings.js";
import { drawFields } from "./fields.js";

/** @typedef {import("./fields.js").Control} Control */
/** @typedef {import("./fields.js").Field} Field */
/** @typedef {import("./findings.js").Found} Found */
/** @typedef {Record<string, unknown>} JsonObject */

export class Form {
  #form = byId("fields", HTMLFieldSetElement);
  #fields = drawFields(this.#form);
  #fallback = byId("fallback", HTMLDetailsElement);

  /** @param {(change: (value: JsonObject) => void) => void} onEdit is told how an edit changes the notification */
  constructor(onEdit) {
    this.#form.addEventListener("input", ({ target }) => {
      const control = /** @type {Control} */ (target);
      const field = this.#fields.find(({ controls }) => controls.includes(control));
      // A date that is being typed isn't one yet.
      if (!field || control.validity.badInput) return;
      onEdit((value) => put(value, field.path.split("."), entered(field, at(value, field.path.split(".")))));
    });
  }

  /**
   * @param {JsonObject | null} value null: the text isn't that of an object, and has to be repaired first
   */
  show(value) {
    this.#form.disabled = value === null;
    if (value === null) return;
    for (const { path, controls } of this.#fields) {
      const shown = at(value, path.split("."));
      for (const control of controls) show(control, shown);
    }
    if (isObject(value.fallbackPolicy)) this.#fallback.open = true;
  }

  /**
   * Puts each finding at its field; what concerns a whole object, at the object's first field.
   * @param {Found[]} found
   */
  mark(found) {
    const all = Map.groupBy(
      found,
      ({ finding: { path } }) => path && this.#fields.find((field) => covers(field, path)),
    );
    for (const field of this.#fields) {
      const here = all.get(field) ?? [];
      const invalid = here.some(({ kind }) => kind === "violation");
      for (const control of field.controls) control.setAttribute("aria-invalid", String(invalid));
      const lines = here.map(({ kind, finding }) => element("p", { "data-kind": kind }, ...quoted(finding.message)));
      if (lines.length > 0 || field.place.hasChildNodes()) field.place.replaceChildren(...lines);
      if (invalid && this.#fallback.contains(field.place)) this.#fallback.open = true;
    }
  }
}

/**
 * Whether a finding of this path stands at this field.
 * @param {Field} field
 * @param {string} path
 */
function covers({ path: own }, path) {
  return own === path || path.startsWith(`${own}[`) || own.startsWith(`${path}.`);
}

/**
 * @param {unknown} value
 * @returns {value is JsonObject}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @param {string[]} path
 * @returns {unknown}
 */
function at(value, [key, ...rest]) {
  if (key === undefined) return value;
  return isObject(value) && Object.hasOwn(value, key) ? at(value[key], rest) : undefined;
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
 * @param {unknown} before
 */
function entered({ controls: [control, ...others] }, before) {
  if (control.type === "checkbox") return checked([control, ...others], before);
  if (control.value === "") return undefined;
  if (control.dataset.as === "number" && /^-?\d{1,15}(\.\d{1,9})?$/.test(control.value)) return Number(control.value);
  if (control.type === "datetime-local") return new Date(control.value).toISOString();
  return control.value;
}

/**
 * The checked ones of a group, each spelled as it stands in the text already. None: the property is left out.
 * @param {Control[]} group
 * @param {unknown} before
 */
function checked(group, before) {
  const known = Array.isArray(before) ? before : [];
  const values = group
    .filter((box) => box instanceof HTMLInputElement && box.checked)
    .map(({ value }) => known.find((spelled) => same(spelled, value)) ?? value);
  return values.length > 0 ? values : undefined;
}

/**
 * @param {Control} control
 * @param {unknown} value
 */
function show(control, value) {
  if (control.type === "checkbox" && control instanceof HTMLInputElement) {
    control.checked = Array.isArray(value) && value.some((one) => same(one, control.value));
    return;
  }
  const shown = spelled(control, value);
  // Setting the same value again would move the caret while the user types.
  if (control.value !== shown) control.value = shown;
}

/**
 * @param {Control} control
 * @param {unknown} value
 */
function spelled(control, value) {
  if (control instanceof HTMLSelectElement) {
    return [...control.options].find((option) => same(value, option.value))?.value ?? "";
  }
  if (control.type === "datetime-local") return localTime(value);
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
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
