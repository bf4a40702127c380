// `notifeed` in browsers and bundlers: the wasm is fetched from beside this module.

import { load, type Source } from "./validator.ts";

export * from "./exports.ts";

/**
 * Loads the validator. Call it once, early; more calls wait for the same.
 * @param source where the wasm is, when it isn't beside this module: a URL, a response, bytes or a compiled module
 */
export function init(source?: Source | Promise<Source>): Promise<void> {
  return load(() => source ?? new URL("notifeed_bg.wasm", import.meta.url));
}
