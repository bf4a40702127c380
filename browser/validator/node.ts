// `notifeed` in Node: the wasm is read from beside this module.

import { readFile } from "node:fs/promises";
import { load, type Source } from "./validator.ts";

export * from "./exports.ts";

/**
 * Loads the validator. Call it once, early; more calls wait for the same.
 * @param source the wasm, when it isn't beside this module: bytes, a compiled module, a response or a URL to fetch
 */
export function init(source?: Source | Promise<Source>): Promise<void> {
  return load(() => source ?? readFile(new URL("notifeed_bg.wasm", import.meta.url)));
}
