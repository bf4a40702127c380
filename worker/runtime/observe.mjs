// The operator's view of requests: never a token, a path, an id of a person or a notification.

import { operationOf } from "../build/bindings.js";
import { run } from "./instance.mjs";
import { noteOf } from "./reply.mjs";

/**
 * An answered request.
 * @typedef {object} Observed
 * @property {string | null} request the `request-id` that the caller was told
 * @property {string} operation its name in the contract; empty: none was meant
 * @property {number} status
 * @property {string} [code] the error's
 * @property {number} ms from the request's arrival to the answer, in milliseconds
 * @property {number} [feed] how much of that the feed took, as the Worker sees it
 * @property {number} [read] rows that the feed read
 * @property {number} [written] rows that it wrote, those of indices too
 * @property {"answered" | "refused" | "failed"} outcome
 */

/**
 * @param {{ method: string, url: string }} request
 * @param {Response} response
 * @param {number} began Unix milliseconds
 * @returns {Observed}
 */
export function observed(request, response, began) {
  const { status } = response;
  return {
    request: response.headers.get("request-id"),
    operation: run(() => operationOf(request.method, request.url)),
    status,
    ms: Date.now() - began,
    ...noteOf(response),
    outcome: status < 400 ? "answered" : status < 500 ? "refused" : "failed",
  };
}
