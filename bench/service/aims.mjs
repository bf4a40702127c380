// The service's aims, as ratios of one run.

import { median, ratioOf, short } from "./table.mjs";

/** @typedef {import("./measure.mjs").Results} Results */

/**
 * @param {string} metric
 * @param {string} other the contender that is compared to
 * @returns {(results: Results) => number | undefined}
 */
const against = (metric, other) => (results) => ratioOf(results[metric]?.us, results[metric]?.[other]);

/**
 * @param {string} what of the group of sizes
 * @param {number} small
 * @returns {(results: Results) => number | undefined}
 */
const grown = (what, small) => (results) =>
  ratioOf(results[`size/${what}/10000`]?.us, results[`size/${what}/${small}`]?.us);

/** @type {{ title: string, value: (results: Results) => number | undefined, atMost?: number, atLeast?: number, unit?: string }[]} */
const aims = [
  { title: "CPU per POST, of the storage floor's", value: against("post/cpu", "storage-fetch"), atMost: 1.1 },
  { title: "POSTs a second, of the TypeScript team's", value: against("post/rate", "typescript"), atLeast: 1.3 },
  { title: "the same with RS256 tokens of a key set", value: against("keys/rs256/rate", "typescript"), atLeast: 1.6 },
  { title: "POST → frame p50, of the storage floor's", value: against("frame/p50", "storage-fetch"), atMost: 1.08 },
  { title: "POST → frame p99, of the storage floor's", value: against("frame/p99", "storage-fetch"), atMost: 1 },
  { title: "the last of 1 000 frames, of the floor's", value: against("fan/1000/last", "floor"), atMost: 1.1 },
  { title: "a page of 20, CPU, of the floor's", value: against("page/cpu", "floor"), atMost: 1.4 },
  { title: "a post among 10 000 items, CPU, of one among 20", value: grown("post", 20), atMost: 1.1 },
  { title: "a state change among 10 000 items, CPU, of one among 10", value: grown("change", 10), atMost: 1.1 },
  { title: "a page among 10 000 items, CPU, of one among 20", value: grown("page", 20), atMost: 1.1 },
  { title: "a resume among 10 000 items, CPU, of one among 20", value: grown("resume", 20), atMost: 1.1 },
  {
    title: "`$count` of 10 000 items, ms",
    value: ({ "size/count/10000": counts }) => (counts?.us?.length ? median(counts.us) : undefined),
    atMost: 2,
  },
  {
    title: "start to the first 201, of the TypeScript team's",
    value: against("start/first", "typescript"),
    atMost: 1.3,
  },
];

/**
 * The aims that this run has the numbers for.
 * @param {Results} results
 */
export function aimsOf(results) {
  return aims.flatMap(({ title, value, atMost, atLeast }) => {
    const found = value(results);
    if (found === undefined) return [];
    const met = atMost === undefined ? found >= Number(atLeast) : found <= atMost;
    return [
      [title, short(found), atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`, met ? "met" : "missed"],
    ];
  });
}
