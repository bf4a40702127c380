// Devices that come, go, read and delete at random while a writer posts and the Hub crashes: nothing is
// lost, doubled, out of order or resurrected (tests/soak/checker.mjs says it exactly). This is the short
// form; `make soak` is the long one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { check } from "../soak/checker.mjs";
import { inNumbers, run } from "../soak/run.mjs";
import { startService } from "./harness.mjs";

const seed = Number(process.env.SEED ?? 20260911);

test(`after random events every device's frames add up to the stored feed (SEED=${seed})`, async (t) => {
  const service = await startService({
    vars: { DEVELOPMENT_PANIC: "true" },
  });
  const runs = await run({
    ...{ service, seed, users: 1, devices: 6, milliseconds: 3000 },
    async disturb() {
      await sleep(1000);
      await service.request("GET", "/dev/panic/hub", { as: `soak${seed}-0@contoso.com` });
    },
  });
  for (const { history, violations } of runs) {
    t.diagnostic(inNumbers(history));
    assert.deepEqual([...violations, ...check(history)], []);
  }
});
