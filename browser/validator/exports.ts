// The exports that every entry of the validator has besides its own `init`.

export type * from "../generated/types.ts";
export * from "./errors.ts";
export { initSync, isValid, normalize, validate } from "./validator.ts";
export type { Body, CompiledModule, Source } from "./validator.ts";
