// Pictures are made when they are asked for (SCREENSHOTS=1): a test run leaves the tree as it was.

import { test } from "node:test";

if (process.env.SCREENSHOTS) await import("./screenshots.mjs");
else test("screenshots", { skip: "only with SCREENSHOTS=1" });
