// A call to the API for the signed-in user, and its complete answer.

/**
 * @typedef {object} Answer
 * @property {string} request method and path, as it was asked
 * @property {number} status
 * @property {[string, string][]} headers
 * @property {string} text
 * @property {any} json undefined for what isn't JSON
 * @property {number} milliseconds from the call until the whole body was here
 */

/** The error of a call without a token: the user has pasted none, and the server issues none. */
export class TokenNeeded extends Error {
  constructor() {
    super("An access token is needed: paste one above.");
  }
}

/** The error for an answer that isn't a success. */
export class Refused extends Error {
  /** @param {Answer} answer */
  constructor(answer) {
    super(answer.json?.error?.message ?? `The service answered ${answer.status}.`);
    this.answer = answer;
  }
}

/**
 * Calls the API with the user's token; a refused token is replaced once if the server issues tokens.
 * @param {import("./session.js").Session} session
 * @param {string} path with its query, on this server
 * @param {{ method?: string, json?: unknown }} [options]
 * @returns {Promise<Answer>} whatever its status
 * @throws {TokenNeeded}
 */
export async function ask(session, path, options = {}) {
  for (const fresh of [false, true]) {
    const token = await session.token(fresh);
    if (token === null) throw new TokenNeeded();
    const answer = await fetchAnswer(path, { ...options, headers: { Authorization: `Bearer ${token}` } });
    if (answer.status !== 401 || fresh) return answer;
  }
  throw new TokenNeeded();
}

/**
 * Calls the API in the same way, for an answer of success only.
 * @param {import("./session.js").Session} session
 * @param {string} path
 * @param {{ method?: string, json?: unknown }} [options]
 * @throws {TokenNeeded | Refused}
 */
export async function get(session, path, options) {
  const answer = await ask(session, path, options);
  if (answer.status >= 300) throw new Refused(answer);
  return answer;
}

/**
 * @param {string} path
 * @param {{ method?: string, json?: unknown, headers: Record<string, string> }} options
 * @returns {Promise<Answer>}
 */
export async function fetchAnswer(path, { method = "GET", json, headers }) {
  const began = performance.now();
  const response = await fetch(path, {
    method,
    headers: { ...headers, ...(json === undefined ? {} : { "Content-Type": "application/json" }) },
    body: json === undefined ? undefined : JSON.stringify(json),
  });
  const text = await response.text();
  const milliseconds = performance.now() - began;
  const answer = { status: response.status, headers: [...response.headers], text, json: parsed(text), milliseconds };
  return { request: `${method} ${path}`, ...answer };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {unknown} error */
export function sentence(error) {
  return error instanceof Error ? error.message : String(error);
}
