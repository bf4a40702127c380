// The name of the element.

import { NotifeedInbox } from "./element.ts";

/**
 * Makes `<notifeed-inbox>` an element of the page. Calling it again, or where there is no DOM, does nothing.
 * @param name another name for it
 */
export function defineInbox(
  name: string = "notifeed-inbox",
  registry: CustomElementRegistry | undefined = globalThis.customElements,
): void {
  // A class can be defined only once; a class of its own lets an app use several names.
  if (registry && !registry.get(name)) registry.define(name, class extends NotifeedInbox {});
}
