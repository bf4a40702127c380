// The feed by REST: pages of the list for older items, and how many are unread.

import { MAX_TOP } from "../generated/protocol.ts";
import type { FeedNotification } from "../generated/types.ts";
import { LiveError, offline } from "./api.ts";
import type { Environment } from "./environment.ts";

/** So many pages are passed over at most. */
const PAGES = 100;
/** Unread as a badge has it. */
const UNREAD = "readState eq 'unread' and userActionState ne 'dismissed'";

interface Page {
  value: FeedNotification[];
  "@odata.nextLink"?: string;
}

/** The list beside a stream, for the same platform and host. */
function listOf(stream: URL, path: string): URL {
  const list = new URL(stream);
  list.protocol = list.protocol.replace("ws", "http");
  list.pathname = list.pathname.replace(/\/stream$/, path);
  list.searchParams.delete("endpoint");
  return list;
}

/**
 * Older items: the list's newest pages are here already, and are passed over.
 * @param known ids of what is here
 * @returns the first page that has something new
 * @throws LiveError
 */
export async function readOlder(
  environment: Environment,
  stream: URL,
  token: string,
  known: Map<string, unknown>,
): Promise<{ notifications: FeedNotification[]; more: boolean }> {
  let next = listOf(stream, "");
  const { origin } = next;
  next.searchParams.set("$top", `${MAX_TOP}`);
  for (let page = 0; page < PAGES; page++) {
    const { value, "@odata.nextLink": link } = await ask<Page>(environment, next, token);
    const notifications = value.filter(({ id }) => !known.has(id));
    if (notifications.length || !link) return { notifications, more: link !== undefined };
    // A link may name the service by another origin than the one that is used here.
    const { pathname, search } = new URL(link);
    next = new URL(pathname + search, origin);
  }
  return { notifications: [], more: false };
}

/** @throws LiveError */
export function countUnread(environment: Environment, stream: URL, token: string): Promise<number> {
  const address = listOf(stream, "/$count");
  address.searchParams.set("$filter", UNREAD);
  return ask(environment, address, token);
}

async function ask<T>(environment: Environment, address: URL, token: string): Promise<T> {
  let status = 0;
  try {
    const answer = await environment.fetch(address, { headers: { Authorization: `Bearer ${token}` } });
    ({ status } = answer);
    if (answer.ok) return (await answer.json()) as T;
  } catch {
    // Told below.
  }
  throw status ? new LiveError(status, "Refused", "The service refused it.") : offline();
}
