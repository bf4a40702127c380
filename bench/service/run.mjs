// `make bench WHAT=service`: the service, its floors and its peers, measured in turn in one run.
// README.md of bench/ says what is measured and how to read it.
//
//   FULL=1           longer measurements, more rounds, all contenders everywhere
//   ROUNDS=3         how often each is measured
//   ONLY=post,page   only these groups of rows; `bill` is one
//   CONTENDERS=us    only these, and the floor

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { aimsOf } from "./aims.mjs";
import { Arena } from "./arena.mjs";
import { bill, prices, rowsOf } from "./bill.mjs";
import { contenders } from "./contenders.mjs";
import { measure } from "./measure.mjs";
import { fan, frame, resume, storm } from "./rows/frames.mjs";
import { keys, many, posts, single } from "./rows/posts.mjs";
import { memory, start } from "./rows/process.mjs";
import { page, size } from "./rows/reads.mjs";
import { cell, markdown, shortCell, text } from "./table.mjs";
import { root, workerdVersion } from "./workerd.mjs";

/** @type {import("./measure.mjs").Group[]} */
const groups = [posts, single, keys, many, frame, fan, storm, resume, page, size, start, memory];

const { env } = process;
if (!existsSync("/proc/self/schedstat")) giveUp("what a process takes is read from Linux's /proc, which isn't there");
const full = Boolean(env.FULL);
/** The bill has no contenders and no rounds. */
const theBill = { name: "bill" };
const parts = chosenBy(env.ONLY, [...groups, theBill], "ONLY");
const chosen = groups.filter((group) => parts.includes(group) && (full || !group.onlyFull || env.ONLY));
const running = chosenBy(env.CONTENDERS && `floor,${env.CONTENDERS}`, contenders, "CONTENDERS");
const rounds = Number(env.ROUNDS || (full ? 7 : 3));
if (!Number.isInteger(rounds) || rounds < 1) giveUp(`ROUNDS must be a whole number from 1 on, not ${env.ROUNDS}`);

/**
 * @template {{ name: string }} T
 * @param {string | undefined} names
 * @param {T[]} all
 * @param {string} setting
 * @returns {T[]}
 */
function chosenBy(names, all, setting) {
  if (!names) return all;
  const wanted = names.split(",");
  const unknown = wanted.find((name) => !all.some((one) => one.name === name));
  if (unknown) giveUp(`${setting} knows ${all.map(({ name }) => name).join(", ")}, not “${unknown}”`);
  return all.filter(({ name }) => wanted.includes(name));
}

/**
 * @param {string} message
 * @returns {never}
 */
function giveUp(message) {
  console.error(`notifeed: ${message}`);
  process.exit(1);
}

const load = () =>
  loadavg()
    .map((load) => load.toFixed(1))
    .join(" ");
const settings = ["FULL", "ROUNDS", "ONLY", "CONTENDERS"].filter((name) => env[name]);
const command = ["make bench WHAT=service", ...settings.map((name) => `${name}=${env[name]}`)].join(" ");
const about =
  `\`${command}\`, ${new Date().toISOString().slice(0, 16)}Z, workerd ${workerdVersion}, Node ${process.version}, ` +
  `${cpus().length} × ${cpus()[0]?.model.trim()}, load ${load()}`;

/** @type {import("./measure.mjs").Results} */
const results = {};
/** @type {string[]} */
const missing = [];
const began = performance.now();
const arena = await Arena.open({ full });
try {
  for (const group of chosen) {
    const started = performance.now();
    const found = await measure(arena, group, running, rounds);
    Object.assign(results, found.results);
    missing.push(...found.missing);
    console.error(`notifeed: ${group.title} (${Math.round((performance.now() - started) / 1000)} s)`);
  }
} finally {
  await arena.close();
}

/** @type {Record<string, import("./bill.mjs").Bill> | undefined} */
const charged = parts.includes(theBill) ? await bill() : undefined;

/** @type {{ title: string, rows: import("./table.mjs").Rows }[]} */
const tables = [];
if (chosen.length > 0) {
  const rows = [["", ...running.map(({ label }) => label)]];
  for (const { title, metrics } of chosen) {
    rows.push([`**${title}**`, ...running.map(() => "")]);
    for (const [metric, { title }] of Object.entries(metrics)) {
      const of = results[metric] ?? {};
      rows.push([title, ...running.map(({ name }) => cell(of[name], of.floor))]);
    }
  }
  tables.push({ title: "Side by side: median (least–most) ×floor of the same round", rows });
}
const inShort = shortRows();
if (inShort.length > 1) tables.push({ title: "In short: median (×floor)", rows: inShort });
const aims = aimsOf(results);
if (aims.length > 0) tables.push({ title: "Aims", rows: [["", "here", "aim", ""], ...aims] });
if (charged) tables.push({ title: `The bill, by prices of ${prices.date}`, rows: rowsOf(charged) });

/** The rows that the README shows. @returns {import("./table.mjs").Rows} */
function shortRows() {
  const titles = {
    "post/rate": "POST → 201, requests a second",
    "post/cpu": "CPU per POST, µs",
    "single/p50": "POST → 201, one at a time, p50, ms",
    "frame/p50": "POST → frame on a device, p50, ms",
    "fan/1000/last": "the last of 1 000 devices, p50, ms",
    "page/cpu": "a list page of 20, CPU, µs",
    "start/first": "process start to the first 201, ms",
  };
  const columns = running.filter(({ name }) => name !== "storage-rpc");
  const measured = Object.entries(titles).filter(([metric]) => results[metric]);
  return [
    ["", ...columns.map(({ label }) => label.replace(", fetch", ""))],
    ...measured.map(([metric, title]) => [
      title,
      ...columns.map(({ name }) => shortCell(results[metric][name], results[metric].floor)),
    ]),
  ];
}

const minutes = ((performance.now() - began) / 60_000).toFixed(1);
/** @param {typeof markdown} table */
const written = (table) =>
  [
    about,
    ...tables.map(({ title, rows }) => `### ${title}\n\n${table(rows)}`),
    ...missing.map((sentence) => `- not measured: ${sentence}`),
    `${minutes} min, load at the end ${load()}`,
  ].join("\n\n");

const out = resolve(root, "target/bench");
mkdirSync(out, { recursive: true });
writeFileSync(resolve(out, "service.md"), `${written(markdown)}\n`);
const all = { about, results, missing, bill: charged };
writeFileSync(resolve(out, "service.json"), `${JSON.stringify(all, null, 1)}\n`);
console.log(`\n${written(text).replaceAll("`", "").replaceAll("### ", "")}`);
console.error("notifeed: as Markdown in target/bench/service.md, with all numbers in target/bench/service.json");
process.exit(0);
