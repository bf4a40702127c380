// `JURISDICTION`: every feed is asked for where it lives.

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { startService } from "./harness.mjs";

const service = await startService({
  around: [resolve(root, "tests/blackbox/workers/jurisdiction.mjs")],
  vars: { JURISDICTION: "eu" },
});

test("requests and connections reach the feeds of the jurisdiction", async () => {
  const as = "megan@contoso.com";
  const { status } = await service.request("GET", "/beta/me/notifications", { as });
  assert.equal(status, 200);
  const line = await service.connect({ as });
  await line.until("ready");
});
