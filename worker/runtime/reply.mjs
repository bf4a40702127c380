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

/**
 * The error of CONTRACT §1's envelope for a fault of our own.
 * @param {string} requestId
 * @param {string} clientRequestId
 */
export function serviceUnavailable(requestId, clientRequestId) {
  return {
    code: "ServiceUnavailable",
    message: "The service failed to handle this request. Try again.",
    innerError: {
      date: new Date().toISOString().slice(0, 19),
      "request-id": requestId,
      "client-request-id": clientRequestId,
    },
    details: [],
  };
}

/**
 * Answers a request whose handler failed: nothing of the fault leaks, the log has it.
 * @param {Request} request
 * @param {unknown} fault
 */
export function failed(request, fault) {
  const requestId = crypto.randomUUID();
  const sent = request.headers.get("client-request-id");
  const clientRequestId = sent && /^[\x20-\x7e]{1,128}$/.test(sent) ? sent : requestId;
  console.error(`request ${requestId} failed: ${fault}`);
  return Response.json(
    { error: serviceUnavailable(requestId, clientRequestId) },
    {
      status: 503,
      headers: {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "request-id, client-request-id, Retry-After",
        "Cache-Control": "private",
        "Content-Type": "application/json",
        "Retry-After": "1",
        "X-Content-Type-Options": "nosniff",
        "client-request-id": clientRequestId,
        "request-id": requestId,
      },
    },
  );
}
