// The rate limits of a local run, as the platform's binding answers: counted in memory, by key and
// period, `{ success }`.

import { WorkerEntrypoint } from "cloudflare:workers";

/** @type {Map<string, number>} */
let counts = new Map();
let period = 0;

/** @extends {WorkerEntrypoint<{ LIMIT: string, PERIOD: string }>} */
export default class RateLimit extends WorkerEntrypoint {
  /** @param {{ key: string }} options */
  limit({ key }) {
    const now = Math.floor(Date.now() / 1000 / Number(this.env.PERIOD));
    if (now !== period) {
      period = now;
      counts = new Map();
    }
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return { success: count <= Number(this.env.LIMIT) };
  }
}
