import * as modules from "./modules.js";
import { prove } from "./proof.js";

export default {
  async fetch() {
    return Response.json(await prove(modules));
  },
};
