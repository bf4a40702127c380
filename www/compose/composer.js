// The request that is being composed, as text and as a form, kept in step both ways, and judged with every change. The
// text is authoritative; the form follows it.

import { byId } from "../element.js";
import { Editor } from "./editor.js";
import { Findings } from "./findings.js";
import { Form, isObject } from "./form.js";
import { judge, load } from "./judgement.js";
import { hasBody, isNotification } from "./request.js";
import { RequestLine } from "./request-line.js";

/** @typedef {import("./judgement.js").Verdict} Verdict */

export class Composer {
  /** @type {Verdict | null} on the body; null: it isn't a notification, or the validator isn't there */
  verdict = null;
  #editor = new Editor(() => this.#typed());
  #form = new Form((change) => this.#filledIn(change));
  #line = new RequestLine(() => this.#judge());
  #findings = new Findings();
  #send = byId("send", HTMLButtonElement);
  /** @type {import("./samples.js").Sample | null} */
  #sample = null;
  #loaded = false;
  #onChange;

  /** @param {() => void} onChange is called after every change, by whichever way it came */
  constructor(onChange) {
    this.#onChange = onChange;
    load().then(
      () => {
        this.#loaded = true;
        this.#judge();
      },
      (error) => {
        this.#findings.say("caution", "The validator didn't load: only the server judges.");
        reportError(error);
      },
    );
  }

  /** @returns {import("./request.js").Request} */
  get request() {
    return { ...this.#line.value, body: this.#editor.text };
  }

  /** @param {import("./samples.js").Sample} sample */
  start(sample) {
    this.#sample = sample;
    this.#line.show(sample.request, sample.refusal !== undefined);
    this.#editor.text = sample.request.body;
    this.#typed();
  }

  #typed() {
    this.#form.show(parseObject(this.#editor.text));
    this.#judge();
  }

  /** @param {(value: import("./form.js").JsonObject) => void} change */
  #filledIn(change) {
    const value = parseObject(this.#editor.text);
    if (value === null) return;
    change(value);
    this.#editor.text = JSON.stringify(value, null, 2);
    this.#judge();
  }

  #judge() {
    const { request } = this;
    const judgement = this.#loaded && isNotification(request) ? judge(request.body) : null;
    const { found } = judgement ?? { found: [] };
    this.verdict = judgement?.verdict ?? null;
    this.#editor.mark(found.map(({ kind, finding, span }) => ({ kind, span, message: finding.message })));
    this.#form.mark(found);
    const refusal = this.#sample?.refusal && this.#line.is(this.#sample.request) ? this.#sample.refusal : null;
    if (refusal) {
      this.#findings.say("bad", `${refusal.status} ${refusal.code}, whatever the body is`);
    } else if (judgement) {
      const line = (/** @type {import("./judgement.js").Found} */ { span }) => this.#editor.line(span.start);
      this.#findings.show(judgement.verdict, found, line, ({ span }) => this.#editor.goTo(span));
    } else if (this.#loaded) {
      this.#findings.say(
        "none",
        hasBody(request) ? "Not a notification: the server judges it" : "A request without body",
      );
    }
    this.#send.textContent = refusal || (judgement && !judgement.verdict.ok) ? "Send anyway" : "Send";
    this.#onChange();
  }
}

/**
 * @param {string} text
 * @returns {import("./form.js").JsonObject | null} null when it isn't a JSON object
 */
function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
