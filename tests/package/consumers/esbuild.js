// esbuild leaves `new URL(…)` alone: the app imports the wasm's address by its `file` loader.
import wasm from "notifeed/notifeed_bg.wasm";
import * as modules from "./modules.js";
import { prove, proveInline } from "./proof.js";

globalThis.proof = location.hash ? proveInline(modules) : prove(modules, wasm);
