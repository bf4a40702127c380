// The package as an ES module imports it.

export * as validator from "notifeed";
export * as inbox from "notifeed/inbox";
export * as inline from "notifeed/inline";
export * as live from "notifeed/live";
export * as schema from "notifeed/schema";
export * as send from "notifeed/send";
