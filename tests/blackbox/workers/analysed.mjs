// The deployed Worker over a double of a data set of Analytics Engine: `GET /points` answers what was written.

import worker, { Hub as DeployedHub } from "../../../worker/build/index.js";

/** @type {unknown[]} */
const points = [];
const METRICS = { writeDataPoint: (/** @type {unknown} */ point) => void points.push(point) };

export class Hub extends DeployedHub {
  /**
   * @param {DurableObjectState} ctx
   * @param {any} env
   */
  constructor(ctx, env) {
    super(ctx, { ...env, METRICS });
  }
}

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  fetch(request, env) {
    if (new URL(request.url).pathname === "/points") return Response.json(points);
    return worker.fetch(request, { ...env, METRICS });
  },
};
