// In bundlers that understand `new URL(…, import.meta.url)`.
import * as modules from "./modules.js";
import { prove, proveInline } from "./proof.js";

globalThis.proof = location.hash ? proveInline(modules) : prove(modules);
