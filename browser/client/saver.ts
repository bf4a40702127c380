// Keeps what the feed becomes: one save at a time, and what happens meanwhile goes into the next.

import type { Change, Feed } from "./feed.ts";
import { IndexedDbStore } from "./indexed_db.ts";
import { type Difference, type Held, Overtaken, type Store } from "./store.ts";

export class Saver {
  readonly #store: Store;
  readonly #feed: Feed;
  readonly #touched = new Set<string>();
  #clear = false;
  #dirty = false;
  #leads = false;
  #stopped = false;
  #saving: Promise<void> | undefined;
  #last: Difference | undefined;

  readonly #more: () => { feed: string | null; offset: number };
  readonly #onOvertaken: () => void;

  /**
   * Begins with all of the feed: the tab that led before may have saved less than this one was told, or more. It begins
   * with the first change, no sooner: by then the service has said whose feed it is.
   * @param more what is kept besides the feed itself
   * @param onOvertaken another tab leads by now: nothing is saved any more
   */
  constructor(store: Store, feed: Feed, more: () => { feed: string | null; offset: number }, onOvertaken: () => void) {
    this.#store = store;
    this.#feed = feed;
    this.#more = more;
    this.#onOvertaken = onOvertaken;
    this.#touchAll();
  }

  /** The feed is being read anew: what was there counts only as far as it is met again. */
  reset(): void {
    this.#clear = true;
    this.#touched.clear();
    this.note([]);
  }

  /** The feed has changed, or at least its cursor. */
  note(changes: Change[]): void {
    for (const { held } of changes) this.#touched.add(held.notification.id);
    this.#dirty = true;
    if (!this.#stopped) this.#saving ??= this.#run();
  }

  /**
   * Ends it: the last save is of the feed as it is now, since the tab may follow another from now on.
   * @returns when everything is saved that was noted
   */
  finish(): Promise<void> {
    if (this.#dirty && !this.#stopped) {
      this.#last = this.#take();
      this.#dirty = true;
    }
    return this.#saving ?? Promise.resolve();
  }

  /** Nothing is saved any more. @returns when the save that is under way has ended */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#saving ?? Promise.resolve();
  }

  #touchAll(): void {
    this.#clear = true;
    for (const id of this.#feed.met()) this.#touched.add(id);
  }

  async #run(): Promise<void> {
    // All that this turn brings is saved together.
    await Promise.resolve();
    while (this.#dirty && !this.#stopped) {
      const difference = this.#last ?? this.#take();
      this.#dirty = false;
      try {
        if (!this.#leads && this.#store instanceof IndexedDbStore) await this.#store.lead();
        this.#leads = true;
        await this.#store.save(difference);
      } catch (error) {
        // No room, or no permission: the feed goes on in memory. The store still fits together, only older; should it
        // work again, it gets everything.
        this.#touchAll();
        // The next difference would refer to a state that wasn't stored, so all of the feed is saved.
        if (this.#last) break;
        if (!(error instanceof Overtaken) || this.#stopped) continue;
        this.#stopped = true;
        this.#onOvertaken();
      }
    }
    this.#saving = undefined;
  }

  /** The difference since the last call. */
  #take(): Difference {
    this.#dirty = false;
    const put: Held[] = [];
    const remove: string[] = [];
    for (const id of this.#touched) {
      const held = this.#feed.items.get(id);
      if (held) put.push(held);
      else remove.push(id);
    }
    const clear = this.#clear;
    this.#clear = false;
    this.#touched.clear();
    const { seq, cursor, more } = this.#feed;
    return { clear, put, remove, seq, cursor, more, ...this.#more() };
  }
}
