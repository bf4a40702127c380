// `notifeed/live`: the feed of the signed-in user, live, complete after any disconnect, shared between tabs.

import type { ConnectOptions, LiveClient } from "./api.ts";
import { Client } from "./client.ts";
import { faceOf } from "./face.ts";
import { surroundings } from "./environment.ts";

export type * from "./api.ts";
export { LiveError } from "./api.ts";
export type * from "./store.ts";
export type { FeedNotification, ReadState, RemovalReason, UserActionState } from "../generated/types.ts";

/**
 * Signs in to the feed of a user: it is read, kept, and stays live until the client is closed.
 * @returns a client that a framework may wrap or freeze: nothing of its state is on it
 * @throws TypeError for a `url` that isn't one
 */
export function connect(options: ConnectOptions): LiveClient {
  return faceOf(new Client(options, surroundings()));
}
