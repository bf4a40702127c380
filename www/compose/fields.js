// The fields of the form: one for each property, with its label and room for what is wrong with it.

import { element } from "../element.js";
import { PLATFORMS } from "../notifeed/protocol.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/**
 * A property in the form.
 * @typedef {object} Field
 * @property {string} path
 * @property {HTMLElement} place which takes in the findings
 * @property {Control[]} controls one, or the checkboxes of a group
 */

/** @typedef {{ path: string, label: string, as: "text" | "long" | "number" | "time" | "choice" | "group" }} Property */
/** @typedef {Property & { options?: readonly string[], class?: string }} Layout */

const FALLBACK = "fallbackPolicy.endpointFallback";

/** @type {Layout[]} */
const NOTIFICATION = [
  { path: "payload.visualContent.title", label: "Title", as: "text", class: "wide" },
  { path: "payload.visualContent.body", label: "Body", as: "long", class: "wide" },
  { path: "payload.rawContent", label: "Raw content", as: "long", class: "wide mono" },
  { path: "targetHostName", label: "App host", as: "text", class: "wide mono" },
  { path: "appNotificationId", label: "Notification id", as: "text", class: "mono" },
  { path: "groupName", label: "Group", as: "text" },
  { path: "priority", label: "Priority", as: "choice", options: ["None", "High", "Low"] },
  { path: "displayTimeToLive", label: "Display for (s)", as: "number" },
  { path: "expirationDateTime", label: "Expires", as: "time", class: "wide" },
  {
    path: "targetPolicy.platformTypes",
    label: "Platforms",
    as: "group",
    options: PLATFORMS,
    class: "wide",
  },
];

/** @type {Layout[]} */
const ENDPOINT_FALLBACK = [
  { path: `${FALLBACK}.visualContent.title`, label: "Fallback title", as: "text", class: "wide" },
  { path: `${FALLBACK}.visualContent.body`, label: "Fallback body", as: "long", class: "wide" },
  { path: `${FALLBACK}.fallbackDelayInSeconds`, label: "Delay (s)", as: "number" },
  { path: `${FALLBACK}.platformTypes`, label: "Fallback platforms", as: "group", options: ["iOS"] },
];

/**
 * Draws the form.
 * @param {HTMLElement} form
 * @returns {Field[]} in the order in which they stand
 */
export function drawFields(form) {
  const fallback = element("div", { class: "fields" });
  const fields = [
    ...NOTIFICATION.map((one) => draw(form, one)),
    ...ENDPOINT_FALLBACK.map((one) => draw(fallback, one)),
  ];
  form.append(
    element("details", { id: "fallback", class: "wide" }, element("summary", {}, "Endpoint fallback"), fallback),
  );
  return fields;
}

/**
 * @param {HTMLElement} form
 * @param {Layout} layout
 * @returns {Field}
 */
function draw(form, layout) {
  const id = `field-${layout.path}`;
  const findings = element("div", { id: `${id}-findings`, class: "field-findings" });
  const { box, controls } = layout.as === "group" ? drawGroup(layout) : drawOne(layout, id);
  for (const control of controls) {
    control.name = layout.path;
    control.setAttribute("aria-describedby", findings.id);
  }
  box.append(findings);
  form.append(box);
  return { path: layout.path, place: findings, controls };
}

/**
 * @param {Layout} layout
 * @param {string} id
 */
function drawOne(layout, id) {
  const control = drawControl(layout);
  control.id = id;
  if (layout.class?.includes("mono")) control.classList.add("mono");
  const box = element(
    "div",
    { class: `field ${layout.class?.includes("wide") ? "wide" : ""}` },
    element("label", { for: id }, layout.label),
    control,
  );
  return { box, controls: [control] };
}

/** @param {Layout} layout */
function drawGroup({ label, options = [], class: wide = "" }) {
  const controls = options.map((value) => {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.value = value;
    return box;
  });
  const labels = controls.map((box) =>
    element("label", {}, box, ` ${box.value === "WebPush" ? "Web Push" : box.value}`),
  );
  const legend = element("legend", {}, label);
  return { box: element("fieldset", { class: `field group ${wide}` }, legend, ...labels), controls };
}

/**
 * @param {Layout} layout
 * @returns {Control}
 */
function drawControl({ as, options = [] }) {
  if (as === "choice") {
    const select = document.createElement("select");
    select.append(new Option("default", ""), ...options.map((option) => new Option(option)));
    return select;
  }
  if (as === "long") {
    const area = document.createElement("textarea");
    area.rows = 2;
    return area;
  }
  const input = document.createElement("input");
  if (as === "time") {
    input.type = "datetime-local";
    input.step = "1";
  } else if (as === "number") {
    // A text that isn't a number can't be read from a field of type "number", and the two couldn't be kept in step.
    input.inputMode = "numeric";
    input.dataset.as = "number";
  }
  return input;
}
