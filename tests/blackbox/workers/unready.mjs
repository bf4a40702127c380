// The deployed Worker over a registry that answers nothing.

import worker from "../../../worker/build/index.js";

export { Hub } from "../../../worker/build/index.js";

const REGISTRY = { get: () => Promise.reject(new Error("the registry fails on purpose")) };

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  fetch: (request, env) => worker.fetch(request, { ...env, REGISTRY }),
};
