// The table of faults: each kind for some seconds (FAULT_SECONDS=), then kills of make binary's program (KILLS=); `make soak`
// prints it at its end.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { startBinary } from "../blackbox/binary.mjs";
import { temporaryFolder } from "../blackbox/harness.mjs";
import { kill } from "../selfhost/kills.mjs";
import { FAULTS, suffer, table } from "./faults.mjs";

const milliseconds = Number(process.env.FAULT_SECONDS || 15) * 1000;
const kills = Number(process.env.KILLS || 20);
const seed = Date.now() % 1_000_000;

/** @type {import("./faults.mjs").Outcome[]} */
const outcomes = [];
after(() => console.log(table(outcomes)));

for (const [index, fault] of FAULTS.entries()) {
  test(`${fault.name} (${seed + index})`, async () => {
    const outcome = await suffer(fault, { seed: seed + index, milliseconds });
    outcomes.push(outcome);
    assert.deepEqual(outcome.violations, []);
  });
}

/** @type {Awaited<ReturnType<typeof startBinary>>[]} */
const started = [];
const folder = await temporaryFolder(async () => void (await Promise.all(started.map((program) => program.stop()))));

for (const whom of /** @type {const} */ (["the program", "the runtime"])) {
  test(`${kills} kills of ${whom}`, async () => {
    const start = async (/** @type {number | undefined} */ port) => {
      const program = await startBinary({ state: join(folder, whom), port });
      started.push(program);
      return program;
    };
    const { acknowledged, lost, duplicated } = await kill(start, whom, kills);
    const violations = lost.map((id) => `lost: ${id}`);
    const fault = `make binary: kill -9 of ${whom}`;
    outcomes.push({ fault, times: kills, acknowledged, lost: lost.length, duplicated, unordered: "–", violations });
    assert.deepEqual([...violations, duplicated], [0]);
  });
}
