// A deployment on Cloudflare: the Worker that wrangler.toml describes, under a name of its own for each ENV, and what
// wrangler knows of it.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { experimental_readRawConfig as readRawConfig } from "wrangler";

const root = resolve(fileURLToPath(import.meta.url), "../..");

/** Settings that `make deploy` takes from the environment, and deploys as vars. */
const VARS = ["ORIGIN", "JURISDICTION", "PUSH_CONTACT"];

/**
 * A KV namespace of the account.
 * @typedef {{ id: string, title: string }} Namespace
 */

/** A failure that one sentence explains. */
export class Refusal extends Error {}

/**
 * The configuration that is deployed: wrangler.toml, with what it has under `[env.{ENV}]` before the rest. Unlike wrangler's own
 * environments it has all bindings of the rest too.
 * @param {Record<string, string | undefined>} environment
 */
export function configuration({ ENV, ...environment }) {
  const {
    env = {},
    build: _,
    ...base
  } = /** @type {any} */ (readRawConfig({ config: resolve(root, "wrangler.toml") }).rawConfig);
  if (ENV && !/^[a-z0-9][a-z0-9-]{0,40}$/.test(ENV))
    throw new Refusal("ENV is a word of small letters, digits and hyphens");
  const own = (ENV && env[ENV]) || {};
  const given = VARS.flatMap((name) => (environment[name] ? [[name, environment[name]]] : []));
  const name = own.name ?? (ENV ? `${base.name}-${ENV}` : base.name);
  return {
    ...base,
    ...own,
    name,
    main: resolve(root, base.main),
    assets: { ...base.assets, directory: resolve(root, base.assets.directory) },
    vars: { ...base.vars, ...own.vars, ...Object.fromEntries(given) },
    // Two deployments of an account must not count together.
    ratelimits: ENV
      ? base.ratelimits.map((/** @type {any} */ limit) => ({
          ...limit,
          namespace_id: numberOf(`${name} ${limit.name}`),
        }))
      : base.ratelimits,
  };
}

/**
 * The name that a KV namespace of a deployment has in the account: as wrangler itself would name it.
 * @param {string} name the Worker's
 * @param {string} binding
 */
export function titleOf(name, binding) {
  return `${name}-${binding.toLowerCase().replaceAll("_", "-")}`;
}

/** @returns {Promise<Namespace[]>} */
export async function namespaces() {
  return JSON.parse(await wrangler(["kv", "namespace", "list"]));
}

/**
 * Writes a configuration where wrangler finds it.
 * @param {any} config
 */
export function written(config) {
  const folder = resolve(root, "target/deployments");
  mkdirSync(folder, { recursive: true });
  const path = resolve(folder, `${config.name}.json`);
  writeFileSync(path, JSON.stringify(config, null, 2));
  return path;
}

/**
 * Runs wrangler, and answers what it prints.
 * @param {string[]} args
 * @param {{ input?: string, shown?: boolean, environment?: Record<string, string> }} [options] `input`: what it reads, which no argument and no
 *   log has; `shown`: what it prints is for the person who looks on
 */
export async function wrangler(args, { input, shown = false, environment } = {}) {
  const child = spawn(process.execPath, [resolve(root, "node_modules/wrangler/bin/wrangler.js"), ...args], {
    cwd: root,
    stdio: [input === undefined ? "ignore" : "pipe", shown ? "inherit" : "pipe", shown ? "inherit" : "pipe"],
    // Less, and it wouldn't print what is asked for.
    env: { ...process.env, WRANGLER_LOG: "log", ...environment },
  });
  child.stdin?.end(input);
  const ended = new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  const [stdout, stderr, status] = await Promise.all([
    child.stdout ? text(child.stdout) : "",
    child.stderr ? text(child.stderr) : "",
    ended,
  ]);
  if (status !== 0)
    throw new Refusal(`wrangler ${args.slice(0, 2).join(" ")} failed${shown ? "" : `:\n${(stderr || stdout).trim()}`}`);
  return stdout;
}

/**
 * A number for the name of something that Cloudflare numbers.
 * @param {string} name
 */
function numberOf(name) {
  return String(2000 + (createHash("sha256").update(name).digest().readUInt32BE() >>> 1));
}
