// In bundlers that understand `new URL(…, import.meta.url)`.
import * as modules from "./modules.js";
import { prove } from "./proof.js";

globalThis.proof = prove(modules);
