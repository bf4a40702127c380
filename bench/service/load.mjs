// Load: so many requests in flight, each line with its next one as soon as the last is answered.

import { Line } from "./line.mjs";

/**
 * @typedef {object} Load
 * @property {number} port
 * @property {number} inFlight
 * @property {(n: number) => Buffer} next the n-th request
 * @property {(status: number, n: number, body: Buffer) => void} check throws if the answer isn't the right one
 * @property {number} [milliseconds] how long
 * @property {number} [count] or how many
 */

/**
 * Runs a load and measures it.
 * @param {Load} load
 * @returns {Promise<{ count: number, seconds: number, times: number[] }>} `times` in milliseconds, rising
 */
export async function run({ port, inFlight, next, check, milliseconds = Infinity, count = Infinity }) {
  const lines = await Promise.all(Array.from({ length: inFlight }, () => Line.open(port)));
  /** @type {number[]} */
  const times = [];
  let asked = 0;
  const started = performance.now();
  try {
    await Promise.all(
      lines.map(async (line) => {
        for (let now = performance.now(); asked < count && now - started < milliseconds;) {
          const n = asked++;
          const { status, body } = await line.ask(next(n));
          check(status, n, body);
          const answered = performance.now();
          times.push(answered - now);
          now = answered;
        }
      }),
    );
  } finally {
    for (const line of lines) line.close();
  }
  const seconds = (performance.now() - started) / 1000;
  return { count: times.length, seconds, times: times.sort((a, b) => a - b) };
}

/**
 * The value below which that share of the sorted numbers lies.
 * @param {number[]} sorted
 * @param {number} share 0.5 is the median
 */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
