// The deployed Worker over feeds that answer as the first protocol has it.

export { default } from "../../../worker/build/index.js";
import { Hub as DeployedHub } from "../../../worker/build/index.js";

export class Hub extends DeployedHub {
  /**
   * @param {number} _protocol the Worker's
   * @param {string} operation
   * @param {string} fields
   */
  call(_protocol, operation, fields) {
    return super.call(1, operation, fields);
  }
}
