// The calls that the console makes to the API.

/** The live feed of the signed-in user, as a Windows endpoint sees it. */
export const streamUrl = new URL("/beta/me/notifications/stream?platform=windows", location.href).href;

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {number} milliseconds from the call until the whole body was here
 * @property {string} body
 */

/**
 * Creates and sends a notification.
 * @param {string} body the request body, sent as it is
 * @param {string} token
 * @returns {Promise<Answer>}
 */
export async function send(body, token) {
  const began = performance.now();
  const response = await fetch("/beta/me/notifications", {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body,
  });
  const text = await response.text();
  return { status: response.status, milliseconds: performance.now() - began, body: text };
}
