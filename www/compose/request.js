// The request that is being composed: everything that is sent except the sender's headers.

/**
 * @typedef {object} Request
 * @property {string} method
 * @property {string} path on this server; `{id}` stands for the notification that was sent last
 * @property {string} headers one a line: `Name: value`
 * @property {string} body
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} statusText
 * @property {[string, string][]} headers
 * @property {string} body
 * @property {number} began when it was called, in milliseconds of the page's clock
 * @property {number} milliseconds from the call until the whole body was here
 */

const BODILESS = new Set(["GET", "HEAD", "DELETE"]);
const NOTIFICATIONS = /^\/(beta|v1\.0)\/(me|users\/[^/]+)\/notifications\/?$/;
const LAST = "{id}";

/** A header line isn't one. */
export class HeaderLineError extends Error {
  name = "HeaderLineError";

  /** @param {string} line */
  constructor(line) {
    super(`“${line}” is no header: it needs a name, a colon and a value.`);
  }
}

/**
 * Whether it creates a notification: then its body is one.
 * @param {Pick<Request, "method" | "path">} request
 */
export function isNotification({ method, path }) {
  return method === "POST" && NOTIFICATIONS.test(path.replace(/[?#].*/, ""));
}

/** @param {Pick<Request, "method">} request */
export function hasBody({ method }) {
  return !BODILESS.has(method);
}

/** @param {Pick<Request, "path">} request */
export function needsLast({ path }) {
  return path.includes(LAST);
}

/**
 * The address that it goes to.
 * @param {Pick<Request, "path">} request
 * @param {string} origin
 * @param {string | null} last the id of the notification that was sent last
 */
export function address({ path }, origin, last) {
  const url = new URL(last === null ? path : path.replaceAll(LAST, last), origin);
  if (url.origin !== origin) throw new Error("The path must be one of this server: the token is sent nowhere else.");
  return url;
}

/**
 * Its headers as they are written; a line of spaces is none.
 * @param {Pick<Request, "headers">} request
 * @returns {[string, string][]}
 */
export function headersOf({ headers }) {
  return headers
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name, value] = line.match(/^\s*([^:\s]+)\s*:\s*(.*?)\s*$/) ?? [];
      if (name === undefined) throw new HeaderLineError(line.trim());
      return [name, value];
    });
}

/**
 * The headers as sent: the sender's headers come first, except those that the user has written.
 * @param {[string, string][]} written
 * @param {Record<string, string>} sender
 * @returns {[string, string][]}
 */
export function withSender(written, sender) {
  const names = new Set(written.map(([name]) => name.toLowerCase()));
  return [...Object.entries(sender).filter(([name]) => !names.has(name.toLowerCase())), ...written];
}

/**
 * Sends it.
 * @param {Request} request
 * @param {URL} url
 * @param {Record<string, string>} sender
 * @returns {Promise<Answer>}
 */
export async function send(request, url, sender) {
  const headers = withSender(headersOf(request), sender);
  // For a string `fetch` would add a `Content-Type` of its own.
  const body = hasBody(request) ? new TextEncoder().encode(request.body) : null;
  const began = performance.now();
  const response = await fetch(url, { method: request.method, headers, body, cache: "no-store" });
  const text = await response.text();
  const milliseconds = performance.now() - began;
  const { status, statusText } = response;
  return { status, statusText, headers: [...response.headers], body: text, began, milliseconds };
}
