// Nodes from code: no markup is parsed, so that content can't become any, and no page's policy stands in the way.

/**
 * Makes an element.
 * @param attributes those that are `undefined` are left out
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name] ?? "");
  made.append(...children);
  return made;
}

/** A button that does nothing by itself. `data-do` tells it from the others, whatever an app calls its parts. */
export function button(name: string, attributes: Record<string, string> = {}): HTMLButtonElement {
  return element("button", { type: "button", part: name, "data-do": name, ...attributes });
}

/** Writes a text, if it is another one: what hasn't changed isn't drawn, read out or selected anew. */
export function write(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
