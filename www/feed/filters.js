// The filters of the stored feed, as a form.

import { element } from "../element.js";

/** @typedef {import("./query.js").Choice} Choice */

const MARKUP = /* HTML */ `
  <label
    >By state
    <select name="readState">
      <option value="">any</option>
      <option>unread</option>
      <option>read</option>
    </select>
  </label>
  <label
    >By action
    <select name="userActionState">
      <option value="">any</option>
      <option value="noInteraction">none yet</option>
      <option>activated</option>
      <option>dismissed</option>
      <option>snoozed</option>
    </select>
  </label>
  <label
    >By priority
    <select name="priority">
      <option value="">any</option>
      <option>High</option>
      <option>Low</option>
      <option>None</option>
    </select>
  </label>
  <label
    >By group
    <select name="group">
      <option value="any">any</option>
      <option value="none">without one</option>
    </select>
  </label>
  <label
    >Per page
    <select name="top">
      <option selected>5</option>
      <option>10</option>
      <option>20</option>
      <option>50</option>
      <option>100</option>
    </select>
  </label>
`;

export class Filters {
  #form = element("form", { class: "stored-filters", "aria-label": "Filters", autocomplete: "off" });
  /** @type {Set<string>} the groups that there is an option for */
  #groups = new Set();

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#form.insertAdjacentHTML("beforeend", MARKUP);
    this.#form.addEventListener("change", onChange);
    this.#form.addEventListener("submit", (event) => event.preventDefault());
  }

  get node() {
    return this.#form;
  }

  /** @returns {Choice} */
  get choice() {
    const group = this.#value("group");
    return {
      readState: this.#value("readState"),
      userActionState: this.#value("userActionState"),
      priority: this.#value("priority"),
      groupName: group === "any" ? "" : group === "none" ? null : group.slice("is:".length),
      top: Number(this.#value("top")),
    };
  }

  /** Makes groups that were seen choosable. @param {Iterable<string | null>} names */
  offer(names) {
    for (const name of names) {
      if (!name || this.#groups.has(name)) continue;
      this.#groups.add(name);
      this.#select("group").append(element("option", { value: `is:${name}` }, name));
    }
  }

  /** Chooses everything again, and forgets the groups of another user. */
  reset() {
    /** @type {HTMLFormElement} */ (this.#form).reset();
    this.#groups.clear();
    for (const option of this.#select("group").querySelectorAll("option[value^='is:']")) option.remove();
  }

  /** @param {string} name */
  #select(name) {
    return /** @type {HTMLSelectElement} */ (this.#form.querySelector(`[name=${name}]`));
  }

  /** @param {string} name */
  #value(name) {
    return this.#select(name).value;
  }
}
