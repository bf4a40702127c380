// A feed in the browser's own database: one database a feed. A tab that leads takes the next generation; a save that
// names an older one is too late, since another tab leads by now or the user signed out.

import { within } from "./deadline.ts";
import type { Environment } from "./environment.ts";
import type { Notes } from "./notes.ts";
import { answer, open } from "./database.ts";
import { endSignOut, notedSignOuts } from "./sign_outs.ts";
import { type Difference, type Held, Overtaken, type Snapshot, type Store, type UserChange } from "./store.ts";

const ITEMS = "items";
const CHANGES = "changes";
const POSITION = "position";
/**
 * In POSITION: where the feed stands; the generation, a negative one means that the user signed out; and the sign-out that
 * emptied it last.
 */
const [PLACE, GENERATION, SIGN_OUT] = [0, 1, 2];

/** A database that isn't open by then isn't used in this visit; milliseconds. */
const PATIENCE = 3000;

type Place = Omit<Snapshot, "items" | "changes">;

/** Errors here carry no message: a client that can't store works without storage, and `status.without` says so. */
export class IndexedDbStore implements Store {
  readonly #factory: IDBFactory;
  readonly #environment: Environment;
  readonly #name: string;
  /** The name by which an older build kept the same, in clear. */
  readonly #former: string;
  readonly #notes: Notes;
  #opened: Promise<IDBDatabase> | undefined;
  readonly #onForgotten: () => void;
  /** The generation that was met last; `undefined`: none. */
  #generation: number | undefined;
  /** Nothing is read or written any more. */
  #failed = false;

  /**
   * @param onForgotten the user signed out in another tab: nothing is stored any more
   * @throws where there is no IndexedDB, or it is forbidden
   */
  constructor(
    environment: Environment,
    notes: Notes,
    name: string,
    former: string = name,
    onForgotten: () => void = () => {},
  ) {
    const factory = environment.databases();
    if (!factory) throw new Error();
    this.#factory = factory;
    this.#environment = environment;
    this.#notes = notes;
    this.#name = name;
    this.#former = former;
    this.#onForgotten = onForgotten;
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
    await this.#write(({ position }, generation = 0) => {
      this.#generation = this.#after(generation);
      position.put(this.#generation, GENERATION);
    });
  }

  async save({ clear, put, remove, ...place }: Difference): Promise<void> {
    await this.#write(({ items, position }, generation) => {
      if (generation !== undefined && generation !== this.#generation) throw new Overtaken();
      // The browser has cleared the site's data: only all of the feed is worth keeping.
      if (generation === undefined && !clear) throw new Error();
      if (clear) items.clear();
      for (const id of remove) items.delete(id);
      for (const held of put) items.put(held);
      position.put(place, PLACE);
      position.put(this.#generation, GENERATION);
    });
  }

  async keep(put: UserChange[], drop: string[]): Promise<void> {
    await this.#write(({ changes }) => {
      for (const change of put) changes.put(change);
      for (const ref of drop) changes.delete(ref);
    });
  }

  /**
   * Empties it at once; that the database itself goes is only asked for, since a tab may stand in the way.
   * @param signOut the one that is noted; empty: none is, or in localStorage
   */
  async forget(signOut: string = ""): Promise<void> {
    // Storage that failed in this visit may work by now.
    this.#failed = false;
    try {
      await this.#empty(signOut);
    } finally {
      await this.close();
      this.#failed = true;
      for (const name of [this.#name, this.#former]) this.#factory.deleteDatabase(name);
    }
  }

  /** Empties it where a sign-out couldn't: the database stays, since other tabs may have begun anew with it. */
  async finishForgetting(): Promise<void> {
    const isMeant = () => this.#notes.toEmpty.includes(this.#name);
    if (isMeant()) await this.#empty("", isMeant);
    // Its turn in the database is asked for as soon as the note is read, which stands until then.
    await this.#open();
    const signOut = (await notedSignOuts(this.#environment)).get(this.#name);
    if (signOut) await this.#empty(signOut);
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

  /**
   * @param signOut nothing is done where this one has emptied the database before; empty: it is none of those that are noted
   * @param isMeant asked again when its turn has come: another tab may have been first
   */
  async #empty(signOut: string, isMeant: () => boolean = () => true): Promise<void> {
    await this.#write(({ items, changes, position }, generation = 0) => {
      const last = position.get(SIGN_OUT);
      last.onsuccess = () => {
        if (!isMeant() || (signOut && last.result === signOut)) return;
        for (const store of [items, changes, position]) store.clear();
        position.put(-this.#after(generation), GENERATION);
        position.put(signOut || last.result, SIGN_OUT);
      };
    }, true);
    this.#notes.emptied(this.#name);
    // A tab that is stopped while it reads the notes keeps this waiting, and nobody else.
    if (signOut) void endSignOut(this.#environment, this.#name, signOut);
  }

  async #load(): Promise<Snapshot | null> {
    await this.finishForgetting();
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
    const left = changes.length > 0 ? { items: [], seq: -1, cursor: null } : null;
    const stored = place ? { ...place, items } : (former ?? left);
    return stored && { ...stored, changes };
  }

  /** Reads the database of an older build, which goes, since its name is personal data. */
  async #takeOver(): Promise<Snapshot | null> {
    try {
      const database = await open(this.#factory, this.#former, null);
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

  /**
   * A later generation with a random part, so that two tabs never take the same one even if the database was deleted in
   * between.
   */
  #after(generation: number): number {
    return Math.abs(generation) + 1 + this.#environment.random();
  }

  /** The user signed out in another tab. */
  #forgotten(): void {
    this.#failed = true;
    this.#onForgotten();
  }

  /**
   * Writes in a single transaction, whole or not at all.
   * @param act writes; nothing is written where it throws
   * @param empties also where another tab has signed out
   */
  async #write(
    act: (stores: Record<"items" | "changes" | "position", IDBObjectStore>, generation: number | undefined) => void,
    empties: boolean = false,
  ): Promise<void> {
    if (this.#failed) throw new Error();
    const transaction = (await this.#open()).transaction([ITEMS, CHANGES, POSITION], "readwrite");
    const [items, changes, position] = [ITEMS, CHANGES, POSITION].map((name) => transaction.objectStore(name)) as [
      IDBObjectStore,
      IDBObjectStore,
      IDBObjectStore,
    ];
    let refusal: unknown;
    const request = position.get(GENERATION) as IDBRequest<number | undefined>;
    request.onsuccess = () => {
      const { result } = request;
      try {
        if (!empties && result !== undefined && result < 0 && result !== this.#generation) this.#forgotten();
        if (this.#failed) throw new Error();
        act({ items, changes, position }, result);
      } catch (error) {
        refusal = error;
        transaction.abort();
      }
    };
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(refusal ?? transaction.error);
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
    const database = await open(this.#factory, this.#name, (made) => {
      made.createObjectStore(ITEMS, { keyPath: "notification.id" });
      made.createObjectStore(CHANGES, { keyPath: "ref" });
      made.createObjectStore(POSITION);
    });
    const letGo = () => {
      database.close();
      this.#opened = undefined;
    };
    // The browser clears what it stored: the database is opened anew when it is needed.
    database.onclose = letGo;
    database.onversionchange = ({ newVersion }) => {
      letGo();
      if (newVersion === null) this.#forgotten();
    };
    return database;
  }
}

/** Empties what sign-outs at this origin couldn't, since their pages went before the disk answered. */
export async function finishForgetting(environment: Environment, notes: Notes): Promise<void> {
  const noted = await notedSignOuts(environment);
  for (const name of new Set([...notes.toEmpty, ...noted.keys()])) {
    try {
      const store = new IndexedDbStore(environment, notes, name);
      const end = () => store.close();
      store.finishForgetting().then(end, end);
    } catch {
      return; // The next client tries again.
    }
  }
}
