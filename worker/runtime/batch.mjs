// Several requests in one: worker/src/edge/batch.rs takes the batch apart.

import { headersOf } from "./reply.mjs";

/**
 * A request of a batch: its id, the request as text, its body, and the places of those that must have succeeded before,
 * all of which come before it.
 * @typedef {{ id: string, facts: string, body: string, after: number[] }} Part
 */

/**
 * The body of the answer to a batch.
 * @param {Part[]} parts
 * @param {(part: Part, mayBeMade: boolean) => Promise<Response>} answer
 */
export async function answerAll(parts, answer) {
  /** @type {Promise<Response>[]} */
  const answers = [];
  for (const part of parts)
    answers.push(after(part.after.map((place) => answers[place])).then((may) => answer(part, may)));
  const responses = await Promise.all(parts.map(async ({ id }, place) => written(id, await answers[place])));
  return `{"responses":[${responses.join(",")}]}`;
}

/**
 * Whether all of these requests succeed.
 * @param {Promise<Response>[]} answers
 */
const after = async (answers) => (await Promise.all(answers)).every(({ status }) => status < 400);

/**
 * An answer as JSON text.
 * @param {string} id
 * @param {Response} response
 */
async function written(id, response) {
  const headers = headersOf(response);
  const text = await response.text();
  const body = headers["Content-Type"]?.startsWith("application/json") ? text : JSON.stringify(text);
  const start = `{"id":${JSON.stringify(id)},"status":${response.status},"headers":${JSON.stringify(headers)}`;
  return text === "" ? `${start}}` : `${start},"body":${body}}`;
}
