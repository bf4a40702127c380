// What every entry of the sender exports besides its own `send`.

export * from "./api.ts";
export type * from "../generated/types.ts";
