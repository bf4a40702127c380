// What the page and the service worker know of each other's work: whose the browser's pushes are, and what the service
// hasn't been told yet. Both read it from IndexedDB, since nothing else is open to a service worker.

/** Whose the pushes of this browser are. */
export interface Owner {
  /** What the service calls the feed; `null`: nobody's, since it is ending or the service hasn't said yet. */
  feed: string | null;
  /** A digest of the user; `null`: nobody's any more. */
  user: string | null;
  /** The subscription's id; `null`: the service doesn't know of it yet. */
  id: string | null;
  /** The user notification subscription id. */
  uns: string | null;
  /** The push service's URL that the service knows. */
  endpoint: string | null;
  /** The browser said that it changed. */
  changed: boolean;
  /** When the page tells the service again: milliseconds since 1970. */
  renew: number;
  /** Where receipts go. */
  receipts: string;
}

/** What a person did with a notification; what isn't named stays. */
export interface Deed {
  received?: true;
  readState?: "read";
  userActionState?: "activated" | "dismissed";
}

/** A receipt with what the service hasn't been told yet. */
export interface Unsent {
  receipt: string;
  /** Where it goes. */
  to: string;
  deed: Deed;
}

const STORE = "push";
const OWNER = "owner";
const UNSENT = "unsent";
/** The most that is kept of what couldn't be sent; the oldest goes. */
const MOST = 100;

export class Kept {
  readonly #databases: IDBFactory;
  #database: Promise<IDBDatabase> | undefined;

  constructor(databases: IDBFactory) {
    this.#databases = databases;
  }

  async owner(): Promise<Owner | null> {
    return (await this.#change<Owner>(OWNER, (owner) => owner)) ?? null;
  }

  /** Writes the owner anew; `null`: there is none. */
  async own(owner: Owner | null): Promise<void> {
    await this.#change<Owner>(OWNER, () => owner ?? undefined);
  }

  /** Leaves the flag that the subscription changed. */
  async changed(): Promise<void> {
    await this.#change<Owner>(OWNER, (owner) => owner && { ...owner, changed: true });
  }

  /** This browser's own id, by which its subscription is renewed; drawn once. */
  async device(): Promise<string> {
    return (await this.#change<string>("device", (device) => device ?? crypto.randomUUID()))!;
  }

  /** Adds to what the service hasn't been told. */
  async tell({ receipt, to, deed }: Unsent): Promise<void> {
    await this.#change<Unsent[]>(UNSENT, (all = []) => {
      const former = all.find((one) => one.receipt === receipt);
      const rest = all.filter((one) => one !== former);
      return [...rest, { receipt, to, deed: { ...former?.deed, ...deed } }].slice(-MOST);
    });
  }

  async unsent(): Promise<Unsent[]> {
    return (await this.#change<Unsent[]>(UNSENT, (all) => all)) ?? [];
  }

  /** Forgets what was told, unless more has come meanwhile. */
  async told({ receipt, deed }: Unsent): Promise<void> {
    const text = JSON.stringify(deed);
    await this.#change<Unsent[]>(UNSENT, (all) =>
      all?.filter((one) => one.receipt !== receipt || JSON.stringify(one.deed) !== text),
    );
  }

  /** Nothing of the former user stays to be sent. */
  async forget(): Promise<void> {
    await this.#change<Unsent[]>(UNSENT, () => undefined);
  }

  /** Reads and writes one value in one transaction. */
  async #change<Value>(key: string, by: (value: Value | undefined) => Value | undefined): Promise<Value | undefined> {
    const database = await (this.#database ??= this.#open());
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, "readwrite");
      const store = transaction.objectStore(STORE);
      const found = store.get(key) as IDBRequest<Value | undefined>;
      let value: Value | undefined;
      found.onsuccess = () => {
        value = by(found.result);
        if (value === found.result) return;
        if (value === undefined) store.delete(key);
        else store.put(value, key);
      };
      transaction.oncomplete = () => resolve(value);
      transaction.onabort = () => reject(transaction.error as DOMException);
    });
  }

  #open(): Promise<IDBDatabase> {
    const opened = new Promise<IDBDatabase>((resolve, reject) => {
      const request = this.#databases.open("notifeed.push", 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => {
        const database = request.result;
        // The browser clears it, or a later build makes it anew: it is opened again where it is needed.
        database.onclose = database.onversionchange = () => {
          database.close();
          this.#database = undefined;
        };
        resolve(database);
      };
      request.onerror = () => reject(request.error as DOMException);
    });
    opened.catch(() => (this.#database = undefined));
    return opened;
  }
}

/**
 * Sends what the service hasn't been told. What can't be sent stays for the next time; what the service answers, whatever
 * it says, is done with.
 */
export async function sendUnsent(kept: Kept, fetched: typeof fetch): Promise<void> {
  for (const unsent of await kept.unsent()) {
    const { receipt, to, deed } = unsent;
    try {
      const { status } = await fetched(to, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ receipt, ...deed }),
        keepalive: true,
      });
      if (status === 406 || status === 429 || status >= 500) return;
    } catch {
      return; // No network.
    }
    await kept.told(unsent);
  }
}
