// Notifications after they were sent: read, waited for, retracted, and the changes of all of them.

import { DELTA_PATH, MAX_WAIT, NOTIFICATIONS_PATH } from "../generated/protocol.ts";
import type { Changes, ChangesOptions, Read, SendOptions, WaitOptions } from "./api.ts";
import type { SentChange, SentItem } from "./api.ts";
import { wait as pause } from "./retry.ts";
import { exchange } from "./service.ts";

/** The least time between two requests to a service that doesn't support waiting; milliseconds. */
const POLITE = 2_000;

/**
 * Reads a notification that this app sent, by its `id`.
 * @throws SendError: its `status` 404 says that the service no longer has it, or that another app sent it
 */
export async function read(id: string, options: SendOptions): Promise<Read> {
  const answer = await exchange(
    { method: "GET", path: `/${encodeURIComponent(id)}`, expects: [200], isAnswer },
    options,
  );
  return { item: answer.json as SentItem, etag: answer.headers.get("ETag") ?? "" };
}

/**
 * Waits until somebody has answered a notification that this app sent, or it has ended; with `etag`, until anything of it
 * is another than that.
 * @returns the notification as it is then; `null`: the time was over
 * @throws as {@link read}
 */
export async function wait(id: string, options: WaitOptions): Promise<Read | null> {
  const { etag: known, timeout = Infinity, ...others } = options;
  const deadline = Date.now() + timeout;
  let etag = known;
  for (;;) {
    const began = Date.now();
    const left = Math.min(MAX_WAIT, Math.ceil((deadline - began) / 1000));
    const waits: { headers?: Record<string, string>; waits?: number } =
      etag === undefined || left < 1
        ? {}
        : { headers: { "If-None-Match": etag, Prefer: `wait=${left}` }, waits: left * 1000 };
    const path = `/${encodeURIComponent(id)}`;
    const answer = await exchange({ method: "GET", path, expects: [200, 304], ...waits }, others);
    if (answer.status === 200) {
      const item = answer.json as SentItem;
      const found = answer.headers.get("ETag") ?? "";
      const isNews = known === undefined ? item.answer !== null || item.ended !== undefined : found !== known;
      if (isNews) return { item, etag: found };
      etag = found;
    }
    if (Date.now() >= deadline) return null;
    // A service that answered at once, and has nothing new, doesn't wait by itself.
    const rest = Math.min(POLITE, deadline - Date.now());
    if (waits.waits && Date.now() - began < 1000) await pause(rest, options.signal);
  }
}

/**
 * Takes a notification back that this app sent: it is gone from every device. A notification that has ended stays so.
 * @throws SendError: its `code` `AlreadyAnswered` says that somebody has answered; `answered: true` takes it back
 * all the same
 */
export async function retract(id: string, options: SendOptions & { answered?: boolean | undefined }): Promise<void> {
  const { answered, ...others } = options;
  const headers: Record<string, string> = answered ? { "If-Match": "*" } : {};
  await exchange({ method: "DELETE", path: `/${encodeURIComponent(id)}`, headers, expects: [204] }, others);
}

/**
 * Reads what changed of all that this app sent to the user: for a server that was down, the final state of each.
 * @throws SendError: its `code` `SyncStateNotFound` says that `since` is of no use any longer: leave it out
 */
export async function changes(options: ChangesOptions): Promise<Changes> {
  const { since, wait: seconds, ...others } = options;
  const items: SentChange[] = [];
  let query = since === undefined ? "$top=100" : `$top=100&$deltatoken=${encodeURIComponent(since)}`;
  for (;;) {
    const waits: { headers?: Record<string, string>; waits?: number } =
      seconds === undefined ? {} : { headers: { Prefer: `wait=${seconds}` }, waits: seconds * 1000 };
    const path = `${DELTA_PATH.slice(NOTIFICATIONS_PATH.length)}?${query}`;
    const { json } = await exchange({ method: "GET", path, expects: [200], isAnswer: isPage, ...waits }, others);
    const page = json as Page;
    items.push(...page.value);
    const next = page["@odata.nextLink"];
    if (next === undefined) return { items, since: tokenOf(page["@odata.deltaLink"], "$deltatoken") };
    query = `$top=100&$skiptoken=${encodeURIComponent(tokenOf(next, "$skiptoken"))}`;
  }
}

interface Page {
  value: SentChange[];
  "@odata.nextLink"?: string;
  "@odata.deltaLink"?: string;
}

function isAnswer(json: unknown): boolean {
  return typeof (json as SentItem | undefined)?.id === "string";
}

function isPage(json: unknown): boolean {
  return Array.isArray((json as Page | undefined)?.value);
}

function tokenOf(link: string | undefined, name: string): string {
  return new URL(link ?? "").searchParams.get(name) ?? "";
}
