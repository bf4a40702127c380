// Types that only a page can use.
import { defineInbox, type NotifeedInbox } from "notifeed/inbox";
import { labels } from "notifeed/labels/de";
import type { LiveClient } from "notifeed/live";
import { showToasts } from "notifeed/toast";

export function show(place: Element, client: LiveClient): NotifeedInbox {
  defineInbox();
  const inbox = document.createElement("notifeed-inbox");
  inbox.client = client;
  inbox.labels = labels;
  inbox.tabs = "all unread dismissed groups";
  showToasts(client, { labels, when: () => !inbox.open });
  // @ts-expect-error: a word is a text
  inbox.labels = { heading: 5 };
  inbox.addEventListener("notifeed-activate", ({ detail }) => console.log(detail.payload.visualContent?.title));
  place.append(inbox);
  return inbox;
}
