// 20 kills of workerd over 2 000 pushes: the long form of tests/blackbox/push_kill.test.mjs. `make soak` runs it.

import { test } from "node:test";
import { pushThroughKills } from "../blackbox/push_kills.mjs";

test("every post is pushed, in order, through 20 kills", async (t) => {
  t.diagnostic(await pushThroughKills({ kills: 20, posts: 56 }));
});
