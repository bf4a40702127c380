// The exports that every entry of the sender has besides its own `send`.

export * from "./api.ts";
export type * from "../generated/types.ts";
export { changes, read, retract, wait } from "./sent.ts";
