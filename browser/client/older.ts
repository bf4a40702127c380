// Older items, by pages of the list: its newest pages are here already, and are passed over.

import type { FeedNotification } from "../generated/types.ts";
import { LiveError } from "./api.ts";
import type { Environment } from "./environment.ts";

/** The most that the service gives in a page. */
const PAGE = 100;
/** So many pages are passed over at most. */
const PAGES = 100;

interface List {
  value: FeedNotification[];
  "@odata.nextLink"?: string;
}

/**
 * @param known ids of what is here
 * @returns the first page that has something new
 * @throws LiveError
 */
export async function readOlder(
  environment: Environment,
  stream: URL,
  token: string,
  known: Set<string>,
): Promise<{ notifications: FeedNotification[]; more: boolean }> {
  let next = new URL(stream);
  next.protocol = next.protocol.replace("ws", "http");
  next.pathname = next.pathname.replace(/\/stream$/, "");
  const { origin } = next;
  for (const name of ["endpoint", "top"]) next.searchParams.delete(name);
  next.searchParams.set("$top", `${PAGE}`);
  const platform = next.searchParams.get("platform");
  next.searchParams.delete("platform");
  for (let page = 0; page < PAGES; page++) {
    const { value, "@odata.nextLink": link } = await read(environment, next, token);
    const notifications = value.filter((item) => !known.has(item.id) && isFor(item, platform));
    // A link may name the service by another origin than the one that is used here.
    if (link) next = new URL(new URL(link).pathname + new URL(link).search, origin);
    if (notifications.length || !link) return { notifications, more: link !== undefined };
  }
  return { notifications: [], more: false };
}

/** The list isn't filtered by platform. */
function isFor({ targetPolicy }: FeedNotification, platform: string | null): boolean {
  return targetPolicy.platformTypes.some((type) => type.toLowerCase() === platform);
}

async function read(environment: Environment, address: URL, token: string): Promise<List> {
  let status = 0;
  try {
    const answer = await environment.fetch(address, { headers: { Authorization: `Bearer ${token}` } });
    ({ status } = answer);
    if (answer.ok) return (await answer.json()) as List;
  } catch {
    // Told below.
  }
  throw new LiveError(status, status ? "Refused" : "Offline", "Older notifications can't be read now.");
}
