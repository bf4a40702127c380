// The request around the body, for whoever wants to see or change it: method, path and headers.

import { byId } from "../element.js";

/** @typedef {Omit<import("./request.js").Request, "body">} Line */

export class RequestLine {
  #details = byId("request-line", HTMLDetailsElement);
  #summary = byId("request-summary", HTMLElement);
  #method = byId("method", HTMLSelectElement);
  #path = byId("path", HTMLInputElement);
  #headers = byId("headers", HTMLTextAreaElement);

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#details.addEventListener("input", () => {
      this.#summarize();
      onChange();
    });
  }

  /** @returns {Line} */
  get value() {
    return { method: this.#method.value, path: this.#path.value.trim(), headers: this.#headers.value };
  }

  /**
   * @param {Line} line
   * @param {boolean} isPoint whether it is what there is to see
   */
  show({ method, path, headers }, isPoint) {
    this.#method.value = method;
    this.#path.value = path;
    this.#headers.value = headers;
    this.#details.open = isPoint;
    this.#summarize();
  }

  /** @param {Line} line */
  is({ method, path, headers }) {
    const { value } = this;
    return value.method === method && value.path === path && value.headers === headers;
  }

  #summarize() {
    const { method, path } = this.value;
    this.#summary.textContent = `${method} ${path}`;
  }
}
