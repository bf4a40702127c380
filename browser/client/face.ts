// What an app holds of a client. Private fields can't be reached through a Proxy, in which frameworks wrap what they hold:
// so its members know their client without `this`.

import type { LiveClient } from "./api.ts";

const METHODS = [
  "now",
  "on",
  "loadOlder",
  "update",
  "markRead",
  "markUnread",
  "dismiss",
  "restore",
  "snooze",
  "activate",
  "remove",
  "reconnect",
  "close",
] as const satisfies (keyof LiveClient)[];
const PROPERTIES = ["items", "unread", "more", "status", "cursor", "leads"] as const satisfies (keyof LiveClient)[];

export function faceOf(client: LiveClient): LiveClient {
  const face: Record<string | symbol, unknown> = {
    [Symbol.asyncIterator]: () => client[Symbol.asyncIterator](),
  };
  for (const name of METHODS) face[name] = (client[name] as (...given: unknown[]) => unknown).bind(client);
  for (const name of PROPERTIES) Object.defineProperty(face, name, { get: () => client[name], enumerable: true });
  // What is frozen isn't wrapped by Vue, and stays as it is with Immer.
  return Object.freeze(face) as unknown as LiveClient;
}
