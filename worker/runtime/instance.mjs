// The wasm instance: made when the Worker is loaded, and anew after a crash.

import * as bindings from "../build/bindings.js";
import { crashed, needsRepair, orCrash } from "./crash.mjs";

/** The number of the current instance: an object that was made in one instance doesn't exist in the next. */
let generation = 0;

/** @type {{ variables: string, countsCalls: boolean } | undefined} */
let settings;

/**
 * The constants of the wasm module: see `constants` in worker/src/lib.rs.
 * @type {{ protocol: number, retry: string, ping: string, pong: string, erasedMark: string,
 *   erasedSeconds: number, restoringMark: string, restoringSeconds: number, patience: number, restarted: { code: number, reason: string },
 *   erased: { code: number, reason: string }, headers: string[], statements: string[] }}
 */
export let constants;

/**
 * Hands the deployment's settings to the instance, once. Comes before all else.
 * @param {any} env
 */
export function configure(env) {
  if (settings) return;
  const variables = Object.entries(env).filter(([, value]) => typeof value === "string");
  settings = { variables: JSON.stringify(Object.fromEntries(variables)), countsCalls: env.APP_LIMIT !== undefined };
  start();
  const [protocol, retry, ping, pong, erasedMark, erasedFor, restoringMark, restoringFor, patience, ...rest] = bindings
    .constants()
    .split("\n");
  const [restarted, erased] = [rest.splice(0, 2), rest.splice(0, 2)].map(([code, reason]) => ({
    code: Number(code),
    reason,
  }));
  const statements = bindings.statements().split("\0");
  const marks = { erasedMark, erasedSeconds: Number(erasedFor), restoringMark, restoringSeconds: Number(restoringFor) };
  const numbers = { protocol: Number(protocol), patience: Number(patience) };
  constants = { ...numbers, retry, ping, pong, ...marks, restarted, erased, headers: rest, statements };
}

function start() {
  generation++;
  if (settings) bindings.configure(settings.variables, settings.countsCalls);
}

/** The number of the instance that the next call goes to. */
export function currentGeneration() {
  if (needsRepair()) {
    bindings.__wbg_reset_state();
    start();
  }
  return generation;
}

/**
 * Makes a plain call. An exception of that call is a crash: the exceptions of what wasm calls are caught there.
 * @template T
 * @param {() => T} call
 * @returns {T}
 */
export function run(call) {
  currentGeneration();
  try {
    return call();
  } catch (crash) {
    crashed();
    throw crash;
  }
}

/**
 * Calls an async function; rejects if the instance crashes meanwhile.
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T>}
 */
export function wait(call) {
  return orCrash(run(call));
}
