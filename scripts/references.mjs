// Checks that what documents and comments refer to is there, and that docs/architecture.md draws the imports that there
// are, and how sentences begin. Prints a sentence for each fault. Part of scripts/check.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" })
  .split("\n")
  .filter(Boolean);
const folders = new Set(files.flatMap((file) => parents(file)));
const documents = files.filter((file) => file.endsWith(".md"));
const sources = files.filter(
  (file) => /\.(rs|mjs|js|ts|md|toml|sh)$/.test(file) && !/^(fuzz\/corpus|browser\/generated)\//.test(file),
);

/** @type {string[]} */
const faults = [];
/** @type {Map<string, string>} */
const texts = new Map();

/** @param {string} file */
function read(file) {
  let text = texts.get(file);
  if (text === undefined) texts.set(file, (text = readFileSync(file, "utf8")));
  return text;
}

/** The folders above a file. @param {string} file */
function parents(file) {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** The text without blocks and spans of code. @param {string} text */
const prose = (text) => text.replace(/^```[^]*?^```/gm, "").replace(/`[^`\n]*`/g, "``");

/** The anchors of a document's headings, and of `<a id="…">`. @param {string} file */
function anchorsOf(file) {
  const text = read(file).replace(/^```[^]*?^```/gm, "");
  const headings = [...text.matchAll(/^#+ +(.+)$/gm)].map(([, heading]) =>
    heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-"),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id)]);
}

// --- Links between documents, and from them to files

for (const file of documents) {
  const text = prose(read(file));
  const links = [
    ...text.matchAll(/\]\(([^)\s]+)\)/g),
    ...text.matchAll(/^\[[^\]]+\]: +(\S+)$/gm),
    ...text.matchAll(/src(?:set)?="([^"]+)"/g),
  ];
  for (const [, link] of links) {
    const own = link.replace(/^https:\/\/github\.com\/notifeed\/notifeed\/blob\/main\//, "/");
    if (/^[a-z]+:/.test(own)) continue;
    const [path, anchor] = own.split("#");
    const target =
      path === ""
        ? file
        : normalize(path.startsWith("/") ? path.slice(1) : join(dirname(file), path)).replace(/\/$/, "");
    if (!files.includes(target) && !folders.has(target))
      faults.push(`${file}: there is no ${target}, to which it links`);
    else if (anchor && target.endsWith(".md") && !anchorsOf(target).has(anchor))
      faults.push(`${file}: ${target} has no heading #${anchor}, to which it links`);
  }
}

// --- Plain English (CONTRIBUTING.md): how a sentence doesn't begin

for (const file of documents) {
  if (file.startsWith("tests/vectors/json/")) continue;
  const text = read(file).replace(/^```[^]*?^```/gm, (block) => block.replace(/[^\n]/g, ""));
  for (const { 1: word, index } of text.matchAll(/(?:^|[.!?:]\s|\| |\*\*|[-*#] )(What|Who|One|Of)\b/gm))
    faults.push(`${file}:${text.slice(0, index).split("\n").length}: a sentence begins with “${word}”`);
}

/** Languages whose comments are prose of this house: a line of a comment, its mark and its text. */
const COMMENT = /^\s*(?:\/\/[/!]?|\/\*\*|\*) +(.*)$/;

/** The words with which no comment begins, and no further sentence of one. */
const FIRST = /^(What|Who|Whose|Whom|Where|One|Of|Whatever|Whoever|Whichever|It|This|That|Those|These|They)\b/;
const NEXT = /^(What|Who|One|Of)\b/;

for (const file of sources.filter((source) => /\.(rs|ts|mjs|js)$/.test(source))) {
  let before = "";
  for (const [index, line] of read(file).split("\n").entries()) {
    const [, text = ""] = COMMENT.exec(line) ?? [];
    const [, word] =
      (!before && FIRST.exec(text)) ||
      (/[.:!?]$/.test(before) && NEXT.exec(text)) ||
      /[.:!?]\s(What|Who|One|Of)\b/.exec(text) ||
      [];
    if (word) faults.push(`${file}:${index + 1}: a comment's sentence begins with “${word}”`);
    before = line.trimEnd().endsWith("*/") ? "" : text;
  }
}

// --- References in comments: sections of the contract, names in documents, decisions

const contract = read("docs/contract.md");
/** The text of each section of the contract, by its number. @type {Map<string, string>} */
const sections = new Map();
for (const [, number, body] of contract.matchAll(/^#{2,3} (\d(?:\.\d)?)\.? ([^]*?)(?=^## |^### \d|$(?![^]))/gm))
  sections.set(number, body);
const decisions = new Map(
  [...contract.matchAll(/^\| <a id="d(\d+)"><\/a>D\1 \|.*\| (.+) \|$/gm)].map(([, number, place]) => [number, place]),
);

for (const file of sources) {
  // Comments that go over several lines, as one.
  const text = read(file).replace(/\n[ \t]*(?:\/\/[/!]?|\*|#)[ \t]*/g, " ");
  for (const [, number, name] of text.matchAll(/CONTRACT §(\d(?:\.\d)?)(?:, "([^"]+)")?/g)) {
    const section = sections.get(number);
    if (section === undefined) faults.push(`${file}: the contract has no §${number}`);
    else if (name && !section.includes(name))
      faults.push(`${file}: §${number} of the contract has nothing of the name “${name}”`);
  }
  for (const [, name] of text.matchAll(/ARCHITECTURE "([^"(]+)"/g))
    if (!read("docs/architecture.md").includes(name))
      faults.push(`${file}: docs/architecture.md has nothing of the name “${name}”`);
  for (const [, document, name] of text.matchAll(/(?<![\w/.-])(docs\/[\w./-]+\.md)(?:,? "([^"]+)")?/g)) {
    if (!files.includes(document)) faults.push(`${file}: there is no ${document}, which it names`);
    else if (name && !read(document).includes(name))
      faults.push(`${file}: ${document} has nothing of the name “${name}”`);
  }
  for (const [, number] of text.matchAll(/\(\[?D(\d+)\b/g))
    if (!decisions.has(number)) faults.push(`${file}: the contract has no decision D${number}`);
  if (file !== "scripts/references.mjs" && /\(D\)/.test(text))
    faults.push(`${file}: a decision is named by its number, as in (D9)`);
}

for (const [number, place] of decisions) {
  if (!contract.includes(`([D${number}](#d${number})`) && !contract.includes(`, [D${number}](#d${number})`))
    faults.push(`docs/contract.md: no rule refers to the decision D${number}`);
  const [, path] = /\]\(\.\.\/([^)]+)\)/.exec(place) ?? [];
  if (path && files.includes(path) && !read(path).includes(`(D${number})`))
    faults.push(`docs/contract.md says that D${number} is in ${path}, which has no comment with (D${number})`);
}

const state = contract.slice(contract.indexOf("## Built so far"), contract.indexOf("## 1."));
for (const number of sections.keys())
  if (number !== "6" && !state.includes(`| §${number} |`))
    faults.push(`docs/contract.md: “Built so far” says nothing of §${number}`);

// --- The drawing of the rooms

/** The rooms of the drawing, by their folder. @type {Record<string, string>} */
const rooms = {
  "browser/bindings/": "bindings",
  "browser/client/": "client",
  "browser/generated/": "generated",
  "browser/glue/": "face",
  "browser/inbox/": "inbox",
  "browser/labels/": "labels",
  "browser/push/": "push",
  "browser/push-worker/": "pushed",
  "browser/sender/": "sender",
  "browser/src/": "face",
  "browser/toast/": "toast",
  "browser/validator/": "validator",
  "hub/src/": "hub",
  "launcher/src/": "launcher",
  "schema/": "schema",
  "settings/src/": "settings",
  "src/": "contract",
  "worker/build/": "worker",
  "worker/runtime/": "runtime",
  "worker/selfhost/": "selfhost",
  "worker/src/": "worker",
  "www/": "www",
};
/** The rooms of crates, and of what the npm package exports to the console. @type {Record<string, string>} */
const roomsByName = {
  notifeed: "contract",
  notifeed_hub: "hub",
  notifeed_settings: "settings",
  "www/notifeed/inbox.js": "inbox",
  "www/notifeed/index.js": "validator",
  "www/notifeed/live.js": "client",
  "www/notifeed/push-worker.js": "pushed",
  "www/notifeed/push.js": "push",
  "www/notifeed/send.js": "sender",
};

/** The room of a file. @param {string} file */
const roomOf = (file) => roomsByName[file] ?? Object.entries(rooms).find(([folder]) => file.startsWith(folder))?.[1];

/** The file that each arrow comes from. @type {Map<string, string>} */
const imports = new Map();

for (const file of files) {
  const room = roomOf(file);
  if (!room && /^browser\/(?!tests)[^/]+\/.*\.tsx?$/.test(file))
    faults.push(`docs/architecture.md draws no room for ${file}`);
  if (!room || /\.test\.ts$|\/tests?[/.]|\.d\.ts$/.test(file)) continue;
  const text = codeOf(file);
  const targets = [
    ...[...text.matchAll(/\b(notifeed(?:_hub|_settings)?)::/g)].map(([, crate]) => roomsByName[crate]),
    ...[...text.matchAll(/(?:\bfrom |\bimport\(|\bimport |raw_module = )"(\.[^"]+)"/g)].map(([, path]) =>
      // Imports of wasm are beside the build, not beside the source.
      roomOf(normalize(join(file.endsWith(".rs") ? "worker/build" : dirname(file), path))),
    ),
  ];
  for (const target of targets) if (target && target !== room) imports.set(`${room} --> ${target}`, file);
}

/** @param {string} file */
function codeOf(file) {
  return /\.(rs|ts|js|mjs)$/.test(file) ? read(file) : "";
}

const manifests = {
  "browser/Cargo.toml": "face",
  "hub/Cargo.toml": "hub",
  "launcher/Cargo.toml": "launcher",
  "settings/Cargo.toml": "settings",
  "worker/Cargo.toml": "worker",
};
for (const [manifest, room] of Object.entries(manifests)) {
  const [, dependencies = ""] = /^\[dependencies\]\n([^]*?)(?=^\[|$(?![^]))/m.exec(read(manifest)) ?? [];
  for (const [, crate] of dependencies.matchAll(/^(notifeed(?:-hub|-settings)?) =/gm))
    imports.set(`${room} --> ${roomsByName[crate.replace("-", "_")]}`, manifest);
}

const drawn = new Set(
  [...(/```mermaid\n([^]*?)```/.exec(read("docs/architecture.md")) ?? ["", ""])[1].matchAll(/^ +(\w+ --> \w+)$/gm)].map(
    ([, arrow]) => arrow,
  ),
);
for (const [arrow, file] of imports)
  if (!drawn.has(arrow)) faults.push(`docs/architecture.md doesn't draw ${arrow}, which ${file} imports`);
for (const arrow of drawn)
  if (!imports.has(arrow)) faults.push(`docs/architecture.md draws ${arrow}, which nothing imports`);

for (const fault of faults) console.error(`notifeed: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
