// `notifeed` in Cloudflare Workers: wasm can't be compiled there, only imported as a module.

// @ts-expect-error: the package's own file; bundlers for Workers make a compiled module of it
import module from "./notifeed_bg.wasm";
import { load, type Source } from "./validator.ts";

export * from "./exports.ts";

/**
 * Loads the validator. Call it once, early; more calls wait for the same.
 * @param source a compiled module, when it isn't the package's own
 */
export function init(source?: Source | Promise<Source>): Promise<void> {
  return load(() => source ?? (module as object));
}
