// The rate-limit binding of a local run: a part of the runtime that counts in memory, by key and
// period, and answers `{ success }`. The platform's counts on the machine as well, without a hop.

/** @param {{ limit: string, period: string }} settings `period` in seconds */
export default function rateLimit({ limit, period }) {
  const most = Number(limit);
  /** @type {Map<string, number>} */
  let counts = new Map();
  let current = 0;
  return {
    /** @param {{ key: string }} options */
    async limit({ key }) {
      const now = Math.floor(Date.now() / 1000 / Number(period));
      if (now !== current) {
        current = now;
        counts = new Map();
      }
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return { success: count <= most };
    },
  };
}
