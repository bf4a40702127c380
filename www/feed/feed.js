// The section of the stored feed.

/** @type {import("../console.js").Start} */
export function start(place) {
  place.hidden = true;
}
