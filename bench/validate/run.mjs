// `make bench`: notifeed's validator beside others, on the same texts, in one run. The timed work
// is checked first. Prints Markdown; README.md says what the numbers mean.
//
//   ROUNDS=100   how often each is measured

import assert from "node:assert/strict";
import { cpus, loadavg } from "node:os";
import { now } from "./clock.mjs";
import { contenders, load, weigh } from "./contenders.mjs";
import { documents, oddities, violations } from "./documents.mjs";
import { ask, median, measure } from "./measure.mjs";

const rounds = Number(process.env.ROUNDS ?? 100);
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const title = (/** @type {string} */ text) => console.log(`\n### ${text}\n`);
const row = (/** @type {unknown[]} */ ...cells) => console.log(`| ${cells.join(" | ")} |`);
const head = (/** @type {string[]} */ ...cells) => (row(...cells), row(...cells.map(() => "---")));

const loaded = await load();

console.log(`${new Date().toISOString().slice(0, 16)}Z, Node ${process.version} (V8 ${process.versions.v8}),`);
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")}, ${rounds} rounds`,
);

// --- Every validator must know the documents for what they are.
for (const [name, { text, valid, paths }] of Object.entries(documents)) {
  for (const peer of loaded) {
    assert.equal(peer.verdict(text), valid, `${peer.name} on ${name}`);
    assert.equal(peer.verdictOfObject(JSON.parse(text)), valid, `${peer.name} on ${name} as an object`);
    const found = peer.found(text);
    assert.equal(found === null, valid, `${peer.name} reports on ${name}`);
    if (paths && peer.name === "notifeed") assert.deepEqual(found, paths);
  }
}

title("Violations that are found");
head(
  "",
  "of the seven violations",
  `of ${size(violations)} bodies with one violation`,
  `of ${size(oddities)} odd notifications`,
);
for (const peer of loaded) {
  const found = new Set(peer.found(documents.invalid.text));
  const missed = names(violations, (text) => peer.verdict(text));
  const refused = names(oddities, (text) => !peer.verdict(text));
  if (peer.name === "notifeed") assert.deepEqual([missed, refused], [[], []]);
  row(
    peer.label,
    documents.invalid.paths.filter((path) => found.has(path)).length,
    `${size(violations) - missed.length} refused${missed.length > 0 ? `; accepts: ${missed.join(", ")}` : ""}`,
    `${size(oddities) - refused.length} accepted${refused.length > 0 ? `; refuses: ${refused.join(", ")}` : ""}`,
  );
}

// --- Size
title("Weight that a page loads");
head("", "verdict alone: minified", "gzip", "brotli", "all violations: minified", "gzip", "brotli");
for (const contender of contenders) {
  const { verdict, report } = await weigh(contender);
  row(
    contender.label,
    verdict.raw,
    verdict.gzip,
    `**${verdict.brotli}**`,
    report.raw,
    report.gzip,
    `**${report.brotli}**`,
  );
}

// --- Time
/**
 * The tasks: the input of each, the work on it, and the work of JavaScript itself that the times are compared to.
 * @type {Record<string, {
 *   input?: (text: string) => unknown,
 *   work: (peer: (typeof loaded)[number]) => (input: any) => unknown,
 *   plain: "JSON.parse" | "JSON.stringify", does: (input: any) => unknown
 * }>}
 */
const jobs = {
  "text → yes or no": { work: (peer) => peer.verdict, plain: "JSON.parse", does: (text) => JSON.parse(text) },
  "text → everything": { work: (peer) => peer.report, plain: "JSON.parse", does: (text) => JSON.parse(text) },
  "bytes → yes or no": {
    input: (text) => encoder.encode(text),
    work: (peer) => peer.verdictOfBytes ?? ((bytes) => peer.verdict(decoder.decode(bytes))),
    plain: "JSON.parse",
    does: (bytes) => JSON.parse(decoder.decode(bytes)),
  },
  "object → yes or no": {
    input: (text) => JSON.parse(text),
    work: (peer) => peer.verdictOfObject,
    plain: "JSON.stringify",
    does: (object) => JSON.stringify(object),
  },
};
for (const [job, { input = (text) => text, work, plain, does }] of Object.entries(jobs)) {
  const tasks = Object.entries(documents).flatMap(([name, { text }]) => [
    { document: name, name: plain, run: ask(does, input(text)) },
    ...loaded.map((peer) => ({ document: name, name: peer.name, run: ask(work(peer), input(text)) })),
  ]);
  const times = measure(tasks, rounds);
  title(`${job}, µs: median (least–most); × ${plain} of the same round`);
  head("", ...Object.entries(documents).map(([name, { text }]) => `${name}, ${encoder.encode(text).length} B`));
  for (const name of [plain, ...loaded.map((peer) => peer.name)]) {
    const cells = Object.keys(documents).map((document) => {
      const at = (/** @type {string} */ name) =>
        times[tasks.findIndex((task) => task.document === document && task.name === name)];
      const own = at(name);
      const without = at(plain);
      const ratio = median(own.map((time, round) => time / without[round]));
      return `${us(median(own))} (${us(Math.min(...own))}–${us(Math.max(...own))}) ×${ratio.toFixed(2)}`;
    });
    row(name === plain ? `${plain} alone` : loaded.find((peer) => peer.name === name)?.label, ...cells);
  }
}
console.log(
  `\nload at the end ${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")}`,
);

/** @param {object} list */
function size(list) {
  return Object.keys(list).length;
}

/**
 * @param {Record<string, string>} texts
 * @param {(text: string) => boolean} which
 */
function names(texts, which) {
  return Object.keys(texts).filter((name) => which(texts[name]));
}

/** @param {number} nanoseconds */
function us(nanoseconds) {
  return (nanoseconds / 1000).toPrecision(nanoseconds < 1000 ? 2 : 3);
}
