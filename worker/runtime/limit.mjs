// The runtime's rate limits.

/**
 * Counts a call; a limiter that fails limits nothing.
 * @param {{ limit(options: { key: string }): Promise<{ success: boolean }> }} limiter
 * @param {string} key
 */
export async function isWithinLimit(limiter, key) {
  try {
    return (await limiter.limit({ key })).success;
  } catch (fault) {
    console.warn(`counting by a rate limit failed: ${fault}`);
    return true;
  }
}
