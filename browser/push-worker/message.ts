// A push as the service sends it (docs/push.md), and what is shown of it.

/** The service's data about a notification beside its content. */
export interface About {
  v: 1;
  id: string;
  revision: number;
  /** The digest of the feed that it belongs to. */
  owner: string;
  priority: string;
  group?: string;
  link?: string;
  raw?: string;
  /** Whether it has actions to choose from, which the page shows. */
  actions?: boolean;
  /** Not all fitted. */
  partial?: boolean;
  /** The right to say what became of it. */
  receipt?: string;
  /** How many are unread. */
  unread?: number;
  /** The ids of notifications that were read elsewhere. */
  close?: string[];
}

/** The message that the service pushes. */
export interface PushMessage {
  notification: { title?: string; body?: string; navigate?: string; tag: string; timestamp: number };
  notifeed: About;
}

/** The data that a shown notification carries until it is clicked. */
export interface Shown {
  id: string;
  revision: number;
  owner: string;
  /** The page that a click leads to. */
  navigate?: string;
  link?: string;
  receipt?: string;
  actions?: boolean;
}

/** @returns the JSON of a push; `undefined` where it is none */
export function read(data: PushMessageData | null): unknown {
  try {
    return data?.json() as unknown;
  } catch {
    return undefined;
  }
}

/** Whether the service sent it. */
export function isMessage(json: unknown): json is PushMessage {
  const { notification, notifeed } = (json ?? {}) as Partial<PushMessage>;
  return typeof notification === "object" && typeof notifeed?.id === "string" && typeof notifeed.owner === "string";
}

/** Whether it is a push of the service or a declarative one, as far as other senders of the same browser go. */
export function isKnown(json: unknown): boolean {
  return typeof json === "object" && json !== null && ("notifeed" in json || "web_push" in json);
}

/** Part of lib.webworker, which can't be loaded beside lib.dom. */
export interface PushMessageData {
  json(): unknown;
}
