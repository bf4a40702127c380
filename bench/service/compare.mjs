// How well two runs agree: every ratio to the floor and every aim, in both.
//
//   node bench/service/compare.mjs ONE.json OTHER.json     (target/bench/service.json, kept elsewhere)

import { readFileSync } from "node:fs";
import { aimsOf } from "./aims.mjs";
import { ratioOf, text } from "./table.mjs";

const [one, other] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")).results);
if (!one || !other) {
  console.error("notifeed: name two files of results");
  process.exit(1);
}

/**
 * @param {import("./measure.mjs").Results} results
 * @returns {Map<string, number>}
 */
function ratiosOf(results) {
  /** @type {[string, number | undefined][]} */
  const ratios = Object.entries(results).flatMap(([metric, of]) =>
    Object.keys(of)
      .filter((name) => name !== "floor")
      .map((name) => /** @type {[string, number | undefined]} */ ([`${metric} ${name}`, ratioOf(of[name], of.floor)])),
  );
  const aims = aimsOf(results).map(
    ([title, value]) => /** @type {[string, number]} */ ([`aim: ${title}`, Number(value)]),
  );
  return new Map(
    [...ratios.filter((pair) => pair[1] !== undefined), ...aims].map(([name, value]) => [name, Number(value)]),
  );
}

const ofOther = ratiosOf(other);
const apart = [...ratiosOf(one)]
  .filter(([name]) => ofOther.has(name))
  .map(([name, value]) => ({ name, value, second: Number(ofOther.get(name)) }))
  .map((pair) => ({ ...pair, apart: Math.max(pair.value, pair.second) / Math.min(pair.value, pair.second) - 1 }));
const far = apart.filter(({ apart }) => apart > 0.1).sort((a, b) => b.apart - a.apart);
if (far.length > 0) {
  const rows = far.map(({ name, value, second, apart }) => [
    name,
    value.toFixed(2),
    second.toFixed(2),
    `${(100 * apart).toFixed(0)} %`,
  ]);
  console.log(text([["", "one", "other", "apart"], ...rows]));
}
console.log(`${apart.length - far.length} of ${apart.length} ratios agree within 10 %`);
