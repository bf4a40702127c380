// The picture of how long deliveries take: a row a platform, with its last ones as bars and what they come to.

import { element } from "../element.js";
import { KEPT, quantile } from "./deliveries.js";
import { ALL, PLATFORMS } from "./platforms.js";

/** @typedef {import("./platforms.js").Platform} Platform */

/** In the units of the picture: it is stretched to the room that there is. */
const BAR = 4;
const GAP = 1;
const HEIGHT = 24;
/** The quantile that the chart shows beside the median: 95 % of the deliveries are at least as fast. */
const SLOW = 0.95;
/** The mark of an unknown time. */
const NONE = "–";

const SVG = "http://www.w3.org/2000/svg";

export class Chart {
  #deliveries;
  #rows;
  #scale = element("span", {});
  #drawing = 0;

  /**
   * @param {Element} place
   * @param {import("./deliveries.js").Deliveries<Platform>} deliveries
   */
  constructor(place, deliveries) {
    this.#deliveries = deliveries;
    this.#rows = new Map(ALL.map((platform) => [platform, new Row(PLATFORMS[platform].name)]));
    const heads = ["Device", `Last ${KEPT}`, "Last", "Median", "p95"];
    place.append(
      element(
        "figure",
        { class: "latency", "aria-labelledby": "latency-title" },
        element(
          "figcaption",
          { id: "latency-title" },
          element("strong", {}, "Fan-out"),
          " from sending here to arriving there, in milliseconds ",
          this.#scale,
        ),
        element(
          "table",
          { "aria-labelledby": "latency-title" },
          element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
          element("tbody", {}, ...[...this.#rows.values()].map(({ node }) => node)),
        ),
      ),
    );
  }

  /** Shows what the deliveries have become; what changes together is drawn once. */
  draw() {
    this.#drawing ||= setTimeout(() => {
      this.#drawing = 0;
      const known = ALL.map((platform) => this.#deliveries.of(platform)).filter((taken) => taken.length > 0);
      // A single very long delivery would make all other bars look equally short.
      const longest = Math.max(1, ...known.map((taken) => quantile(taken, SLOW)));
      this.#scale.textContent = `(bars: 0 to ${longest.toFixed(0)})`;
      for (const [platform, row] of this.#rows) row.draw(this.#deliveries.of(platform), longest);
    }, 50);
  }
}

class Row {
  #bars = document.createElementNS(SVG, "svg");
  #last = element("td", {}, NONE);
  #median = element("td", {}, NONE);
  #slow = element("td", {}, NONE);

  /** @param {string} name of the device */
  constructor(name) {
    const bars = this.#bars;
    bars.setAttribute("viewBox", `0 0 ${KEPT * (BAR + GAP)} ${HEIGHT}`);
    bars.setAttribute("preserveAspectRatio", "none");
    // The figures beside it say the same in words.
    bars.setAttribute("aria-hidden", "true");
    this.node = element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      element("td", { class: "history" }, bars),
      this.#last,
      this.#median,
      this.#slow,
    );
  }

  /**
   * @param {readonly number[]} taken
   * @param {number} longest that is drawn to its length
   */
  draw(taken, longest) {
    if (taken.length === 0) return;
    while (this.#bars.childElementCount < taken.length) this.#bars.append(document.createElementNS(SVG, "rect"));
    const first = KEPT - taken.length;
    for (const [index, bar] of [...this.#bars.children].entries()) {
      const height = Math.max(1, Math.min(1, taken[index] / longest) * HEIGHT);
      const place = { x: (first + index) * (BAR + GAP), y: HEIGHT - height, width: BAR, height };
      for (const [name, value] of Object.entries(place)) bar.setAttribute(name, value.toFixed(1));
    }
    this.#last.textContent = taken[taken.length - 1].toFixed(0);
    this.#median.textContent = quantile(taken, 0.5).toFixed(0);
    this.#slow.textContent = quantile(taken, SLOW).toFixed(0);
  }
}
