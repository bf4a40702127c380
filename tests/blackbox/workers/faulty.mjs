// The deployed Worker over a KV whose mood a test sets: `POST /mood/{well, refuses, slow, mute, lies}`.

import worker, { Hub as DeployedHub } from "../../../worker/build/index.js";

let mood = "well";

/** How long a slow KV takes, in milliseconds. */
const SLOW = 800;

/**
 * @param {() => Promise<void>} operation
 */
async function moody(operation) {
  if (mood === "refuses") throw new Error("KV refuses on purpose");
  if (mood === "lies") return;
  if (mood === "slow") await scheduler.wait(SLOW);
  await operation();
  if (mood === "mute") throw new Error("KV has done it, and says that it failed");
}

/** @param {KVNamespace} store */
const faulty = (store) => ({
  put: (/** @type {[string, string, KVNamespacePutOptions]} */ ...args) => moody(() => store.put(...args)),
  delete: (/** @type {string} */ key) => moody(() => store.delete(key)),
});

export class Hub extends DeployedHub {
  /**
   * @param {DurableObjectState} ctx
   * @param {any} env
   */
  constructor(ctx, env) {
    super(ctx, { ...env, FEED: faulty(env.FEED) });
  }
}

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  fetch(request, env) {
    const asked = /^\/mood\/(\w+)$/.exec(new URL(request.url).pathname)?.[1];
    if (!asked) return worker.fetch(request, env);
    mood = asked;
    return new Response();
  },
};
