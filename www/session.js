// Who is signed in, and the token that says so.

/** A token that ends within this many milliseconds is not used any more. */
const SPARE = 60_000;

export class Session {
  /** The user's principal name. */
  user;
  /** Whether tokens have to be pasted: this isn't a development server. */
  pasting = false;
  /** @type {{ token: string, expires: number } | null} */
  #held = null;

  /** @param {string} user */
  constructor(user) {
    this.user = user;
  }

  /**
   * A delegated access token of the user; null when one has to be pasted.
   * @param {boolean} [fresh] the last one was refused
   */
  async token(fresh = false) {
    if (fresh) this.#held = null;
    if (!this.#held || this.#held.expires - SPARE < Date.now()) this.#held = await this.#issue();
    return this.#held?.token ?? null;
  }

  /** @param {string} user */
  switchTo(user) {
    this.user = user;
    this.#held = null;
  }

  /** @param {string} token that a person got elsewhere; good until it is refused */
  paste(token) {
    this.#held = { token, expires: Infinity };
  }

  async #issue() {
    const response = await fetch("/dev/token", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as: this.user }),
    });
    if (response.status === 404) {
      this.pasting = true;
      return null;
    }
    if (!response.ok) throw new Error(`no token: ${response.status}`);
    /** @type {{ token: string, expires: string }} */
    const { token, expires } = await response.json();
    return { token, expires: Date.parse(expires) };
  }
}
