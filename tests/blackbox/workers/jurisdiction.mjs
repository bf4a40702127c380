// The deployed Worker over a namespace that has feeds of one jurisdiction only: workerd knows none.

import worker from "../../../worker/build/index.js";

export { Hub } from "../../../worker/build/index.js";

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  fetch(request, env) {
    const HUB = { jurisdiction: (/** @type {string} */ name) => (name === "eu" ? env.HUB : undefined) };
    return worker.fetch(request, { ...env, HUB });
  },
};
