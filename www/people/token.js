// A token and what it says.

import { element } from "../element.js";
import { sentence } from "../api.js";
import { claimsOf, drawClaims } from "./claims.js";
import { copyButton } from "./copy.js";

export class TokenView {
  #label;
  #get;
  #place = element("div", { class: "token" });
  /** The number of the latest request for a token; the answer to an earlier one is ignored. */
  #turn = 0;

  /**
   * @param {string} label whose
   * @param {() => Promise<string | null>} get null: there is none to be had
   */
  constructor(label, get) {
    this.#label = label;
    this.#get = get;
  }

  get node() {
    return this.#place;
  }

  /** Gets the token, and shows it. */
  async show() {
    const turn = ++this.#turn;
    const shown = await this.#get().then(
      (token) => this.#draw(token),
      (error) => [element("p", { class: "trouble" }, sentence(error))],
    );
    if (turn === this.#turn) this.#place.replaceChildren(...shown);
  }

  /** @param {string | null} token */
  #draw(token) {
    if (token === null) return [element("p", { class: "hint" }, "Nobody is signed in.")];
    const claims = claimsOf(token);
    const text = element("textarea", {
      class: "mono",
      readonly: "",
      rows: "4",
      "aria-label": `${this.#label}, as it is sent`,
    });
    text.textContent = token;
    return [
      claims
        ? drawClaims(claims, this.#label)
        : element("p", { class: "hint" }, "This isn't a JWT: only its issuer can read it."),
      element(
        "details",
        {},
        element("summary", {}, "The token itself"),
        element("p", { class: "hint" }, "Anybody who has this token counts as its holder until it ends."),
        text,
      ),
      copyButton("Copy token", () => token, `Copy token: ${this.#label}`),
    ];
  }
}
