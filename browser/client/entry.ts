// `notifeed/live`: the feed of the signed-in user, live, complete after any disconnect, shared between tabs.

export * from "./api.ts";
export type * from "./store.ts";
export type { FeedNotification, ReadState, RemovalReason, UserActionState } from "../generated/types.ts";
