// Without a bundler: nothing but addresses.
import * as validator from "./node_modules/notifeed/index.js";
import * as inbox from "./node_modules/notifeed/inbox.js";
import * as inline from "./node_modules/notifeed/inline.js";
import * as live from "./node_modules/notifeed/live.js";
import * as schema from "./node_modules/notifeed/schema.js";
import * as send from "./node_modules/notifeed/send.js";
import { prove, proveInline } from "./proof.js";

const modules = { validator, inbox, inline, live, schema, send };
globalThis.proof = location.hash ? proveInline(modules) : prove(modules);
