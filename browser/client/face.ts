// The object that an app holds. Private fields can't be reached through a Proxy, in which frameworks wrap what they hold:
// so its members know their client without `this`.

import type { LiveClient, StateChange } from "./api.ts";
import type { Asking } from "./asking.ts";

type Named = "markRead" | "markUnread" | "dismiss" | "restore" | "activate";

/** Changes of states that have a name. */
const CHANGES: Record<Named, StateChange> = {
  markRead: { readState: "read" },
  markUnread: { readState: "unread" },
  dismiss: { readState: "read", userActionState: "dismissed" },
  restore: { userActionState: "noInteraction" },
  activate: { readState: "read", userActionState: "activated" },
};

/** A client as the rest of it is written. */
export type Core = Omit<LiveClient, Named | "snooze" | keyof Asking> & { readonly asking: Asking };

const PROPERTIES = ["items", "unread", "unseen", "more", "status", "cursor", "leads"] as const satisfies (keyof Core)[];
const METHODS = ["now", "on", "loadOlder", "setEndpoint", "reconnect", "close"] as const satisfies (keyof Core)[];

export function faceOf(client: Core): LiveClient {
  const { asking } = client;
  const face: Record<string | symbol, unknown> = {
    ...asking,
    [Symbol.asyncIterator]: () => client[Symbol.asyncIterator](),
    snooze: (id: string, until: Date | string | number) =>
      asking.update(id, {
        readState: "read",
        userActionState: "snoozed",
        snoozedUntilDateTime: new Date(until).toISOString(),
      }),
  };
  for (const name of METHODS) face[name] = (client[name] as (...given: unknown[]) => unknown).bind(client);
  for (const [name, change] of Object.entries(CHANGES)) face[name] = (id: string) => asking.update(id, change);
  for (const name of PROPERTIES) Object.defineProperty(face, name, { get: () => client[name], enumerable: true });
  // A frozen object isn't wrapped by Vue, and stays as it is with Immer.
  return Object.freeze(face) as unknown as LiveClient;
}
