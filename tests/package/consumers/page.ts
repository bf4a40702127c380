// What only a page can use.
import { defineInbox, type NotifeedInbox } from "notifeed/inbox";
import type { LiveClient } from "notifeed/live";

export function show(place: Element, client: LiveClient): NotifeedInbox {
  defineInbox();
  const inbox = document.createElement("notifeed-inbox");
  inbox.client = client;
  inbox.addEventListener("notifeed-activate", ({ detail }) => console.log(detail.payload.visualContent?.title));
  place.append(inbox);
  return inbox;
}
