// A feed in the browser's own database: one database a feed.

import type { Difference, Held, Snapshot, Store } from "./store.ts";

const ITEMS = "items";
const POSITION = "position";

export class IndexedDbStore implements Store {
  readonly #name: string;
  #opened: Promise<IDBDatabase> | undefined;

  /** @param name of the database */
  constructor(name: string) {
    this.#name = name;
  }

  async load(): Promise<Snapshot | null> {
    const transaction = (await this.#open()).transaction([ITEMS, POSITION]);
    const [items, position] = await Promise.all([
      answer<Held[]>(transaction.objectStore(ITEMS).getAll()),
      answer<Omit<Snapshot, "items"> | undefined>(transaction.objectStore(POSITION).get(0)),
    ]);
    return position ? { ...position, items } : null;
  }

  async save({ clear, put, remove, seq, cursor }: Difference): Promise<void> {
    const transaction = (await this.#open()).transaction([ITEMS, POSITION], "readwrite");
    const items = transaction.objectStore(ITEMS);
    // A difference to what was forgotten meanwhile would be a feed with holes.
    const known = transaction.objectStore(POSITION).count();
    known.onsuccess = () => known.result === 0 && !clear && transaction.abort();
    if (clear) items.clear();
    for (const id of remove) items.delete(id);
    for (const held of put) items.put(held);
    transaction.objectStore(POSITION).put({ seq, cursor }, 0);
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }

  async forget(): Promise<void> {
    (await this.#opened)?.close();
    this.#opened = undefined;
    await answer(indexedDB.deleteDatabase(this.#name));
  }

  #open(): Promise<IDBDatabase> {
    this.#opened ??= this.#connect().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #connect(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.#name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ITEMS, { keyPath: "notification.id" });
      request.result.createObjectStore(POSITION);
    };
    const database = await answer(request);
    // Another tab forgets the feed, or the browser clears it: let go, and open it anew when it is needed.
    const letGo = () => {
      database.close();
      this.#opened = undefined;
    };
    database.onversionchange = letGo;
    database.onclose = letGo;
    return database;
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
