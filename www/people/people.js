// The section of people and apps, in development.

/** @type {import("../console.js").Start} */
export function start(place) {
  place.hidden = true;
}
