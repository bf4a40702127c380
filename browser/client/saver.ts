// Keeps what the feed becomes: one save at a time, and what happens meanwhile goes into the next.

import type { Change, Feed } from "./feed.ts";
import type { Held, Store } from "./store.ts";

export class Saver {
  readonly #store: Store;
  readonly #feed: Feed;
  readonly #touched = new Set<string>();
  #clear = false;
  #dirty = false;
  #saving: Promise<void> | undefined;

  readonly #more: () => { feed: string | null; offset: number };

  /** @param more what is kept besides the feed itself */
  constructor(store: Store, feed: Feed, more: () => { feed: string | null; offset: number }) {
    this.#store = store;
    this.#feed = feed;
    this.#more = more;
  }

  /** What the feed's store has is not what the feed was: the next save is of all of it. */
  startAnew(): void {
    this.#touchAll();
    this.note([]);
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
    this.#saving ??= this.#run();
  }

  /** When everything is saved that was noted. */
  settled(): Promise<void> {
    return this.#saving ?? Promise.resolve();
  }

  #touchAll(): void {
    this.#clear = true;
    for (const id of this.#feed.met()) this.#touched.add(id);
  }

  async #run(): Promise<void> {
    // Whatever else this turn brings is saved together.
    await Promise.resolve();
    while (this.#dirty) {
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
      try {
        await this.#store.save({ clear, put, remove, seq, cursor, more, ...this.#more() });
      } catch {
        // No room, or no permission: the feed goes on in memory. The store still fits together, only older; should it
        // work again, it gets everything.
        this.#touchAll();
      }
    }
    this.#saving = undefined;
  }
}
