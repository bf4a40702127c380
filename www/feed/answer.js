// An answer as it came: status, headers, body.

import { element } from "../element.js";

/**
 * @param {import("../api.js").Answer} answer
 * @param {string} label what it is an answer about
 */
export function drawAnswer({ request, status, milliseconds, headers, text, json }, label) {
  const good = status >= 200 && status < 300;
  const body = json === undefined ? text : JSON.stringify(json, null, 2);
  return element(
    "div",
    { class: "stored-answer", role: "group", "aria-label": label },
    element(
      "p",
      {},
      element("code", {}, request),
      " ",
      element("strong", { "data-state": good ? "good" : "bad" }, String(status)),
      element("span", { class: "hint" }, ` in ${milliseconds.toFixed(0)} ms`),
    ),
    element(
      "dl",
      { class: "headers mono" },
      ...headers.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    ),
    element("pre", { class: "mono", tabindex: "0", role: "group", "aria-label": `${label}: body` }, body),
  );
}
