// `notifeed/inbox`: `<notifeed-inbox>`, an inbox on a live client (docs/inbox.md). Importing it defines nothing, and works
// where there is no DOM.

export { defineInbox } from "./define.ts";
export { NotifeedInbox } from "./element.ts";
export type { InboxEvents } from "./events.ts";
export { type Labels, LABELS } from "./labels.ts";
export type { FeedNotification } from "../generated/types.ts";
export type { LiveClient } from "../client/api.ts";
