// Answers: what wasm and feeds write as text, as responses.

/** The codes of errors, for the log. @type {WeakMap<Response, string>} */
const codes = new WeakMap();

/**
 * The code of the error that a response tells.
 * @param {Response} response
 */
export const codeOf = (response) => codes.get(response);

/**
 * An answer as text (a status, a line for each header, an empty line, the body), as a response.
 * @param {string} text
 * @param {string} [common] lines of further headers
 */
export function respond(text, common = "") {
  const end = text.indexOf("\n\n");
  const firstLine = text.indexOf("\n");
  const status = Number(text.slice(0, firstLine));
  /** @type {Record<string, string>} */
  const headers = {};
  addHeaders(headers, text.slice(firstLine + 1, end + 1));
  addHeaders(headers, common);
  const body = text.slice(end + 2);
  const response = new Response(status === 204 ? null : body, { status, headers });
  if (status >= 400) codes.set(response, /"code":"(\w+)"/.exec(body)?.[1] ?? "");
  return response;
}

/**
 * @param {Record<string, string>} headers
 * @param {string} lines each with its line feed
 */
function addHeaders(headers, lines) {
  for (let start = 0, end; (end = lines.indexOf("\n", start)) >= 0; start = end + 1) {
    const colon = lines.indexOf(": ", start);
    headers[lines.slice(start, colon)] = lines.slice(colon + 2, end);
  }
}
