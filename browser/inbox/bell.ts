// The bell, with how many are unread.

import { button, element, write } from "./dom.ts";
import type { Labels } from "./labels.ts";
import type { Times } from "./times.ts";

export class Bell {
  readonly element: HTMLButtonElement = button("bell", { "aria-haspopup": "dialog" });
  readonly #badge = element("span", { part: "badge", "aria-hidden": "true" });

  constructor() {
    this.element.append(element("slot", { name: "icon" }, picture()), this.#badge);
  }

  show(unread: number, open: boolean, labels: Labels, times: Times): void {
    this.element.ariaLabel = labels.bell(unread);
    this.element.ariaExpanded = `${open}`;
    this.#badge.hidden = unread === 0;
    write(this.#badge, times.count(unread));
  }
}

function picture(): SVGSVGElement {
  const [svg, path] = (["svg", "path"] as const).map((tag) =>
    document.createElementNS("http://www.w3.org/2000/svg", tag),
  ) as [SVGSVGElement, SVGPathElement];
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M18 16V11a6 6 0 0 0-12 0v5l-2 2h16zM10 21h4");
  svg.append(path);
  return svg;
}
