// Answers: what wasm and feeds write as text, as responses.

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
  return new Response(status === 204 ? null : text.slice(end + 2), { status, headers });
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
