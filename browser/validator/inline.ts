// `notifeed/inline`: the wasm is within the module, so nothing has to be fetched, read or configured.

import { wasm } from "../glue/inline.js";
import { load } from "./validator.ts";

export * from "./exports.ts";

/** Loads the validator. Call it once, early; more calls wait for the same. */
export function init(): Promise<void> {
  return load(() => {
    const compressed = Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0));
    return new Response(
      new Blob([compressed]).stream().pipeThrough(new DecompressionStream("deflate-raw")),
    ).arrayBuffer();
  });
}
