// The short form of the random run (tests/client/soak.ts is the long one): the same rounds every time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { round } from "./round.ts";

const STEPS = 100;

for (let seed = 1; seed <= 100; seed++) {
  test(`SEED=${seed} STEPS=${STEPS}`, async () => {
    const { violations, log } = await round(seed, STEPS);
    assert.deepEqual(violations, [], log.join("\n"));
  });
}
