// The picture of the bell.

export function bellIcon(): SVGSVGElement {
  const [svg, path] = (["svg", "path"] as const).map((tag) =>
    document.createElementNS("http://www.w3.org/2000/svg", tag),
  ) as [SVGSVGElement, SVGPathElement];
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M18 16V11a6 6 0 0 0-12 0v5l-2 2h16zM10 21h4");
  svg.append(path);
  return svg;
}
