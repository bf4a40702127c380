// Delivery times, from the moment this page sent a notification to its arrival on a platform. Notifications of somebody
// else have no such time: nobody here knows when they were sent.

/** How many deliveries of a platform count. */
export const KEPT = 60;
/** The age of a sent notification, in milliseconds, after which an arrival counts as a repeat by another sender. */
const PATIENCE = 60_000;
/** The most arrivals that are remembered for the case that they were sent from here. */
const MOST = 1000;

/**
 * @template {string} Platform
 * @typedef {{ platform: Platform, id: string, at: number, targets: readonly Platform[] }} Arrival
 *   `at`: in milliseconds of the page's clock
 */

/** @template {string} Platform */
export class Deliveries {
  /** @type {Map<Platform, number[]>} milliseconds, the last one last */
  #taken = new Map();
  /** @type {Map<string, { began: number, missing?: Set<Platform> }>} by notification, what was sent from here */
  #sent = new Map();
  /** @type {Arrival<Platform>[]} what arrived before it was known that it was sent from here */
  #early = [];

  /**
   * A notification was sent from here. It may have arrived before its sender was told its id.
   * @param {string} id
   * @param {number} began when the request was made, in milliseconds of the page's clock
   * @returns {{ platform: Platform, id: string, milliseconds: number }[]} the deliveries that are complete by now
   */
  sent(id, began) {
    this.#sent.set(id, { began });
    const arrived = this.#early.filter((early) => early.id === id && early.at >= began);
    this.#early = this.#early.filter((early) => early.id !== id);
    return arrived.flatMap((arrival) => {
      const milliseconds = this.arrived(arrival);
      return milliseconds === null ? [] : [{ platform: arrival.platform, id, milliseconds }];
    });
  }

  /**
   * A notification arrived, and not by a replay.
   * @param {Arrival<Platform>} arrival
   * @returns {number | null} how long it took, where that is known by now
   */
  arrived(arrival) {
    const { platform, id, at, targets } = arrival;
    const sent = this.#sent.get(id);
    // A notification arrives once per platform. Another arrival means that it was sent again, though the answer to that
    // request may not be here yet.
    if (!sent || at - sent.began > PATIENCE || !(sent.missing ??= new Set(targets)).delete(platform)) {
      this.#early = [...this.#early, arrival].filter((early) => at - early.at <= PATIENCE).slice(-MOST);
      return null;
    }
    const milliseconds = at - sent.began;
    this.#taken.set(platform, [...this.of(platform), milliseconds].slice(-KEPT));
    return milliseconds;
  }

  /**
   * @param {Platform} platform
   * @returns {readonly number[]} the last deliveries, the last one last
   */
  of(platform) {
    return this.#taken.get(platform) ?? [];
  }
}

/**
 * @param {readonly number[]} values at least one
 * @param {number} share 0 < share ≤ 1: 0.5 is the median
 * @returns {number} the quantile of the values at `share` (nearest rank)
 */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1];
}
