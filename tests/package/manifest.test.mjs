// Whether the tarball is what npm, bundlers and compilers expect.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { install, run, tarball } from "./install.mjs";

test("publint has nothing to say", async () => {
  const { stdout } = await run("publint", [tarball, "--strict"]);
  assert.match(stdout, /All good!/);
});

// esm-only: `require` is left to Node, which can, as there is no top-level await. A second copy for CommonJS would double
// the package, and be a second validator, which the app's `init` hasn't loaded.
test("the types are right wherever they are looked up", async () => {
  await run("attw", [tarball, "--profile=esm-only", "--quiet"]);
});

test("npm would publish it as it is", async () => {
  const cwd = join(await install(), "node_modules/notifeed");
  const { stdout, stderr } = await run("npm", ["publish", "--dry-run", "--json", "--offline"], { cwd });
  const warnings = stderr.match(/^npm (warn publish|error).*$/gm) ?? [];
  assert.deepEqual(
    warnings.filter((line) => !line.includes("logged in")),
    [],
  );
  const [{ files, size }] = Object.values(JSON.parse(stdout));
  assert.ok(size < 180_000, `${size} bytes`);
  const names = files.map((/** @type {{ path: string }} */ { path }) => path);
  for (const name of ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", "notifeed_bg.wasm"])
    assert.ok(names.includes(name), name);
  // A single wasm; no sources, no tests.
  assert.deepEqual(
    names.filter((/** @type {string} */ name) => /\.wasm$|\.test\.|(?<!\.d)\.ts$/.test(name)),
    ["notifeed_bg.wasm"],
  );
});

test("whatever names the tarball names this version's", async () => {
  for (const file of ["README.md", "examples/approve/package.json", "examples/mcp/package.json"]) {
    const named = (await readFile(join(root, file), "utf8")).match(/notifeed-\d+\.\d+\.\d+\.tgz/g);
    assert.deepEqual(new Set(named), new Set([basename(tarball)]), file);
  }
});

test("what is imported and not used costs nothing", async () => {
  const cwd = await install();
  for (const name of [
    "notifeed",
    "notifeed/inline",
    "notifeed/live",
    "notifeed/inbox",
    "notifeed/labels/de",
    "notifeed/toast",
    "notifeed/push",
    "notifeed/push-worker",
    "notifeed/svelte",
    "notifeed/send",
    "notifeed/schema",
    "notifeed/protocol",
  ]) {
    await writeFile(join(cwd, "app.js"), `import * as all from "${name}";\n`);
    const { stdout } = await run("esbuild", ["app.js", "--bundle", "--minify", "--format=esm"], { cwd });
    assert.equal(stdout.trim(), "", name);
  }
});
