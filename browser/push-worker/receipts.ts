// Deeds: a user's changes of a notification, sent to the service with the notification's receipt, since a service
// worker has no token. A deed that can't be sent is kept in IndexedDB.

import { change, type Unsent } from "../push/kept.ts";
import type { WorkerScope } from "./scope.ts";

/** The most deeds that are kept; beyond that the oldest is dropped. */
const MOST = 100;
/** The time that the service has for an answer; milliseconds. */
const PATIENCE = 10_000;

/** Adds a deed to those that are still to be sent. */
export async function keep({ indexedDB }: WorkerScope, { receipt, to, deed }: Unsent): Promise<void> {
  await change(indexedDB, "unsent", (all = []) => {
    const former = all.find((one) => one.receipt === receipt);
    const rest = all.filter((one) => one !== former);
    return [...rest, { receipt, to, deed: { ...former?.deed, ...deed } }].slice(-MOST);
  });
}

/** Tells all that waits. An answer, whatever it says, is the end of it, unless the service has too much to do. */
export async function send(scope: WorkerScope): Promise<void> {
  const unsent = await change(scope.indexedDB, "unsent", (all) => all);
  for (const { receipt, to, deed } of unsent ?? []) {
    const body = JSON.stringify({ receipt, ...deed });
    try {
      const { status } = await scope.fetch(to, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (status === 406 || status === 429 || status >= 500) return;
    } catch {
      return; // No network.
    }
    const isTold = (one: Unsent) => one.receipt === receipt && JSON.stringify({ receipt, ...one.deed }) === body;
    await change(scope.indexedDB, "unsent", (all) => all?.filter((one) => !isTold(one)));
  }
}
