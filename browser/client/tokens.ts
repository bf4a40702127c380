// The app's `token`, which may take its time, fail, or give what makes no sense. It is never called while a call is out:
// a login dialog may stand.

import type { Cause } from "./api.ts";
import { Late, within } from "./deadline.ts";
import type { Environment } from "./environment.ts";

/**
 * After this time a pending call of `token` is waiting for a person or will never end: the client keeps waiting and
 * reports `waiting`; milliseconds.
 */
const PATIENCE = 30_000;

/** There is no token. `late`: the call is still pending. */
export class NoToken extends Error {
  readonly problem: Cause;
  readonly late: boolean;

  constructor(problem: Cause, reason: string, late: boolean = false) {
    super(reason);
    this.problem = problem;
    this.late = late;
  }
}

type Ask = (options: { fresh: boolean }) => Promise<string | null>;

export class Tokens {
  readonly #ask: Ask;
  readonly #environment: Environment;
  readonly #onMissing: () => void;
  #out: Promise<string> | null = null;
  /** A token that was asked for and not used yet. */
  #kept: string | null = null;
  /** When the app was asked last, by the environment's `elapsed`. */
  askedAt: number = -Infinity;

  /** Whether the app hasn't answered in time, or failed, when it was asked last. */
  missing = false;

  /** @param onMissing `missing` is another one now */
  constructor(ask: Ask, environment: Environment, onMissing: () => void) {
    this.#ask = ask;
    this.#environment = environment;
    this.#onMissing = onMissing;
  }

  /**
   * @param fresh the last token was refused, or ends soon
   * @throws NoToken
   */
  async get(fresh: boolean): Promise<string> {
    const kept = this.#kept;
    this.#kept = null;
    if (kept !== null && !fresh) {
      this.#miss(false);
      return kept;
    }
    this.#out ??= this.#call(fresh).finally(() => (this.#out = null));
    try {
      const token = await within(this.#environment, PATIENCE, this.#out);
      this.#miss(false);
      return token;
    } catch (error) {
      const problem = error instanceof Late ? new NoToken("token", "`token` hasn't answered yet", true) : error;
      this.#miss((problem as NoToken).problem === "token");
      throw problem;
    }
  }

  #miss(missing: boolean): void {
    if (this.missing === missing) return;
    this.missing = missing;
    this.#onMissing();
  }

  /** The call that is out has ended; a token that it gave is the next. */
  async late(): Promise<void> {
    await this.#out?.then(
      (token) => (this.#kept = token),
      () => {},
    );
  }

  /** Keeps a token for the next `get`. */
  keep(token: string): void {
    this.#kept = token;
  }

  /** No token of before is used again. */
  forget(): void {
    this.#kept = null;
  }

  async #call(fresh: boolean): Promise<string> {
    this.askedAt = this.#environment.elapsed();
    let token: unknown;
    try {
      token = await this.#ask({ fresh });
    } catch {
      throw new NoToken("token", "no token to be had");
    }
    if (token === null) throw new NoToken("signed-out", "nobody is signed in");
    if (typeof token === "string") return token;
    throw new NoToken(
      "token-mistake",
      `\`token\` gave ${typeof token}: it must give a text, or null where nobody is signed in`,
    );
  }
}
