// The surroundings of an element: its document, and the language around it.

/**
 * Makes a sheet for each document that needs one: a constructed sheet serves only the document that it was made in. It
 * needs no permission of the page's Content-Security-Policy.
 */
export function sheetOf(css: string): (document: Document) => CSSStyleSheet {
  const sheets = new WeakMap<Document, CSSStyleSheet>();
  return (document) => {
    let sheet = sheets.get(document);
    if (!sheet) {
      sheet = new (document.defaultView ?? globalThis).CSSStyleSheet();
      sheet.replaceSync(css);
      sheets.set(document, sheet);
    }
    return sheet;
  };
}

/** The nearest `lang` around an element, out of shadow trees too: a BCP 47 tag; `undefined`: nobody says. */
export function languageAround(element: Element): string | undefined {
  for (let from: Element | undefined = element; from; from = (from.getRootNode() as ShadowRoot).host) {
    const said = from.closest("[lang]");
    if (said) return said.getAttribute("lang") || undefined;
  }
  return undefined;
}
