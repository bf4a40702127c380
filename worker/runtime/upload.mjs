// Sending to elsewhere: worker/src/platform/upload.rs calls it.

/**
 * Sends, and lets the answer's body go unread. A timer that is cleared lets a Durable Object hibernate, where
 * `AbortSignal.timeout` would keep it awake until the time is over.
 * @param {string} url
 * @param {RequestInit} init
 * @param {number} timeout in milliseconds
 */
export async function upload(url, init, timeout) {
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), timeout);
  try {
    const response = await fetch(url, { ...init, signal: aborter.signal });
    // The answer counts, however its body ends.
    void response.body?.cancel().catch(() => {});
    return response;
  } finally {
    clearTimeout(timer);
  }
}
