// Facts that the page and the service worker tell each other, in IndexedDB: nothing else is open to a service worker.

/** The owner of this browser's pushes. */
export interface Owner {
  /**
   * The service's name of the feed; `null`: no feed, since the subscription is ending or the service hasn't named the
   * feed yet.
   */
  feed: string | null;
  /** A digest of the user; `null`: nobody's any more. */
  user: string | null;
  /** The subscription's id; `null`: the service doesn't know of it yet. */
  id: string | null;
  /** The user notification subscription id. */
  uns: string | null;
  /** The push service's URL that the service knows; `null`: the browser said that it changed. */
  endpoint: string | null;
  /** The key that the subscription was made with. */
  key: string;
  /** When the page tells the service again: milliseconds since 1970. */
  renew: number;
  /** The address that receipts go to. */
  receipts: string;
}

/** The kept values, by their keys. */
interface Values {
  owner: Owner;
  /** The browser's own id, by which its subscription is renewed; drawn once. */
  device: string;
  /** The deeds that haven't been sent to the service yet. */
  unsent: Unsent[];
}

/** A receipt, where it goes, and what a person did with its notification. */
export interface Unsent {
  receipt: string;
  to: string;
  deed: Deed;
}

/** A deed of a person on a notification; a state that isn't named stays. */
export interface Deed {
  received?: true;
  readState?: "read";
  userActionState?: "activated" | "dismissed";
}

const STORE = "push";

/**
 * Reads a value, and writes what is made of it, in one transaction. `undefined`: there is none.
 * @returns what is there afterwards
 * @throws DOMException where the browser keeps nothing
 */
export function change<Key extends keyof Values>(
  databases: IDBFactory,
  key: Key,
  by: (value: Values[Key] | undefined) => Values[Key] | undefined,
): Promise<Values[Key] | undefined> {
  return new Promise((resolve, reject) => {
    const request = databases.open("notifeed.push", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onerror = () => reject(request.error!);
    request.onsuccess = () => {
      const database = request.result;
      const transaction = database.transaction(STORE, "readwrite");
      const store = transaction.objectStore(STORE);
      const found = store.get(key) as IDBRequest<Values[Key] | undefined>;
      let value: Values[Key] | undefined;
      found.onsuccess = () => {
        value = by(found.result);
        if (value === undefined) store.delete(key);
        else if (value !== found.result) store.put(value, key);
      };
      transaction.oncomplete = () => resolve(value);
      transaction.onabort = () => reject(transaction.error!);
      // The database closes once the transaction has ended, however that ends.
      database.close();
    };
  });
}
