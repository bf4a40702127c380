// A feed in the browser's own database: one database a feed. Who leads takes the next generation; a save that names
// another is too late, since another tab leads by now or the user signed out.

import { within } from "./deadline.ts";
import type { Environment } from "./environment.ts";
import type { Difference, Held, Snapshot, Store, UserChange } from "./store.ts";

const ITEMS = "items";
const CHANGES = "changes";
const POSITION = "position";
/** In POSITION: where the feed stands, and the generation. */
const [PLACE, GENERATION] = [0, 1];

/** A database that isn't open by then isn't used in this visit; milliseconds. */
const PATIENCE = 3000;

type Place = Omit<Snapshot, "items" | "changes">;

export class IndexedDbStore implements Store {
  readonly #factory: IDBFactory;
  readonly #environment: Environment;
  readonly #name: string;
  /** What an older build kept the same under, in clear. */
  readonly #former: string;
  #opened: Promise<IDBDatabase> | undefined;
  /** The generation that was met last; `undefined`: none. */
  #generation: number | undefined;
  /** Nothing is read or written any more. */
  #failed = false;

  constructor(factory: IDBFactory, environment: Environment, name: string, former: string) {
    this.#factory = factory;
    this.#environment = environment;
    this.#name = name;
    this.#former = former;
  }

  async load(): Promise<Snapshot | null> {
    try {
      return await within(this.#environment, PATIENCE, this.#load());
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  /** Takes the lead: from now on what others save is too late. */
  async lead(): Promise<void> {
    await this.#write((place, generation) => {
      if (this.#isForgotten(place.result, generation.result)) return false;
      this.#generation = (generation.result ?? 0) + 1 + this.#environment.random();
      return ({ position }) => position.put(this.#generation, GENERATION);
    });
  }

  async save({ clear, put, remove, ...place }: Difference): Promise<void> {
    await this.#write((known, generation) => {
      if (generation.result !== this.#generation || (!known.result && !clear)) return false;
      return ({ items, position }) => {
        if (clear) items.clear();
        for (const id of remove) items.delete(id);
        for (const held of put) items.put(held);
        position.put(place, PLACE);
      };
    });
  }

  async keep(put: UserChange[], drop: string[]): Promise<void> {
    await this.#write((place, generation) => {
      if (generation.result === undefined || this.#isForgotten(place.result, generation.result)) return false;
      return ({ changes }) => {
        for (const change of put) changes.put(change);
        for (const ref of drop) changes.delete(ref);
      };
    });
  }

  /** Empties it at once; that the database itself goes is only asked for, since a tab may stand in the way. */
  async forget(): Promise<void> {
    try {
      await this.#write((_, generation) => ({ items, changes, position }) => {
        items.clear();
        changes.clear();
        position.clear();
        position.put((generation.result ?? 0) + 1 + this.#environment.random(), GENERATION);
      });
    } finally {
      await this.close();
      this.#failed = true;
      for (const name of [this.#name, this.#former]) this.#factory.deleteDatabase(name);
    }
  }

  /** Lets go of the database. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.then(
      (database) => database.close(),
      () => {},
    );
  }

  async #load(): Promise<Snapshot | null> {
    const transaction = (await this.#open()).transaction([ITEMS, CHANGES, POSITION]);
    const position = transaction.objectStore(POSITION);
    const [items, changes, place, generation] = await Promise.all([
      answer<Held[]>(transaction.objectStore(ITEMS).getAll()),
      answer<UserChange[]>(transaction.objectStore(CHANGES).getAll()),
      answer<Place | undefined>(position.get(PLACE)),
      answer<number | undefined>(position.get(GENERATION)),
    ]);
    this.#generation = generation;
    const former = await this.#takeOver();
    return place ? { ...place, items, changes } : former && { ...former, changes };
  }

  /** What an older build kept; it goes, since its name is personal data. */
  async #takeOver(): Promise<Snapshot | null> {
    const request = this.#factory.open(this.#former);
    // There is none: nothing is made.
    request.onupgradeneeded = () => request.transaction!.abort();
    try {
      const database = await answer(request);
      try {
        const transaction = database.transaction([ITEMS, POSITION]);
        const [items, place] = await Promise.all([
          answer<Held[]>(transaction.objectStore(ITEMS).getAll()),
          answer<Place | undefined>(transaction.objectStore(POSITION).get(PLACE)),
        ]);
        return place ? { ...place, items } : null;
      } finally {
        database.close();
        this.#factory.deleteDatabase(this.#former);
      }
    } catch {
      return null;
    }
  }

  /** It was emptied, or deleted, since this client read it: the user signed out. */
  #isForgotten(place: unknown, generation: number | undefined): boolean {
    return this.#generation !== undefined && !place && generation !== this.#generation;
  }

  /**
   * One transaction, whole or not at all.
   * @param decide is given what is stored; `false`: nothing is written
   */
  async #write(
    decide: (
      place: IDBRequest<Place | undefined>,
      generation: IDBRequest<number | undefined>,
    ) => false | ((stores: Record<"items" | "changes" | "position", IDBObjectStore>) => void),
  ): Promise<void> {
    if (this.#failed) throw new Error("the store isn't used in this visit");
    const transaction = (await this.#open()).transaction([ITEMS, CHANGES, POSITION], "readwrite");
    const position = transaction.objectStore(POSITION);
    const place = position.get(PLACE) as IDBRequest<Place | undefined>;
    const generation = position.get(GENERATION) as IDBRequest<number | undefined>;
    generation.onsuccess = () => {
      const act = decide(place, generation);
      if (act) act({ items: transaction.objectStore(ITEMS), changes: transaction.objectStore(CHANGES), position });
      else transaction.abort();
    };
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("too late"));
    });
  }

  #open(): Promise<IDBDatabase> {
    this.#opened ??= within(this.#environment, PATIENCE, this.#connect()).catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #connect(): Promise<IDBDatabase> {
    const request = this.#factory.open(this.#name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ITEMS, { keyPath: "notification.id" });
      request.result.createObjectStore(CHANGES, { keyPath: "ref" });
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
