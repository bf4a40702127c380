// Checks that the rooms of each crate, and the folders of the npm package, import in one direction: no room needs,
// through others, one that needs it. Prints a sentence for each circle. Part of scripts/check.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const houses = ["src", "hub/src", "worker/src", "settings/src", "launcher/src", "browser"];
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => /\.(rs|ts)$/.test(file) && !/\.test\.ts$|\.d\.ts$|\/tests?[/.]/.test(file));

/** The room of a file below its house: a folder, or a file that is one. @param {string} path */
const roomOf = (path) => (path.split("/")[0] ?? "").replace(/\.rs$/, "");

/**
 * The imports of a file of Rust, as rooms of its crate. Its tests may import whatever they test.
 * @param {string} text
 */
function roomsInRust(text) {
  const code = text.replace(/#\[cfg\(test\)\]\nmod tests \{[^]*/, "").replace(/^\s*\/\/.*$/gm, "");
  const groups = [...code.matchAll(/\bcrate::\{([^;]*)\};/g)].flatMap(([, group]) =>
    group.replace(/\{[^{}]*\}/g, "").split(","),
  );
  const named = [...code.matchAll(/\bcrate::(\w+)/g)].map(([, room]) => room);
  return [...named, ...groups.map((path) => path.trim().split("::")[0] ?? "")];
}

/**
 * The imports of a file of TypeScript, as folders of the package. A type leaves nothing in the built file, but
 * who reads the file follows it all the same.
 * @param {string} path
 * @param {string} text
 */
const roomsInTypeScript = (path, text) =>
  [...text.matchAll(/(?:\bfrom |\bimport\()"(\.[^"]+)"/g)].map(([, target]) =>
    roomOf(normalize(join(dirname(path), target))),
  );

let faults = 0;
for (const house of houses) {
  /** The rooms that a room imports, each with a file that does. @type {Map<string, Map<string, string>>} */
  const arrows = new Map();
  for (const file of files) {
    const path = file.slice(house.length + 1);
    if (!file.startsWith(`${house}/`) || /^(lib|main|manual)\.rs$/.test(path)) continue;
    const room = roomOf(path);
    const text = readFileSync(file, "utf8");
    if (!arrows.has(room)) arrows.set(room, new Map());
    for (const target of file.endsWith(".rs") ? roomsInRust(text) : roomsInTypeScript(path, text))
      if (target !== room) arrows.get(room)?.set(target, file);
  }
  // Rooms that import nothing which remains are below all others; what remains in the end stands in circles.
  for (let below; ;) {
    below = [...arrows].filter(([, targets]) => ![...targets.keys()].some((target) => arrows.has(target)));
    if (below.length === 0) break;
    for (const [room] of below) arrows.delete(room);
  }
  for (const [room, targets] of arrows)
    for (const [target, file] of targets)
      if (arrows.has(target) && leads(arrows, target, room)) {
        console.error(`notifeed: ${house}: ${file} imports ${target}, which leads back to ${room}`);
        faults += 1;
      }
}
process.exitCode = faults > 0 ? 1 : 0;

/**
 * Whether one room needs another, directly or through others.
 * @param {Map<string, Map<string, string>>} arrows
 * @param {string} from
 * @param {string} to
 */
function leads(arrows, from, to) {
  const seen = new Set([from]);
  for (const room of seen) for (const target of arrows.get(room)?.keys() ?? []) seen.add(target);
  return seen.has(to);
}
