// The costs of a deployment a month, computed from the recorded bill (bill.json) and Cloudflare's prices (prices.json): the table
// of docs/costs.md, which a test holds against this. `node bench/service/costs.mjs` prints it.

import { dollarsOf, prices, recorded } from "./bill.mjs";

/** The number of people that the costs are computed for. */
const PEOPLE = 1_000_000;
const DAYS = 30;

/** How long a notification stays, in days, and its bytes with everything around them, as it is stored. */
const LIVES = 7;
const BYTES = 2000;

/**
 * How often a day a person does or gets something, by the bill's operations.
 * @type {[string, number, string][]}
 */
const DAY = [
  ["a post, with all of its life", 5, "5 notifications, each posted alone"],
  ["a state change", 5, "each is read on one device, and the others are told"],
  ["a connection, nothing missed", 6, "2 devices, each connected 3 times"],
  ["a list page of 20, later", 2, "2 pages of the list"],
  ["a subscription, and its end", 2 / DAYS, "2 devices subscribe once a month"],
];

/** @returns {string} in Markdown */
export function costs() {
  const bill = recorded();
  const rows = DAY.map(([operation, times, what]) => {
    const { charges } = bill[operation];
    return { what, million: dollarsOf(charges), month: (dollarsOf(charges) * times * DAYS * PEOPLE) / 1e6 };
  });
  const gigabytes = (5 * LIVES * BYTES * PEOPLE) / 1e9;
  const { hub, kv } = prices.dollarsPerGigabyteMonth;
  const stored = gigabytes * (hub + kv);
  const sum = rows.reduce((sum, { month }) => sum + month, stored);
  const whole = (/** @type {number} */ dollars) => `$${Math.round(dollars).toLocaleString("en-US")}`;
  return [
    "| a person's day | $ a million times | a month, a million people |",
    "|---|---|---|",
    ...rows.map(({ what, million, month }) => `| ${what} | ${million.toFixed(2)} | ${whole(month)} |`),
    `| ${gigabytes} GB stored twice: ${LIVES} days of notifications of ${BYTES} bytes | | ${whole(stored)} |`,
    `| together | | ${whole(sum)} |`,
  ].join("\n");
}

if (process.argv[1] === import.meta.filename) console.log(costs());
