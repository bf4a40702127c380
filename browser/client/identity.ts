// The person who is signed in: `user` of the app, else the token's.

import { BROKEN, waitAfter } from "./backoff.ts";
import type { Environment } from "./environment.ts";
import type { Replica } from "./replica.ts";
import { userOf } from "./token.ts";
import type { NoToken, Tokens } from "./tokens.ts";

export class Identity {
  readonly #user: string | undefined;
  readonly #tokens: Tokens;
  readonly #replica: Replica;
  readonly #environment: Environment;

  constructor(user: string | undefined, tokens: Tokens, replica: Replica, environment: Environment) {
    this.#user = user;
    this.#tokens = tokens;
    this.#replica = replica;
    this.#environment = environment;
  }

  /**
   * @param failures so many questions in a row failed before
   * @param signal ends the question
   * @param again is called when it is time to ask again
   * @returns null: not known yet, or nobody is signed in; the status says why
   */
  async find(failures: number, signal: AbortSignal, again: () => void): Promise<string | null> {
    if (this.#user !== undefined) return this.#user;
    let token: string;
    try {
      token = await this.#tokens.get(false);
    } catch (error) {
      if (!signal.aborted) this.#hasNoToken(error as NoToken, failures, signal, again);
      return null;
    }
    this.#tokens.keep(token);
    const user = userOf(token);
    const reason = "the token doesn't say whose it is: pass `user`";
    if (user === null && !signal.aborted) this.#replica.stand({ state: "stopped", cause: "user-unknown", reason });
    return user;
  }

  #hasNoToken({ problem, message, late }: NoToken, failures: number, signal: AbortSignal, again: () => void): void {
    if (problem !== "token") return this.#replica.stand({ state: "stopped", cause: problem, reason: message });
    if (late) {
      this.#replica.stand({ state: "waiting", cause: problem, reason: message });
      return void this.#tokens.late().then(() => signal.aborted || again());
    }
    const wait = waitAfter(BROKEN, "", failures + 1, this.#environment.random());
    const retryAt = this.#environment.now() + wait;
    this.#replica.stand({ state: "waiting", cause: problem, reason: message, retryAt });
    signal.addEventListener("abort", this.#environment.after(wait, again));
  }
}
