// Sign-outs that localStorage takes no note of: they are noted in a database of their own, which a tab that is stopped while
// it writes a feed doesn't hold up, and in the page's memory, should there be no database either.

import type { Environment } from "./environment.ts";
import { answer, open } from "./database.ts";

const DATABASE = "notifeed.signouts";
/** The last sign-out of each feed, by the feed's name. */
const STORE = "signouts";

/** Notes that a feed is to be emptied: it is asked for in this turn, and done some milliseconds later. */
export function noteSignOut(environment: Environment, name: string, signOut: string): void {
  environment.signOuts.set(name, signOut);
  void withStore(
    environment,
    "readwrite",
    (store) => store.put(signOut, name),
    (made) => made.createObjectStore(STORE),
  );
}

/**
 * @returns the names of feeds that are to be emptied, each with its sign-out. Until the caller's turn ends, none of them
 * is taken out.
 */
export async function notedSignOuts(environment: Environment): Promise<Map<string, string>> {
  const noted = new Map(environment.signOuts);
  await withStore(environment, "readonly", async (store) => {
    const names = store.getAllKeys();
    const values = await answer<string[]>(store.getAll());
    names.result.forEach((name, at) => noted.set(name as string, values[at]!));
  });
  return noted;
}

/** The feed is empty. */
export async function endSignOut(environment: Environment, name: string, signOut: string): Promise<void> {
  environment.signOuts.delete(name);
  await withStore(environment, "readwrite", async (store) => {
    if ((await answer(store.get(name))) === signOut) store.delete(name);
  });
}

/** Does nothing where there is no such database, unless it is made. */
async function withStore(
  environment: Environment,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => unknown,
  make: ((database: IDBDatabase) => void) | null = null,
): Promise<void> {
  try {
    const database = await open(environment.databases()!, DATABASE, make);
    try {
      await act(database.transaction(STORE, mode).objectStore(STORE));
    } finally {
      // Requests that are under way are finished first.
      database.close();
    }
  } catch {
    // Storage is forbidden, or doesn't work.
  }
}
