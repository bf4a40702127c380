import * as modules from "./modules.js";
import { prove, proveInline } from "./proof.js";

console.log(JSON.stringify(await (process.argv[2] ? proveInline(modules) : prove(modules))));
