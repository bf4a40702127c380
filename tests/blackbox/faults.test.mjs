// Faults on purpose lose nothing that was acknowledged, tell nothing twice and nothing out of order. This is the short
// form, on miniflare, whose doors it needs; `make soak` is the long one, and prints the table.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS, suffer } from "../soak/faults.mjs";

for (const [index, fault] of FAULTS.entries()) {
  test(fault.name, async () => {
    const { times, acknowledged, violations } = await suffer(fault, {
      seed: 100 + index,
      milliseconds: 1200,
      devices: 3,
    });
    assert.deepEqual(violations, []);
    assert.ok(times > 0 && acknowledged > 0);
  });
}
