// Which feed was opened last at an address: while the user isn't known, that is the one to forget.

import type { Environment } from "./environment.ts";

export class Opened {
  readonly #environment: Environment;
  readonly #key: string;

  /** @param key another one for each address */
  constructor(environment: Environment, key: string) {
    this.#environment = environment;
    this.#key = key;
  }

  get last(): string | null {
    return this.#try((settings) => settings.getItem(this.#key)) ?? null;
  }

  remember(name: string): void {
    this.#try((settings) => settings.setItem(this.#key, name));
  }

  /** Forgets a feed, if it was the last. */
  forget(name: string): void {
    if (this.last === name) this.#try((settings) => settings.removeItem(this.#key));
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
