// The stand-in for Cloudflare's rate-limit bindings: counts in memory, in fixed windows.

export class RateLimit {
  #limit;
  /** Milliseconds. */
  #period;
  #windowEnd = 0;
  /** How often each key was counted in this window. @type {Map<string, number>} */
  #counts = new Map();

  /**
   * @param {number} limit how many of one key
   * @param {number} period in how many seconds
   */
  constructor(limit, period) {
    this.#limit = limit;
    this.#period = period * 1000;
  }

  /**
   * Counts one, and says whether it was still within the limit.
   * @param {{ key: string }} options
   */
  limit({ key }) {
    const now = Date.now();
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + this.#period;
      this.#counts.clear();
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return Promise.resolve({ success: count <= this.#limit });
  }
}
