// The common part of the bindings: items and count of a client, also where there is none yet.

import type { LiveClient } from "../client/api.ts";
import type { FeedNotification } from "../generated/types.ts";

/** A client, or none yet: nobody has signed in, or the page is rendered on a server. */
export type MaybeClient = LiveClient | null | undefined;

const none: readonly FeedNotification[] = [];

/** The feed, newest first: the same array as long as nothing changed. */
export function itemsOf(client: MaybeClient): readonly FeedNotification[] {
  return client?.items ?? none;
}

export function unreadOf(client: MaybeClient): number {
  return client?.unread ?? 0;
}

/** @returns a function that ends it */
export function follow(client: MaybeClient, changed: () => void): () => void {
  if (!client) return () => {};
  const ends = [client.on("change", changed), client.on("status", changed)];
  return () => ends.forEach((end) => end());
}
