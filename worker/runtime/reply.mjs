// Answers: what wasm and feeds write as text, as responses.

/**
 * The cost of a feed's answer: milliseconds as measured by the Worker, and the numbers of rows that were read and
 * written.
 * @typedef {{ feed: number, read?: number, written?: number }} Effort
 */

/** The log's notes: an error's code, and the answer's effort. @type {WeakMap<Response, { code?: string } & Partial<Effort>>} */
const notes = new WeakMap();

/** The headers of responses as they were written: `Headers` has their names in lower case. @type {WeakMap<Response, Record<string, string>>} */
const written = new WeakMap();

/**
 * The headers of a response, with their names as they were written.
 * @param {Response} response
 */
export const headersOf = (response) => written.get(response) ?? {};

/**
 * The log's note of a response.
 * @param {Response} response
 */
export const noteOf = (response) => notes.get(response);

/**
 * An answer as text (a status, a line for each header, an empty line, the body), as a response.
 * @param {string} text
 * @param {string} [common] lines of further headers
 * @param {Effort} [effort]
 */
export function respond(text, common = "", effort) {
  const end = text.indexOf("\n\n");
  const firstLine = text.indexOf("\n");
  const status = Number(text.slice(0, firstLine));
  /** @type {Record<string, string>} */
  const headers = {};
  addHeaders(headers, text.slice(firstLine + 1, end + 1));
  addHeaders(headers, common);
  if (effort) headers["Server-Timing"] = `feed;dur=${effort.feed}`;
  const body = text.slice(end + 2);
  const response = new Response(status === 204 ? null : body, { status, headers });
  written.set(response, headers);
  notes.set(response, { code: status < 400 ? undefined : (/"code":"(\w+)"/.exec(body)?.[1] ?? ""), ...effort });
  return response;
}

/**
 * Adds headers to those that are there already, which stay.
 * @param {Record<string, string>} headers
 * @param {string} lines each with its line feed
 */
function addHeaders(headers, lines) {
  for (let start = 0, end; (end = lines.indexOf("\n", start)) >= 0; start = end + 1) {
    const colon = lines.indexOf(": ", start);
    headers[lines.slice(start, colon)] ??= lines.slice(colon + 2, end);
  }
}
