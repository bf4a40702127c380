// Keeps the Worker of a release, built as it is deployed, for the tests of the next one
// (tests/blackbox/releases.test.mjs). It replaces the one that was kept before.
//
//   node scripts/keep-release.mjs COMMIT

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const clone = resolve(root, "target/release-to-keep");
const kept = resolve(root, "tests/releases");

const [name = ""] = process.argv.slice(2);
const git = (/** @type {string[]} */ ...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
const commit = git("rev-parse", "--verify", `${name}^{commit}`);

rmSync(clone, { recursive: true, force: true });
mkdirSync(dirname(clone), { recursive: true });
git("worktree", "prune");
git("worktree", "add", "--detach", clone, commit);
try {
  const env = { ...process.env, NOTIFEED_PROFILE: "release" };
  for (const [script, part] of [
    ["scripts/setup", "build"],
    ["scripts/build", "worker"],
  ])
    execFileSync(resolve(clone, script), [part], { cwd: clone, env, stdio: "inherit" });
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept);
  for (const file of ["index.js", "bindings_bg.wasm"]) {
    const content = readFileSync(resolve(clone, "worker/build", file));
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length, [constants.BROTLI_PARAM_LGWIN]: 24 };
    writeFileSync(resolve(kept, `${file}.br`), brotliCompressSync(content, { params }));
  }
  writeFileSync(resolve(kept, "release.json"), `${JSON.stringify({ commit })}\n`);
} finally {
  git("worktree", "remove", "--force", clone);
}
