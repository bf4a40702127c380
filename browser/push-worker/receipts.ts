// Deeds of a person on a notification, told to the service by the notification's receipt: a service worker has no token.
// A deed that can't be sent waits in IndexedDB.

import { change, type Unsent } from "../push/kept.ts";
import type { WorkerScope } from "./scope.ts";

/** The most that waits; the oldest goes. */
const MOST = 100;
/** So long the service has for an answer; milliseconds. */
const PATIENCE = 10_000;

/** Adds to what is to be told. */
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
