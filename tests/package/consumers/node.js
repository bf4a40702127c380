import * as modules from "./modules.js";
import { prove } from "./proof.js";

console.log(JSON.stringify(await prove(modules)));
