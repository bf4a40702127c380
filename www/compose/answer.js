// How the page shows what the server answered.

import { byId, element } from "../element.js";

/** @typedef {import("./request.js").Answer} Answer */

const MEANINGS = new Map([
  [200, "The same notification id again: same content changes nothing, other content replaces it."],
  [201, "Stored, and on its way to every signed-in device."],
]);

export class AnswerView {
  #status = byId("answer-status", HTMLElement);
  #time = byId("answer-time", HTMLElement);
  #meaning = byId("answer-meaning", HTMLElement);
  #headers = byId("answer-headers", HTMLElement);
  #body = byId("answer-body", HTMLElement);
  #said = byId("answer-said", HTMLElement);

  /**
   * @param {Answer} answer
   * @param {boolean} created whether the request was to create a notification
   */
  show({ status, statusText, headers, body, milliseconds }, created) {
    const time = `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
    const line = `${status} ${statusText}`.trim();
    this.#line(line, status < 300 ? "good" : "bad", `in ${time}`, `Answered ${line} in ${time}`);
    this.#meaning.textContent = (created && MEANINGS.get(status)) || "";
    this.#headers.replaceChildren(
      ...headers.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    );
    this.#body.textContent = indented(body);
  }

  /** @param {string} why there is no answer */
  fail(why) {
    this.#line("No answer", "bad", "", `No answer: ${why}`);
    this.#meaning.textContent = "";
    this.#headers.replaceChildren();
    this.#body.textContent = why;
  }

  /**
   * @param {string} status
   * @param {"good" | "bad"} state
   * @param {string} time
   * @param {string} said where the sending was done
   */
  #line(status, state, time, said) {
    this.#status.textContent = status;
    this.#status.dataset.state = state;
    this.#time.textContent = time;
    this.#said.textContent = said;
    this.#said.dataset.state = state;
  }
}

/** @param {string} body */
function indented(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
