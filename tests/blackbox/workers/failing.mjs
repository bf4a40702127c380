// The deployed Worker before Hubs that a test makes fail: `POST /mood/{well, overloaded, resets, resets-once, silent, faulty}`.

import worker, { Hub as DeployedHub } from "../../../worker/build/index.js";

let mood = "well";

/** How often a Hub was asked. */
let asked = 0;

export class Hub extends DeployedHub {
  /** @param {[number, string, string]} command */
  call(...command) {
    if (mood === "resets" || (mood === "resets-once" && asked === 1)) this.ctx.abort("it is reset on purpose");
    if (mood === "silent") return /** @type {any} */ (new Promise(() => {}));
    if (mood === "faulty") throw new Error("its code fails on purpose");
    return super.call(...command);
  }
}

/** @param {any} hubs */
const failing = (hubs) => ({
  idFromName: (/** @type {string} */ name) => hubs.idFromName(name),
  idFromString: (/** @type {string} */ id) => hubs.idFromString(id),
  get: (/** @type {DurableObjectId} */ id) => ({
    /** @param {[number, string, string]} command */
    async call(...command) {
      asked++;
      // The runtime says so of a Hub for which too many calls wait.
      if (mood === "overloaded") throw Object.assign(new Error("too many calls wait"), { overloaded: true });
      return hubs.get(id).call(...command);
    },
    fetch: (/** @type {[RequestInfo, RequestInit]} */ ...request) => hubs.get(id).fetch(...request),
  }),
});

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  fetch(request, env) {
    const wanted = /^\/mood\/([a-z-]+)$/.exec(new URL(request.url).pathname)?.[1];
    if (!wanted) return worker.fetch(request, { ...env, HUB: failing(env.HUB) });
    const answer = String(asked);
    mood = wanted;
    asked = 0;
    return new Response(answer);
  },
};
