// `notifeed/vue`: the feed of a live client as refs, and the custom element in templates. Needs Vue 3.3 or newer.

import { type MaybeRefOrGetter, type ShallowRef, shallowRef, toRaw, toValue, watchEffect } from "vue";
import type { FeedNotification } from "../generated/types.ts";
import type { NotifeedInbox } from "../inbox/element.ts";
import type { InboxEvents } from "../inbox/events.ts";
import type { InboxProperties } from "./attributes.ts";
import { follow, itemsOf, type MaybeClient, unreadOf } from "./feed.ts";

/** The feed, newest first: the same array as long as nothing changed; empty without a client. */
export function useNotifications(
  client: MaybeRefOrGetter<MaybeClient>,
): Readonly<ShallowRef<readonly FeedNotification[]>> {
  return useFeed(client, itemsOf);
}

/** How many are unread and not dismissed; 0 without a client. */
export function useUnread(client: MaybeRefOrGetter<MaybeClient>): Readonly<ShallowRef<number>> {
  return useFeed(client, unreadOf);
}

/** Follows the client that there is, until the component or scope ends that asked. */
function useFeed<Value>(
  source: MaybeRefOrGetter<MaybeClient>,
  read: (client: MaybeClient) => Value,
): Readonly<ShallowRef<Value>> {
  const value = shallowRef(read(null));
  watchEffect(
    (onCleanup) => {
      // A client in a deep ref is behind a proxy, which its private members don't go through.
      const client = toRaw(toValue(source));
      const update = () => void (value.value = read(client));
      update();
      onCleanup(follow(client, update));
    },
    { flush: "sync" },
  );
  return value;
}

/** The attributes of `<notifeed-inbox>` in templates, its events among it as `@notifeed-…`. */
export type InboxAttributes = InboxProperties & {
  [Type in keyof InboxEvents as `on${Capitalize<Camel<Type>>}`]?: ((event: InboxEvents[Type]) => void) | undefined;
};

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Rest>}` : Name;

declare module "vue" {
  interface GlobalComponents {
    "notifeed-inbox": new () => { $props: InboxAttributes; $el: NotifeedInbox };
  }
}
