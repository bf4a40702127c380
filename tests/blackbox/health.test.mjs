// Health on Cloudflare's side, for a monitor from outside; a machine of one's own has its tests in tests/selfhost.

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { startService } from "./harness.mjs";

test("a service that works is alive and ready", async () => {
  const service = await startService();
  const alive = await service.request("GET", "/healthz");
  assert.deepEqual([alive.status, alive.json], [200, { status: "alive" }]);
  for (let time = 0; time < 2; time++) {
    const ready = await service.request("GET", "/readyz");
    assert.deepEqual([ready.status, ready.json], [200, { status: "ready", failing: [] }]);
    assert.equal(ready.headers.get("Cache-Control"), "no-store");
  }
  // Health is nothing of the API's.
  assert.equal((await service.request("GET", "/beta/me/notifications/healthz")).status, 401);
});

test("without its registry a service is alive, not ready, and says which store fails", async () => {
  const service = await startService({ around: [resolve(root, "tests/blackbox/workers/unready.mjs")] });
  assert.equal((await service.request("GET", "/healthz")).status, 200);
  const ready = await service.request("GET", "/readyz");
  assert.deepEqual([ready.status, ready.json], [503, { status: "degraded", failing: ["kv"] }]);
  assert.ok(service.log.includes("readyz: kv fails: Error: the registry fails on purpose"));
});
