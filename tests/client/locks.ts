// A double of Web Locks: exclusive locks of one browser, shared between its tabs.

import type { Tab } from "./tab.ts";

interface Asked {
  tab: Tab;
  name: string;
  callback: (lock: { name: string } | null) => unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class Locks {
  readonly #held = new Map<string, Asked>();
  readonly #waiting: Asked[] = [];

  /** How many hold or wait for a lock of this name. */
  count(name: string): number {
    return this.#waiting.filter((asked) => asked.name === name).length + (this.#held.has(name) ? 1 : 0);
  }

  /** The names of locks that are held. */
  get held(): string[] {
    return [...this.#held.keys()];
  }

  /** `navigator.locks` of a tab. */
  of(tab: Tab): LockManager {
    const request = (name: string, options: LockOptions, callback: Asked["callback"]): Promise<unknown> => {
      const { locks } = tab.browser.faults;
      if (locks === "denied") return Promise.reject(new DOMException("denied", "SecurityError"));
      if (locks === "hangs" || !tab.isAlive) return new Promise(() => {});
      const { ifAvailable, steal, signal } = options;
      if (signal && (ifAvailable || steal)) return Promise.reject(new DOMException("", "NotSupportedError"));
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const asked = { tab, name, callback, resolve, reject };
        if (steal) this.#steal(asked);
        else if (ifAvailable && this.count(name) > 0) this.#call(asked, null);
        else this.#wait(asked, signal);
      });
    };
    return { request } as unknown as LockManager;
  }

  /** A tab is gone, and all that it held or waited for. */
  release(tab: Tab): void {
    for (let index = this.#waiting.length - 1; index >= 0; index--)
      if (this.#waiting[index]!.tab === tab) this.#waiting.splice(index, 1);
    for (const asked of [...this.#held.values()]) if (asked.tab === tab) this.#free(asked);
  }

  #steal(asked: Asked): void {
    const before = this.#held.get(asked.name);
    this.#held.set(asked.name, asked);
    before?.tab.later(() => before.reject(new DOMException("stolen", "AbortError")));
    this.#call(asked, { name: asked.name });
  }

  #wait(asked: Asked, signal: AbortSignal | undefined): void {
    this.#waiting.push(asked);
    signal?.addEventListener("abort", () => {
      const place = this.#waiting.indexOf(asked);
      if (place < 0) return;
      this.#waiting.splice(place, 1);
      asked.tab.later(() => asked.reject(signal.reason));
    });
    this.#grant(asked.name);
  }

  #grant(name: string): void {
    if (this.#held.has(name)) return;
    const place = this.#waiting.findIndex((asked) => asked.name === name);
    if (place < 0) return;
    const [asked] = this.#waiting.splice(place, 1);
    this.#held.set(name, asked!);
    this.#call(asked!, { name });
  }

  /** A tab that is stopped has the lock from now on, though it doesn't know yet. */
  #call(asked: Asked, lock: { name: string } | null): void {
    asked.tab.later(async () => {
      try {
        asked.resolve(await asked.callback(lock));
      } catch (error) {
        asked.reject(error);
      }
      this.#free(asked);
    });
  }

  #free(asked: Asked): void {
    if (this.#held.get(asked.name) !== asked) return;
    this.#held.delete(asked.name);
    this.#grant(asked.name);
  }
}
