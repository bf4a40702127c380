// `notifeed/svelte`: the feed of a live client as stores, which Svelte reads as `$items`, and any other code by
// `subscribe`. Needs no version of Svelte in particular.

import type { FeedNotification } from "../generated/types.ts";
import { follow, itemsOf, type MaybeClient, unreadOf } from "./feed.ts";

/** A readable store, by Svelte's contract of stores. */
export interface Store<Value> {
  /**
   * Calls `run` with the value there is, at once, and whenever it is another one.
   * @returns a function that ends it
   */
  subscribe(run: (value: Value) => void): () => void;
}

/** The feed, newest first: the same array as long as nothing changed; empty without a client. */
export function notifications(client: MaybeClient): Store<readonly FeedNotification[]> {
  return storeOf(client, itemsOf);
}

/** How many are unread and not dismissed; 0 without a client. */
export function unread(client: MaybeClient): Store<number> {
  return storeOf(client, unreadOf);
}

function storeOf<Value>(client: MaybeClient, read: (client: MaybeClient) => Value): Store<Value> {
  return {
    subscribe(run) {
      let last = read(client);
      run(last);
      return follow(client, () => {
        const next = read(client);
        if (next === last) return;
        last = next;
        run(next);
      });
    },
  };
}
