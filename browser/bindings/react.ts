// `notifeed/react`: the feed of a live client as hooks, and the custom element in JSX. Needs React 18 or newer; the
// properties of the element in JSX need 19.

import { useCallback, useSyncExternalStore } from "react";
import type { FeedNotification } from "../generated/types.ts";
import type { NotifeedInbox } from "../inbox/element.ts";
import type { InboxEvents } from "../inbox/events.ts";
import type { InboxProperties } from "./attributes.ts";
import { follow, itemsOf, type MaybeClient, unreadOf } from "./feed.ts";

/** The feed, newest first: the same array as long as nothing changed; empty without a client. */
export function useNotifications(client: MaybeClient): readonly FeedNotification[] {
  return useFeed(client, itemsOf);
}

/** How many are unread and not dismissed; 0 without a client. */
export function useUnread(client: MaybeClient): number {
  return useFeed(client, unreadOf);
}

function useFeed<Value>(client: MaybeClient, read: (client: MaybeClient) => Value): Value {
  const subscribe = useCallback((changed: () => void) => follow(client, changed), [client]);
  return useSyncExternalStore(
    subscribe,
    () => read(client),
    () => read(null),
  );
}

/** The attributes of `<notifeed-inbox>` in JSX: its properties, the events as `onnotifeed-…`, and what any element has. */
export type InboxAttributes = InboxProperties & {
  [Type in keyof InboxEvents as `on${Type}`]?: ((event: InboxEvents[Type]) => void) | undefined;
} & {
  ref?: { current: NotifeedInbox | null } | ((element: NotifeedInbox | null) => void) | null | undefined;
  key?: string | number | bigint | null | undefined;
  id?: string | undefined;
  className?: string | undefined;
  style?: object | undefined;
  slot?: string | undefined;
  lang?: string | undefined;
  dir?: string | undefined;
  hidden?: boolean | undefined;
  children?: unknown;
};

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "notifeed-inbox": InboxAttributes;
    }
  }
}
