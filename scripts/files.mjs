// The index of source files, docs/files.md: each with the first sentence of its own comment. Fails where it is stale;
// UPDATE=1 writes it.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

/** The rooms in the order of the index. */
const ROOMS = [
  "src",
  "hub/src",
  "settings/src",
  "worker/src",
  "worker/runtime",
  "worker/selfhost",
  "launcher/src",
  "browser/src",
  "browser/validator",
  "browser/client",
  "browser/inbox",
  "browser/toast",
  "browser/bindings",
  "browser/push",
  "browser/push-worker",
  "browser/sender",
  "www",
  "scripts",
];
const INDEX = "docs/files.md";
const SOURCE = /\.(rs|m?js|tsx?)$|^scripts\//;
const TEST = /(^|[/._-])tests?[/.]|\/testing\//;

const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...ROOMS], {
  encoding: "utf8",
});
const files = tracked.split("\n").filter((file) => SOURCE.test(file) && !TEST.test(file));

/** The first sentence of a file's comment, in one line. @param {string} file */
function sentenceOf(file) {
  const lines = readFileSync(file, "utf8").split("\n");
  if (lines[0]?.startsWith("#!")) lines.shift();
  const first = lines.findIndex((line) => /^(\/\/|#)/.test(line));
  const comment = lines.slice(first).map((line) => /^(?:\/\/[!/]?|#) ?(.*)$/.exec(line)?.[1]);
  const end = comment.findIndex((line) => !line?.trim());
  const text = comment.slice(0, end < 0 ? undefined : end).join(" ");
  const [sentence] = /^.*?\.(?= [A-Z`]|$)/.exec(text) ?? [text];
  const plain = sentence
    .replaceAll(/\[(`[^`]+`)\](\([^)]*\))?/g, "$1")
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replaceAll("|", "\\|");
  if (first !== 0 || !plain) {
    console.error(`notifeed: ${file} doesn't begin with a comment that says its purpose`);
    process.exitCode = 1;
  }
  return plain.replace(/\.$/, "");
}

const rooms = ROOMS.map((room) => {
  const own = files.filter((file) => file.startsWith(`${room}/`));
  const rows = own.map((file) => `| [${file.slice(room.length + 1)}](../${file}) | ${sentenceOf(file)} |\n`);
  return rows.length > 0 ? `## ${room}/\n\n| file | |\n|---|---|\n${rows.join("")}` : "";
});
const text = `# Every source file

Each file with the first sentence of its own comment; tests stand beside them. [Where something is](architecture.md#where-something-is) goes
the other way, from the thing to its file. Written by \`UPDATE=1 node scripts/files.mjs\`.

${rooms.filter(Boolean).join("\n")}`;

if (process.env.UPDATE) writeFileSync(INDEX, text);
else if (readFileSync(INDEX, "utf8") !== text) {
  console.error(`notifeed: ${INDEX} is stale: UPDATE=1 node scripts/files.mjs`);
  process.exitCode = 1;
}
