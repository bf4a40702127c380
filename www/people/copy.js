// Texts that a person takes elsewhere.

import { element } from "../element.js";

/** How long the button says that the text was copied, in milliseconds. */
const SAID = 1500;

/**
 * A button that copies a text.
 * @param {string} label
 * @param {() => string} text
 * @param {string} [name] what it is called where the label doesn't say enough; begins with the label
 */
export function copyButton(label, text, name = label) {
  const said = element("span", { "aria-live": "polite" }, label);
  const button = element("button", { type: "button", class: "quiet", "aria-label": name }, said);
  button.addEventListener("click", async () => {
    const done = await navigator.clipboard.writeText(text()).then(
      () => true,
      () => false,
    );
    said.textContent = done ? "Copied" : "Not allowed";
    button.setAttribute("aria-label", said.textContent);
    setTimeout(() => {
      said.textContent = label;
      button.setAttribute("aria-label", name);
    }, SAID);
  });
  return button;
}
