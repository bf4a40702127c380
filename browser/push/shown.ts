// The notifications that the browser shows of the feed, and its subscription, beside a live client of a page.

import type { LiveClient } from "../client/api.ts";
import type { FeedNotification } from "../generated/types.ts";
import type { Push } from "./api.ts";

/** Takes away what is shown and fits. */
export async function closeShown(
  registration: ServiceWorkerRegistration | undefined,
  fits: (shown: { id?: string; owner?: string }) => boolean,
): Promise<void> {
  for (const notification of (await registration?.getNotifications()) ?? []) {
    const shown = (notification.data as { notifeed?: object } | null)?.notifeed;
    if (shown && fits(shown)) notification.close();
  }
}

/**
 * Takes away what was read elsewhere while the page is open, and keeps the number at the app's icon. The client is told the
 * subscription of `push`, now and at each change, so that nothing is pushed that a person sees in a tab.
 * @returns what ends it
 */
export function follow(client: LiveClient, registration: ServiceWorkerRegistration, push: Push): () => void {
  let told: string | null | undefined;
  const tell = () => {
    const id = push.subscription?.id ?? null;
    if (push.state !== "not-ready" && id !== told) client.setEndpoint((told = id));
  };
  tell();
  const badge = () => {
    const own = navigator as Navigator & { setAppBadge?(count: number): Promise<void> };
    void own.setAppBadge?.(client.unread).catch(() => {});
  };
  const tidy = () =>
    void closeShown(registration, ({ id, owner }) => {
      // A page that is still open for the previous user doesn't touch the next user's notifications.
      if (id && owner !== push.feed) return false;
      const item = client.items.find((item) => item.id === id);
      return item ? isSeen(item) : !client.more;
    });
  const close = (gone: FeedNotification) => void closeShown(registration, ({ id }) => id === gone.id);
  const ended = [
    push.onState(tell),
    client.on("ready", () => (badge(), tidy())),
    client.on("change", badge),
    client.on("state", ({ notification }) => {
      if (isSeen(notification)) close(notification);
    }),
    client.on("removed", ({ notification }) => close(notification)),
  ];
  return () => ended.forEach((end) => end());
}

/** Whether a person has dealt with it. */
const isSeen = ({ readState, userActionState }: FeedNotification): boolean =>
  readState === "read" || userActionState !== "noInteraction";
