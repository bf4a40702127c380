// What sends a notification.

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {number} milliseconds from the call until the whole body was here
 * @property {string} body
 */

/**
 * Creates and sends a notification.
 * @param {string} body the request body, sent as it is
 * @param {Record<string, string>} sender the headers that say who sends
 * @returns {Promise<Answer>}
 */
export async function send(body, sender) {
  const began = performance.now();
  const response = await fetch("/beta/me/notifications", {
    method: "POST",
    headers: { ...sender, "Content-Type": "application/json" },
    body,
  });
  const text = await response.text();
  return { status: response.status, milliseconds: performance.now() - began, body: text };
}
