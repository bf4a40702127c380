// The notifications that the browser shows of the feed, seen from a page.

import type { LiveClient } from "../client/api.ts";
import type { FeedNotification } from "../generated/types.ts";

/** Takes away what is shown and fits. */
export async function closeShown(
  registration: ServiceWorkerRegistration | undefined,
  fits: (id: string) => boolean,
): Promise<void> {
  for (const notification of (await registration?.getNotifications()) ?? []) {
    const shown = (notification.data as { notifeed?: { id?: string } } | null)?.notifeed;
    if (shown && fits(shown.id ?? "")) notification.close();
  }
}

/**
 * Takes away what was read elsewhere while the page is open, and keeps the number at the app's icon.
 * @returns what ends it
 */
export function follow(client: LiveClient, registration: ServiceWorkerRegistration): () => void {
  const badge = () => {
    const own = navigator as Navigator & { setAppBadge?(count: number): Promise<void> };
    void own.setAppBadge?.(client.unread).catch(() => {});
  };
  const tidy = () => {
    const items = new Map(client.items.map((item) => [item.id, item]));
    void closeShown(registration, (id) => {
      const item = items.get(id);
      return item ? isSeen(item) : !client.more;
    });
  };
  const ended = [
    client.on("ready", () => (badge(), tidy())),
    client.on("change", badge),
    client.on("state", ({ notification }) => {
      if (isSeen(notification)) void closeShown(registration, (id) => id === notification.id);
    }),
    client.on("removed", ({ notification }) => void closeShown(registration, (id) => id === notification.id)),
  ];
  return () => ended.forEach((end) => end());
}

/** Whether a person has dealt with it. */
const isSeen = ({ readState, userActionState }: FeedNotification): boolean =>
  readState === "read" || userActionState !== "noInteraction";
