// Reports for the operator: a line of the log, and a data point in Cloudflare's Analytics Engine if `METRICS` is bound
// to a data set.

/** How often each event of feeds happened since the runtime began, by its name and code. @type {Map<string, number>} */
export const events = new Map();

/**
 * Reports an event of a feed, without naming the feed's user.
 * @param {any} env
 * @param {{ event: string, code?: number }} event
 */
export function happened(env, event) {
  const labels = `event="${event.event}",code="${event.code ?? ""}"`;
  events.set(labels, (events.get(labels) ?? 0) + 1);
  if (env.LOG_REQUESTS === "all") console.log(JSON.stringify(event));
  env.METRICS?.writeDataPoint({ indexes: [event.event], blobs: ["event", event.event, String(event.code ?? "")] });
}

/**
 * Tells of an answered request.
 * @param {any} env
 * @param {import("./observe.mjs").Observed} seen
 */
export function answered({ LOG_REQUESTS, METRICS }, seen) {
  const { operation, status, code, outcome, ms, feed, read, written } = seen;
  if (LOG_REQUESTS === "all" || (LOG_REQUESTS === "failures" && status >= 500)) console.log(JSON.stringify(seen));
  METRICS?.writeDataPoint({
    indexes: [operation],
    blobs: ["request", operation, String(code ?? ""), outcome],
    doubles: [status, ms, feed ?? 0, read ?? 0, written ?? 0],
  });
}
