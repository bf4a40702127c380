// A gradual deployment: a Worker asks feeds of the release before, and feeds are asked by its Worker.

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { someone } from "./expect.mjs";
import { example, startService } from "./harness.mjs";

const service = await startService({
  around: [resolve(root, "tests/blackbox/workers/earlier.mjs")],
  vars: { LOG_REQUESTS: "all" },
});

test("a feed of the first protocol is understood", async () => {
  const as = someone();
  const posted = await service.post(example(), { as });
  assert.equal(posted.status, 201);
  const list = await service.request("GET", "/beta/me/notifications", { as });
  assert.deepEqual(
    list.json.value.map((/** @type {{ id: string }} */ { id }) => id),
    [posted.json.id],
  );
  const line = service.requests.find(({ request }) => request === posted.headers.get("request-id"));
  assert.equal(line.written, undefined, "it says no numbers");
});
