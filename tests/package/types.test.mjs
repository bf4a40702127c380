// The declarations, compiled with an app as strictly as can be, for every host and every way to look modules up.

import { resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { install, run } from "./install.mjs";

const folder = await install("app.ts", "page.ts");

const installed = resolve(root, "node_modules");
const hosts = /** @type {Record<string, string[]>} */ ({
  "a page": ["--lib", "es2022,dom", "--typeRoots", "none"],
  Node: ["--lib", "es2022", "--typeRoots", `${installed}/@types`, "--types", "node"],
  "a Worker": ["--lib", "es2022", "--typeRoots", installed, "--types", "@cloudflare/workers-types"],
});
const lookUps = /** @type {Record<string, string[]>} */ ({
  nodenext: ["--module", "nodenext", "--moduleResolution", "nodenext"],
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
});
const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];

/**
 * @param {string} compiler
 * @param {string} host
 * @param {string} lookUp
 */
async function compiles(compiler, host, lookUp) {
  const options = [...strict, "--target", "es2022", ...hosts[host], ...lookUps[lookUp]];
  const files = host === "a page" ? ["app.ts", "page.ts"] : ["app.ts"];
  await run(compiler, [...options, ...files], { cwd: folder }).catch(({ stdout }) => {
    throw new Error(stdout);
  });
}

for (const host of Object.keys(hosts))
  for (const lookUp of Object.keys(lookUps))
    test(`${host}, ${lookUp}`, () => compiles(resolve(installed, ".bin/tsc"), host, lookUp));

// The one that attw brings.
const older = resolve(root, "tests/package/node_modules/.bin/tsc");
test("an older compiler", async () => {
  await compiles(older, "a page", "bundler");
  await compiles(older, "Node", "nodenext");
});
