// The price of each operation on the platform, counted by its storage: none may come to cost more than
// bench/service/bill.json has. A change that is worth it records the bill anew: UPDATE_BILL=1.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { costs } from "../../bench/service/costs.mjs";
import { bill, growth, recordBill, recorded } from "../../bench/service/bill.mjs";

const now = await bill();
if (process.env.UPDATE_BILL) recordBill(now);
const before = recorded();

test("the recorded bill has every operation", () => {
  assert.deepEqual(Object.keys(before), Object.keys(now));
});

for (const [operation, charges] of Object.entries(now)) {
  test(`${operation} costs no more than it did`, () => {
    const grown = growth(charges, before[operation]);
    assert.equal(grown.length, 0, `${operation} costs more than bench/service/bill.json has:\n${grown.join("\n")}`);
  });
}

test("docs/costs.md has what the recorded bill costs", async () => {
  const document = await readFile(new URL("../../docs/costs.md", import.meta.url), "utf8");
  assert.ok(document.includes(costs()), `node bench/service/costs.mjs prints:\n${costs()}`);
});

test("a bill that grows is told by operation and statement", () => {
  const [operation, { charges, writers }] = Object.entries(now)[0];
  const [statement, rows] = Object.entries(writers)[0];
  const dearer = {
    charges: { ...charges, rowsWritten: charges.rowsWritten + 1 },
    writers: { ...writers, [statement]: rows + 1 },
  };
  const sentences = growth(dearer, { charges, writers });
  assert.equal(sentences.length, 2, operation);
  assert.match(sentences[0], /^rows written: \d+, not \d+$/);
  assert.ok(sentences[1].endsWith(`by ${statement}`));
});
