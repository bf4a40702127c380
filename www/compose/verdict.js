// The validator's verdict, and how the page shows it.

import { byId, element } from "../element.js";
import { init, validate } from "../notifeed/index.js";

/** @typedef {import("../notifeed/index.js").Verdict} Verdict */
/** @typedef {import("../notifeed/index.js").Finding} Finding */

export class VerdictView {
  #summary = byId("verdict", HTMLElement);
  #findings = byId("findings", HTMLElement);
  #normalized = byId("normalized", HTMLElement);
  #canonical = byId("canonical", HTMLElement);
  #loaded = false;

  /** Loads the validator. Rejects when it can't be had; then only the server judges. */
  async load() {
    try {
      await init();
      this.#loaded = true;
    } catch (error) {
      this.#say("caution", "The validator didn't load: only the server judges.");
      throw error;
    }
  }

  /**
   * Judges a request body and shows what comes of it.
   * @param {string} text
   * @returns {Verdict | null} null while the validator isn't there
   */
  judge(text) {
    if (!this.#loaded) return null;
    const verdict = validate(text);
    const violations = verdict.ok ? [] : verdict.violations;
    const { warnings } = verdict;
    const counts = [count(violations.length, "violation"), count(warnings.length, "warning")].filter(Boolean);
    if (!verdict.ok) this.#say("bad", `${verdict.code}: ${counts.join(", ")}`);
    else if (warnings.length > 0) this.#say("caution", `Valid, with ${counts.join(", ")}`);
    else this.#say("good", "Valid");
    this.#findings.replaceChildren(
      ...violations.map((finding) => render("violation", finding)),
      ...warnings.map((finding) => render("warning", finding)),
    );
    this.#normalized.hidden = !verdict.ok;
    this.#canonical.textContent = verdict.ok ? JSON.stringify(verdict.notification, null, 2) : "";
    return verdict;
  }

  /**
   * @param {"good" | "caution" | "bad"} state
   * @param {string} text
   */
  #say(state, text) {
    this.#summary.dataset.state = state;
    // Screen readers read what changes; the same words again are no news.
    if (this.#summary.textContent !== text) this.#summary.textContent = text;
  }
}

/**
 * @param {number} number
 * @param {string} noun
 */
function count(number, noun) {
  return number === 0 ? "" : `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * @param {"violation" | "warning"} kind
 * @param {Finding} finding
 */
function render(kind, { code, path, message }) {
  return element(
    "li",
    { "data-kind": kind },
    element(
      "p",
      { class: "what" },
      element("span", { class: "kind" }, kind === "violation" ? "Violation" : "Warning"),
      element("code", {}, path || "body"),
      element("span", { class: "hint" }, code),
    ),
    element("p", {}, ...quoted(message)),
  );
}

/**
 * A sentence whose names stand between backticks.
 * @param {string} sentence
 */
function quoted(sentence) {
  return sentence.split("`").map((part, index) => (index % 2 === 1 ? element("code", {}, part) : part));
}
