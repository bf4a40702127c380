// Web Push where workerd is killed in the midst of pushes; tests/soak/pushes.mjs is the long form.

import { test } from "node:test";
import { pushThroughKills } from "./push_kills.mjs";

test("every post is pushed, in order, whenever workerd is killed", async (t) => {
  t.diagnostic(await pushThroughKills({ kills: 4, posts: 20 }));
});
