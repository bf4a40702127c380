// The deployed Worker, and how much memory its wasm instance has: `GET /memory` answers the bytes.

import { instances } from "./instances.mjs";
import worker from "../../../worker/build/index.js";

export { Hub } from "../../../worker/build/index.js";

export default {
  /**
   * @param {Request} request
   * @param {unknown} env
   */
  fetch(request, env) {
    if (new URL(request.url).pathname !== "/memory") return worker.fetch(request, env);
    const memory = /** @type {WebAssembly.Memory | undefined} */ (instances.at(-1)?.exports.memory);
    return new Response(String(memory?.buffer.byteLength));
  },
};
