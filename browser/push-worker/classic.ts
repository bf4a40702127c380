// The entry for `importScripts`: it defines the global `notifeedPush.handle`.

import { handle } from "./entry.ts";

Object.assign(globalThis, { notifeedPush: { handle } });
