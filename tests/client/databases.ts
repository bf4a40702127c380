// IndexedDB of one browser, by the library `fake-indexeddb`, with what goes wrong in real ones: a factory that is absent,
// throws, never answers or refuses; no room; tabs that are stopped in the middle of a transaction; storage that the
// browser clears.

import { forceCloseDatabase, IDBFactory as Library } from "fake-indexeddb";
import type { Tab } from "./tab.ts";
import type { Held, UserChange } from "../../browser/client/store.ts";

/** The members of the library's objects besides the standard's, as far as they are used here. */
interface Transaction extends IDBTransaction {
  /** Carries a request out. */
  _start(): void;
  _abort(error: string): void;
}
interface Inside {
  _databases: Map<string, Database>;
}
interface Database {
  /** 0: it isn't made yet, or its making was undone. */
  version: number;
  connections: { _runningVersionchangeTransaction?: boolean }[];
  rawObjectStores: Map<string, { records: { values(): Iterable<{ key: unknown; value: unknown }> } }>;
}

export interface Stored {
  name: string;
  items: Held[];
  changes: UserChange[];
}

export class Databases {
  readonly #library: IDBFactory = new Library();
  readonly #open = new Map<IDBDatabase, { tab: Tab; running: Set<Transaction> }>();
  /** Turns of transactions that wait for the disk. */
  #stalled: (() => void)[] = [];

  /** All that is on the disk now. */
  get stored(): Stored[] {
    const { _databases } = this.#library as unknown as Inside;
    const made = [..._databases].filter(
      ([, { version, connections }]) =>
        version > 0 && !connections.some(({ _runningVersionchangeTransaction }) => _runningVersionchangeTransaction),
    );
    return made.map(([name, { rawObjectStores }]) => {
      const all = (store: string) =>
        [...(rawObjectStores.get(store)?.records.values() ?? [])].map(({ value }) => value);
      return { name, items: all("items") as Held[], changes: all("changes") as UserChange[] };
    });
  }

  /** The names of feeds that are noted to be emptied. */
  get notes(): string[] {
    const { _databases } = this.#library as unknown as Inside;
    const store = _databases.get("notifeed.signouts")?.rawObjectStores.get("signouts");
    return [...(store?.records.values() ?? [])].map(({ key }) => key as string);
  }

  /** Whether a tab is in the middle of a transaction, of this database if one is named. */
  isBusy(tab: Tab, name?: string): boolean {
    return [...this.#open].some(
      ([database, open]) => open.tab === tab && open.running.size > 0 && (name === undefined || database.name === name),
    );
  }

  /** `indexedDB` of a tab. */
  of(tab: Tab): IDBFactory {
    const { faults } = tab.browser;
    const refuses = () => {
      if (faults.storage === "forbidden") throw new DOMException("forbidden", "SecurityError");
      if (!tab.isAlive || faults.storage === "hangs") return unanswered();
      if (faults.storage !== "fails") return undefined;
      const request = unanswered();
      tab.later(() => {
        Object.assign(request, { error: new DOMException("broken", "UnknownError") });
        request.onerror?.(new Event("error"));
      });
      return request;
    };
    const open = (name: string, version?: number) => refuses() ?? this.#opened(tab, this.#library.open(name, version));
    const deleteDatabase = (name: string) => refuses() ?? this.#gated(tab, this.#library.deleteDatabase(name));
    return { open, deleteDatabase } as IDBFactory;
  }

  /** The disk answers again. */
  goOn(): void {
    for (const turn of this.#stalled.splice(0)) turn();
  }

  /** A tab is gone: what it hasn't committed is undone. */
  release(tab: Tab): void {
    for (const [database, open] of this.#open) {
      if (open.tab !== tab) continue;
      this.#open.delete(database);
      for (const transaction of open.running) {
        transaction.onabort = transaction.oncomplete = null;
        transaction._abort("AbortError");
      }
      database.close();
    }
  }

  /** The browser clears what it stored of the origin, as a person asked it to. */
  clear(): void {
    for (const [database, { running }] of this.#open) {
      for (const transaction of running) transaction._abort("AbortError");
      forceCloseDatabase(database as never);
    }
    for (const { name } of this.stored) this.#library.deleteDatabase(name);
  }

  /** Events of a request reach the tab when it runs. */
  #gated<T extends IDBOpenDBRequest>(tab: Tab, request: T): T {
    const dispatch = request.dispatchEvent.bind(request);
    request.dispatchEvent = (event) => {
      // The library goes on in the same turn: this event can't wait.
      if (event.type === "upgradeneeded" && tab.isAlive) return dispatch(event);
      // Nothing is made for a page that is gone.
      if (event.type === "upgradeneeded") request.transaction!.abort();
      tab.enter(() => dispatch(event));
      return true;
    };
    return request;
  }

  #opened(tab: Tab, request: IDBOpenDBRequest): IDBOpenDBRequest {
    const gated = this.#gated(tab, request);
    const dispatch = gated.dispatchEvent.bind(gated);
    gated.dispatchEvent = (event) => {
      // The database is open from now on, also where a stopped tab doesn't hear of it, or goes before it does.
      if (event.type === "success") {
        if (tab.isAlive) this.#watch(tab, request.result);
        else request.result.close();
      }
      return dispatch(event);
    };
    return gated;
  }

  #watch(tab: Tab, database: IDBDatabase): void {
    const running = new Set<Transaction>();
    this.#open.set(database, { tab, running });
    const dispatch = database.dispatchEvent.bind(database);
    database.dispatchEvent = (event) => {
      tab.enter(() => dispatch(event));
      return true;
    };
    const begin = database.transaction.bind(database);
    database.transaction = (...asked) => {
      const transaction = begin(...asked) as Transaction;
      running.add(transaction);
      const ended = () => running.delete(transaction);
      transaction.addEventListener("complete", ended);
      transaction.addEventListener("abort", ended);
      this.#pace(tab, transaction);
      return transaction;
    };
  }

  /** A transaction goes on while its tab runs and the disk answers; until then it keeps others waiting. */
  #pace(tab: Tab, transaction: Transaction): void {
    const { faults } = tab.browser;
    const start = transaction._start.bind(transaction);
    const turn = () => {
      if (faults.storage === "hangs") return void this.#stalled.push(turn);
      tab.enter(() => {
        if (faults.storage === "full" && transaction.mode === "readwrite") transaction._abort("QuotaExceededError");
        else start();
      });
    };
    transaction._start = turn;
    const dispatch = transaction.dispatchEvent.bind(transaction);
    transaction.dispatchEvent = (event) => {
      // Other transactions wait for the end of an aborted one, and not for its tab.
      if (tab.isAlive && event.type !== "abort") tab.enter(() => dispatch(event));
      else dispatch(event);
      return true;
    };
  }
}

function unanswered(): IDBOpenDBRequest {
  return { onsuccess: null, onerror: null, onupgradeneeded: null, onblocked: null } as unknown as IDBOpenDBRequest;
}
