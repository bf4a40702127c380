// The packed tarball, installed as an app installs it.

import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";
import { promisify } from "node:util";
import { root } from "../../scripts/local.mjs";

const here = resolve(root, "tests/package");
const { version } = JSON.parse(await readFile(resolve(root, "www/notifeed/package.json"), "utf8"));

/** The file that `make package` has packed. */
export const tarball = resolve(root, `dist/notifeed-${version}.tgz`);

/**
 * Runs a command, which must succeed.
 * @param {string} command in node_modules/.bin, here or at the root, or on PATH
 * @param {string[]} parameters
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
export async function run(command, parameters, { cwd = here, env = {} } = {}) {
  const path = [resolve(here, "node_modules/.bin"), resolve(root, "node_modules/.bin"), process.env.PATH].join(":");
  return promisify(execFile)(command, parameters, {
    cwd,
    env: { ...process.env, PATH: path, ...env },
  });
}

/**
 * An app that has the package installed, with the files of consumers/ that are named; it goes with the test file.
 * @param {string[]} files
 * @returns {Promise<string>} its folder
 */
export async function install(...files) {
  const folder = await mkdtemp(join(tmpdir(), "notifeed-app-"));
  after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  // The package depends on nothing: there is nothing to ask a registry for.
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--loglevel=error", tarball], { cwd: folder });
  for (const file of files) await cp(join(here, "consumers", file), join(folder, file), { recursive: true });
  return folder;
}
