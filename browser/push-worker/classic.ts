// The same for `importScripts`: it leaves `notifeedPush.handle`.

import { handle } from "./entry.ts";

Object.assign(globalThis, { notifeedPush: { handle } });
