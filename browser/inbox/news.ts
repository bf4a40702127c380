// The live region: arrivals are gathered and read out in one sentence.

import { element } from "./dom.ts";

/** Arrivals within this time are read out together, in milliseconds. */
const GATHER = 300;

export class News {
  /** The live region stands outside the panel: what is hidden is silent. */
  readonly element: HTMLParagraphElement = element("p", { class: "spoken", role: "status" });
  readonly #sentence: (titles: readonly string[]) => string;
  #titles: string[] = [];
  #telling: ReturnType<typeof setTimeout> | undefined;

  /** @param sentence says what arrived */
  constructor(sentence: (titles: readonly string[]) => string) {
    this.#sentence = sentence;
  }

  arrived(title: string): void {
    this.#titles.push(title);
    if (this.#titles.length === 1) this.#telling = setTimeout(() => this.#tell(), GATHER);
  }

  say(text: string): void {
    // Announces pending news first, since later it would replace this sentence.
    clearTimeout(this.#telling);
    this.#tell();
    this.#show(text);
  }

  /** Drops pending news and clears the region, since its text may belong to another user. */
  forget(): void {
    clearTimeout(this.#telling);
    this.#titles = [];
    this.element.replaceChildren();
  }

  #tell(): void {
    const titles = this.#titles.splice(0);
    if (titles.length) this.#show(this.#sentence(titles));
  }

  #show(text: string): void {
    // A new node is read out even if it says the same as the last one.
    this.element.replaceChildren(element("span", {}, text));
  }
}
