// The long form of tests/blackbox/random.test.mjs: `make soak`, MINUTES= and USERS= long and wide, with
// SEED= to begin with. Rounds of some seconds, each on a service of its own, with crashes, evictions
// and a SIGKILL in the middle.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startService } from "../blackbox/harness.mjs";
import { check } from "./checker.mjs";
import { inNumbers, run } from "./run.mjs";

const { MINUTES, USERS, SEED } = process.env;
const minutes = Number(MINUTES || 5);
const users = Number(USERS || 2);
const end = Date.now() + minutes * 60_000;
const round = 20_000;

for (
  let seed = Number(SEED || Date.now() % 1_000_000), number = 0;
  number * round < minutes * 60_000;
  number++, seed++
) {
  test(`SEED=${seed} USERS=${users}`, async (t) => {
    if (Date.now() > end) return t.skip("the time is over");
    const service = await startService({
      vars: { DEVELOPMENT_PANIC: "true" },
    });
    const runs = await run({
      ...{ service, seed, users, devices: 6, milliseconds: round - 5000 },
      async disturb(index) {
        await sleep(2000);
        const as = `soak${seed}-${index % users}@contoso.com`;
        if (index === 3) await service.restart();
        else if (index % 2 === 0) await service.request("GET", "/dev/panic/hub", { as }).catch(() => {});
        else await evictOne(service, index);
      },
    });
    for (const { history, violations } of runs) {
      t.diagnostic(inNumbers(history));
      assert.deepEqual([...violations, ...check(history)], []);
    }
    await service.stop();
  });
}

/**
 * workerd evicts a Hub only while nothing is under way in it; when there is, nothing happens.
 * @param {Awaited<ReturnType<typeof startService>>} service
 * @param {number} index
 */
async function evictOne(service, index) {
  const ids = await service.miniflare.listDurableObjectIds("Hub", "notifeed");
  const id = ids[index % ids.length];
  const evicted = service.miniflare.unsafeEvictDurableObject("notifeed", "Hub", { id, webSockets: "hibernate" });
  await Promise.race([evicted.catch(() => {}), sleep(1000)]);
}
