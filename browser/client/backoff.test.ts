import assert from "node:assert/strict";
import { test } from "node:test";
import { waitAfter } from "./backoff.ts";

const rows: [what: string, code: number, reason: string, failures: number, random: number, wait: number][] = [
  ["a malformed request stops", 4400, "", 1, 0.5, Infinity],
  ["access taken back stops", 4403, "", 9, 0.5, Infinity],
  ["a refused token comes back at once", 4401, "", 1, 0.5, 0],
  ["a cut replay comes back at once", 4408, "", 1, 0.5, 0],
  ["but not twice, if it brought nothing", 4408, "", 2, 0.5, 1500],
  ["of a server that went away, each client comes back within 3 s", 1001, "", 1, 0.5, 1500],
  ["so it is for a connection that broke", 1006, "", 1, 0.5, 1500],
  ["for a restart", 1012, "", 1, 0.999, 2997],
  ["and for a server that has too much to do", 1013, "", 1, 0, 0],
  ["ever longer", 1006, "", 4, 0.5, 6000],
  ["up to half a minute", 1006, "", 60, 0.5, 15_000],
  ["a busy server names the least", 4429, "ServerBusy retry-after=60", 1, 0.5, 60_750],
  ["or doesn't", 4429, "Throttled", 1, 0.5, 750],
];

for (const [what, code, reason, failures, random, wait] of rows) {
  test(what, () => assert.equal(waitAfter(code, reason, failures, random), wait));
}
