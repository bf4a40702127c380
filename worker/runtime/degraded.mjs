// Degraded reads: a user's read that the feed can't answer is answered from the feed's copies in KV. The rules are in
// src/feed/degraded.rs.

import { afterFailure, fromCopies } from "../build/bindings.js";
import { happened } from "./events.mjs";
import { constants, run } from "./instance.mjs";
import { keysOf } from "./keys.mjs";
import { isWithinLimit } from "./limit.mjs";

/** The numbers of {@link afterFailure}. */
const AGAIN = 0;
const FAIL = 2;

/**
 * A read: its operation and fields, and what the keys of copies begin with that can answer it.
 * @typedef {{ operation: string, fields: string, prefix: string }} Read
 */

/**
 * The feed's answer; where it can't answer, that of its copies.
 * @param {() => Promise<string>} question
 * @param {DurableObjectId} id
 * @param {Read} read
 * @param {any} env
 */
export async function answerTo(question, id, read, env) {
  const silent = new Error("the feed doesn't answer in time");
  for (let again = false; ; again = true) {
    try {
      return await inTime(question(), silent);
    } catch (caught) {
      const fault = /** @type {any} */ (caught);
      const { overloaded, durableObjectReset: reset } = fault;
      const next = run(() => afterFailure(Boolean(overloaded), Boolean(reset), fault === silent, again));
      if (next === AGAIN) continue;
      if (next === FAIL) throw fault;
      console.warn(`a feed can't answer, its copies are read: ${fault}`);
      const answer = await answerOfCopies(id.toString(), read, env);
      if (answer === undefined) throw fault;
      happened(env, { event: "DegradedRead" });
      return answer;
    }
  }
}

/**
 * @template T
 * @param {Promise<T>} answer
 * @param {Error} late
 * @returns {Promise<T>}
 */
function inTime(answer, late) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late), constants.patience);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * The answer of a feed's copies; `undefined`: it was asked for too often, the feed is erased or being restored, or nothing
 * is known.
 * @param {string} hub
 * @param {Read} read
 * @param {any} env
 */
async function answerOfCopies(hub, { operation, fields, prefix }, { DEGRADED_LIMIT, REGISTRY, FEED }) {
  if (!DEGRADED_LIMIT || !(await isWithinLimit(DEGRADED_LIMIT, hub))) return undefined;
  const marks = [constants.erasedMark, constants.restoringMark].map((mark) => REGISTRY.get(mark + hub));
  if ((await Promise.all(marks)).some((mark) => mark !== null)) return undefined;
  const own = `${hub}:`;
  let listed = "";
  for await (const { name, metadata } of keysOf(FEED, own + prefix))
    listed += `${name.slice(own.length)} ${metadata?.ordinal} ${metadata?.expiration} ${metadata?.gone}\n`;
  const ask = (/** @type {string} */ lines, /** @type {boolean} */ areValues) =>
    run(() => fromCopies(operation, fields, lines, areValues, Date.now()));
  const chosen = ask(listed, false);
  const values = await Promise.all((chosen ? chosen.split("\n") : []).map((key) => FEED.get(own + key)));
  // JSON as the feed writes it has no line feeds.
  return ask(values.filter((value) => value !== null).join("\n"), true);
}
