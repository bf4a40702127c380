// Tabs: one panel of several is shown. Arrow keys go from tab to tab.

export class Tabs {
  #tabs;
  #onShow;

  /**
   * @param {HTMLElement} list the tabs, each with the id of its panel in `aria-controls`
   * @param {(panel: string) => void} onShow is told the id of the panel that is shown from now on
   */
  constructor(list, onShow) {
    this.#tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
    this.#onShow = onShow;
    list.addEventListener("click", ({ target }) => {
      const tab = /** @type {Element} */ (target).closest("[role=tab]");
      if (tab) this.show(tab.getAttribute("aria-controls") ?? "");
    });
    list.addEventListener("keydown", (event) => this.#move(event));
  }

  /** The id of the panel that is shown. */
  get shown() {
    return this.#tabs.find((tab) => tab.ariaSelected === "true")?.getAttribute("aria-controls") ?? "";
  }

  /** @param {string} panel its id */
  show(panel) {
    for (const tab of this.#tabs) {
      const id = tab.getAttribute("aria-controls") ?? "";
      tab.ariaSelected = String(id === panel);
      tab.tabIndex = id === panel ? 0 : -1;
      document.getElementById(id)?.toggleAttribute("hidden", id !== panel);
    }
    this.#onShow(panel);
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const here = this.#tabs.indexOf(/** @type {HTMLElement} */ (event.target));
    const last = this.#tabs.length - 1;
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last }[event.key];
    if (here === -1 || to === undefined) return;
    event.preventDefault();
    const tab = this.#tabs.at(to > last ? 0 : to);
    tab?.focus();
    this.show(tab?.getAttribute("aria-controls") ?? "");
  }
}
