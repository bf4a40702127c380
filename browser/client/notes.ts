// Notes in localStorage: the feed that was opened last at an address, which is the one to forget while the user isn't
// known; and feeds whose user has signed out, until their databases are empty.

import type { Environment } from "./environment.ts";
import { isFeedName } from "./names.ts";

export class Notes {
  readonly #environment: Environment;
  readonly #key: string;

  /** @param key another one for each address */
  constructor(environment: Environment, key: string) {
    this.#environment = environment;
    this.#key = key;
  }

  /** The name of the feed that was opened last. */
  get last(): string | null {
    return this.#try((settings) => settings.getItem(this.#key)) ?? null;
  }

  /** The names of feeds that are to be emptied, of all addresses. */
  get toEmpty(): string[] {
    return this.#try((settings) => Object.keys(settings).filter(isFeedName)) ?? [];
  }

  remember(name: string): void {
    // No name at all is better than the name of another feed.
    if (!this.#set(this.#key, name)) this.#try((settings) => settings.removeItem(this.#key));
  }

  /** Another feed, or none, was opened last. */
  forget(name: string): void {
    if (this.last === name) this.#try((settings) => settings.removeItem(this.#key));
  }

  /**
   * A feed is to be emptied: by whichever client can, since the page that signs out may go before.
   * @returns whether it is noted
   */
  empty(name: string): boolean {
    return this.#set(name, "");
  }

  /** Tells other tabs of a feed, also those that don't share, that its user has signed out. */
  tell(name: string): void {
    this.#set(name, `${this.#environment.now()}`);
  }

  emptied(name: string): void {
    this.#try((settings) => settings.removeItem(name));
  }

  #set(key: string, value: string): boolean {
    return !!this.#try((settings) => {
      settings.setItem(key, value);
      return true;
    });
  }

  #try<T>(act: (settings: Storage) => T): T | undefined {
    try {
      const settings = this.#environment.settings();
      return settings && act(settings);
    } catch {
      return undefined; // Forbidden or full.
    }
  }
}
