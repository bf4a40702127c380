// How the page shows the verdict: in a line, and finding by finding.

import { byId, element } from "../element.js";

/** @typedef {import("./judgement.js").Found} Found */
/** @typedef {import("./judgement.js").Verdict} Verdict */

/** The status of each row of the error table that a body can earn. */
const STATUS = new Map([
  ["MultipleNotificationsNotSupported", 400],
  ["BadRequest", 400],
  ["InvalidPayload", 400],
  ["InvalidActivityDataType", 401],
  ["RequestBodyTooLarge", 413],
]);

export class Findings {
  #summary = byId("verdict", HTMLElement);
  #list = byId("findings", HTMLElement);

  /**
   * @param {Verdict} verdict
   * @param {Found[]} found
   * @param {(found: Found) => number} line that a finding is in
   * @param {(found: Found) => void} onGo a person wants to see the place
   */
  show(verdict, found, line, onGo) {
    const violations = found.filter(({ kind }) => kind === "violation").length;
    const counts = [count(violations, "violation"), count(found.length - violations, "warning")].filter(Boolean);
    if (!verdict.ok) this.say("bad", `${STATUS.get(verdict.code) ?? ""} ${verdict.code}: ${counts.join(", ")}`.trim());
    else if (found.length > 0) this.say("caution", `Valid, with ${counts.join(", ")}`);
    else this.say("good", "Valid");
    this.#list.replaceChildren(...found.map((one) => render(one, line(one), onGo)));
  }

  /**
   * Shows a message in place of a verdict on the body.
   * @param {"good" | "caution" | "bad" | "none"} state
   * @param {string} text
   */
  say(state, text) {
    this.#summary.dataset.state = state;
    // Screen readers read what changes; the same words again are no news.
    if (this.#summary.textContent !== text) this.#summary.textContent = text;
    this.#list.replaceChildren();
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
 * @param {Found} found
 * @param {number} line
 * @param {(found: Found) => void} onGo
 */
function render(found, line, onGo) {
  const { kind, finding } = found;
  const go = element("button", { type: "button", class: "quiet", "aria-label": `Go to line ${line}` }, `Line ${line}`);
  go.addEventListener("click", () => onGo(found));
  return element(
    "li",
    { "data-kind": kind },
    element(
      "p",
      { class: "what" },
      element("span", { class: "kind" }, kind === "violation" ? "Violation" : "Warning"),
      element("code", {}, finding.path || "body"),
      element("span", { class: "hint" }, finding.code),
      go,
    ),
    element("p", {}, ...quoted(finding.message)),
  );
}

/**
 * A sentence whose names stand between backticks.
 * @param {string} sentence
 */
export function quoted(sentence) {
  return sentence.split("`").map((part, index) => (index % 2 === 1 ? element("code", {}, part) : part));
}
