// Counters since the runtime began, in the text format of Prometheus.

import { counters, uncopiedFor } from "../runtime/counters.mjs";
import { events } from "../runtime/events.mjs";

/** Upper bounds of the times of answers, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** How many answers of each kind. @type {Map<string, number>} */
const answers = new Map();

/** By operation: how many answers took at most each bound, or longer, and how long all took together, in milliseconds.
 * @type {Map<string, { counts: number[], sum: number }>} */
const times = new Map();

/** @param {import("../runtime/observe.mjs").Observed} observed */
export function count({ operation, status, code, ms }) {
  const name = operation || "none";
  const labels = `operation="${name}",status="${status}",code="${code ?? ""}"`;
  answers.set(labels, (answers.get(labels) ?? 0) + 1);
  let time = times.get(name);
  if (!time) times.set(name, (time = { counts: Array(BUCKETS.length + 1).fill(0), sum: 0 }));
  const bucket = BUCKETS.findIndex((bound) => ms <= bound * 1000);
  time.counts[bucket < 0 ? BUCKETS.length : bucket]++;
  time.sum += ms;
}

/**
 * The page.
 * @param {number} hubs how many have connections
 */
export function page(hubs) {
  const lines = ["# TYPE notifeed_requests_total counter"];
  for (const [labels, value] of answers) lines.push(`notifeed_requests_total{${labels}} ${value}`);
  lines.push("# TYPE notifeed_request_seconds histogram");
  for (const [name, { counts, sum }] of times) {
    let below = 0;
    for (const [index, value] of counts.entries()) {
      below += value;
      const bound = BUCKETS[index] ?? "+Inf";
      lines.push(`notifeed_request_seconds_bucket{operation="${name}",le="${bound}"} ${below}`);
    }
    lines.push(`notifeed_request_seconds_sum{operation="${name}"} ${sum / 1000}`);
    lines.push(`notifeed_request_seconds_count{operation="${name}"} ${below}`);
  }
  lines.push("# TYPE notifeed_events_total counter");
  for (const [labels, value] of events) lines.push(`notifeed_events_total{${labels}} ${value}`);
  const gauge = (/** @type {string} */ name, /** @type {number} */ value) =>
    lines.push(`# TYPE notifeed_${name} gauge`, `notifeed_${name} ${value}`);
  for (const [name, value] of Object.entries(counters))
    lines.push(`# TYPE notifeed_${name}_total counter`, `notifeed_${name}_total ${value}`);
  gauge("hubs_connected", hubs);
  gauge("uncopied_seconds", uncopiedFor() / 1000);
  return `${lines.join("\n")}\n`;
}
