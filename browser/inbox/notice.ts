// The line that says that something isn't as it should be: the connection, or a change that was refused.

import type { Status } from "../client/api.ts";
import { button, element, write } from "./dom.ts";
import type { Labels } from "./labels.ts";

export class Notice {
  readonly element: HTMLParagraphElement = element("p", { part: "notice" });
  readonly #text = element("span", {});
  readonly #reconnect = button("reconnect");
  readonly #leave: () => void;

  /**
   * @param reconnect comes back now
   * @param leave gives the focus to what is there when the button isn't
   */
  constructor(reconnect: () => void, leave: () => void) {
    this.#leave = leave;
    this.element.append(this.#text, this.#reconnect);
    this.#reconnect.addEventListener("click", reconnect);
  }

  show(state: Status["state"], failed: boolean, labels: Labels): void {
    const isLive = state === "live";
    const text = isLive ? (failed ? labels.failed : "") : labels[state];
    // The button stays while it has the focus: a person who pressed it sees the outcome.
    const pressed = this.#reconnect.matches(":focus");
    if (isLive && pressed) this.#leave();
    this.element.hidden = !text;
    write(this.#text, text);
    write(this.#reconnect, labels.reconnect);
    this.#reconnect.hidden = isLive || (state === "connecting" && !pressed);
  }
}
