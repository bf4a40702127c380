// The validator's verdict on a request body, and where in the text each part of it belongs.

import { init, validate } from "../notifeed/index.js";
import { locate, offsetOf } from "./places.js";

/** @typedef {import("../notifeed/index.js").Finding} Finding */
/** @typedef {import("../notifeed/index.js").Verdict} Verdict */

/**
 * A finding, and where it is.
 * @typedef {object} Found
 * @property {"violation" | "warning"} kind
 * @property {Finding} finding
 * @property {import("./places.js").Span} span
 */

/** Loads the validator. Rejects when it can't be had. */
export const load = () => init();

/**
 * Judges a request body as the service does.
 * @param {string} text
 * @returns {{ verdict: Verdict, found: Found[] }} violations first
 */
export function judge(text) {
  const verdict = validate(text);
  const violations = verdict.ok ? [] : verdict.violations;
  const places = spans(text, [...violations, ...verdict.warnings]);
  /** @type {(kind: Found["kind"]) => (finding: Finding) => Found} */
  const found = (kind) => (finding) => ({ kind, finding, span: places(finding) });
  return { verdict, found: [...violations.map(found("violation")), ...verdict.warnings.map(found("warning"))] };
}

/**
 * @param {string} text
 * @param {Finding[]} findings
 * @returns {(finding: Finding) => import("./places.js").Span}
 */
function spans(text, findings) {
  const paths = findings.filter(({ line, path }) => line === undefined && path !== "").map(({ path }) => path);
  // Judged properties are in a text that can be parsed; any other fault concerns the whole text.
  const located = paths.length > 0 ? locate(text, paths) : new Map();
  return ({ path, line, column = 1 }) => {
    if (line === undefined) return located.get(path) ?? { start: 0, end: 0 };
    const start = offsetOf(text, line, column);
    return { start, end: Math.min(start + 1, text.length) };
  };
}
