// The console's service worker: shows what is pushed to this browser, by the npm package as any app does.

import { handle } from "./notifeed/push-worker.js";

handle(self);
