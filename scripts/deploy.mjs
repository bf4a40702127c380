// `make deploy`: brings the Worker to Cloudflare, from an empty account on. Makes what isn't there yet, KV namespaces
// and secrets; a second time it makes nothing (docs/deploy.md).

import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { configuration, namespaces, Refusal, titleOf, wrangler, written } from "./deployment.mjs";
import { vapidKeyPair } from "./development.mjs";
import { startLocal } from "./local.mjs";

/** `DRY_RUN`: nothing is changed. `PERCENT`: of the users who get the new version at once. */
const { DRY_RUN, PERCENT } = process.env;

try {
  await deploy();
} catch (fault) {
  if (!(fault instanceof Refusal)) throw fault;
  console.error(`notifeed: ${fault.message}`);
  process.exitCode = 1;
}

async function deploy() {
  const config = configuration(process.env);
  if (config.vars.DEVELOPMENT_TOKEN_SECRET)
    throw new Refusal("DEVELOPMENT_TOKEN_SECRET is for development only: remove it from wrangler.toml");
  if (PERCENT && !/^([1-9]?[0-9]|100)$/.test(PERCENT)) throw new Refusal("PERCENT is a whole number from 0 to 100");

  const known = await secretsOf(config.name);
  if (PERCENT && known.length === 0)
    throw new Refusal("PERCENT needs a version that serves already: deploy without it first");
  if (config.vars.JURISDICTION && known.length > 0) await keepJurisdiction(config);
  if (known.includes("DEVELOPMENT_TOKEN_SECRET"))
    throw new Refusal(
      `DEVELOPMENT_TOKEN_SECRET is for development only: npx wrangler secret delete DEVELOPMENT_TOKEN_SECRET --name ${config.name}`,
    );
  const secrets = await missingSecrets(config.vars, known);
  await check({ ...config.vars, ...secrets });

  config.kv_namespaces = await withNamespaces(config);
  const path = written(config);
  if (DRY_RUN) {
    for (const name of Object.keys(secrets)) say(`would set the secret ${name}`);
    await wrangler(["deploy", "--dry-run", "--config", path], { shown: true });
    return;
  }
  if (Object.keys(secrets).length > 0) {
    await wrangler(["secret", "bulk", "--config", path], { input: JSON.stringify(secrets) });
    say(`secrets set: ${Object.keys(secrets).join(", ")}`);
  }
  if (!PERCENT) await wrangler(["deploy", "--config", path], { shown: true });
  else await deployTo(Number(PERCENT), config.name, path);
}

/**
 * Has the new version take over a part of the requests and feeds, next to the one that serves most of them now.
 * @param {number} percent
 * @param {string} name
 * @param {string} path of the configuration
 */
async function deployTo(percent, name, path) {
  const [old] = await deployedVersions(name);
  const output = `${path}.output`;
  await rm(output, { force: true });
  await wrangler(["versions", "upload", "--config", path], {
    shown: true,
    environment: { WRANGLER_OUTPUT_FILE_PATH: output },
  });
  const lines = (await readFile(output, "utf8")).trim().split("\n");
  const { version_id: id } = lines.map((line) => JSON.parse(line)).find(({ type }) => type === "version-upload");
  const split = (/** @type {number} */ part) => [`${id}@${part}%`, `${old.version_id}@${100 - part}%`];
  await wrangler(["versions", "deploy", ...split(percent), "--name", name, "--yes"], { shown: true });
  say(`the rest follows by: npx wrangler versions deploy ${id}@100% --name ${name} --yes`);
  say(`back goes: npx wrangler rollback ${old.version_id} --name ${name} --yes`);
}

/**
 * The names of the secrets that the Worker has.
 * @param {string} name
 * @returns {Promise<string[]>}
 */
async function secretsOf(name) {
  try {
    return JSON.parse(await wrangler(["secret", "list", "--format", "json", "--name", name])).map(
      ({ name = "" }) => name,
    );
  } catch (fault) {
    // Only a Worker that isn't there has none for certain: a key that is there must never be replaced.
    if (fault instanceof Refusal && fault.message.includes(`Worker "${name}" not found`)) return [];
    throw fault;
  }
}

/**
 * Feeds live where they were made: under another jurisdiction each of them would be another one, an empty one.
 * @param {any} config
 */
async function keepJurisdiction({ name, vars }) {
  const [version] = await deployedVersions(name).catch((fault) => {
    if (fault instanceof Refusal && fault.message.includes("has no deployments")) return [];
    throw fault;
  });
  if (!version) return;
  const { resources } = JSON.parse(await wrangler(["versions", "view", version.version_id, "--json", "--name", name]));
  const bindings = /** @type {{ name: string, text?: string }[]} */ (resources.bindings);
  // A Worker that has secrets only, because its first deployment failed, has no feeds.
  if (!bindings?.some((binding) => binding.name === "HUB")) return;
  const deployed = bindings.find((binding) => binding.name === "JURISDICTION")?.text;
  if (vars.JURISDICTION !== deployed)
    throw new Refusal(
      `JURISDICTION can't be changed, it is ${deployed ?? "none"}: every feed would be empty. Deploy another one, with ENV=`,
    );
}

/**
 * The versions that serve now, the one that serves most of all first.
 * @param {string} name
 * @returns {Promise<{ version_id: string, percentage: number }[]>}
 */
async function deployedVersions(name) {
  const { versions } = JSON.parse(await wrangler(["deployments", "status", "--json", "--name", name]));
  return versions.sort((/** @type {any} */ a, /** @type {any} */ b) => b.percentage - a.percentage);
}

/**
 * The secrets that are still to be set: those that are given, and those that are missing, made at random.
 * @param {Record<string, string>} vars
 * @param {string[]} known
 */
async function missingSecrets(vars, known) {
  /** @type {Record<string, string>} */
  const secrets = {};
  if (!known.includes("UNS_KEYS")) secrets.UNS_KEYS = JSON.stringify({ 1: randomBytes(32).toString("base64url") });
  const issuers = process.env.ISSUERS || (known.includes("ISSUERS") || vars.ISSUERS ? "" : await askForIssuers());
  if (issuers) secrets.ISSUERS = issuers;
  if (vars.PUSH_CONTACT && !known.includes("VAPID_KEYS")) secrets.VAPID_KEYS = JSON.stringify({ 1: vapidKeyPair() });
  return secrets;
}

/** Asks the person at the terminal whose tokens count. */
async function askForIssuers() {
  if (!process.stdin.isTTY) throw new Refusal("whose tokens count? Give ISSUERS, see docs/credentials.md");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  say("whose tokens count? docs/credentials.md has the entries of Entra ID, Auth0 and Keycloak.");
  const issuer = await terminal.question("  issuer, exactly as `iss` has it in the tokens: ");
  const audience = await terminal.question("  audience, the `aud` that means this service: ");
  const jwksUrl = await terminal.question("  URL of the issuer's keys: ");
  terminal.close();
  return JSON.stringify([{ issuer, audience, jwksUrl }]);
}

/**
 * Has the Worker itself read the settings, here: what it would refuse there is refused before anything is changed.
 * @param {Record<string, string>} vars
 */
async function check(vars) {
  /** @type {string[]} */
  const log = [];
  // A key that is there already stands here as any key.
  const key = JSON.stringify({ 1: randomBytes(32).toString("base64url") });
  // The double of a namespace knows no jurisdictions.
  const worker = await startLocal({
    vars: {
      UNS_KEYS: key,
      ...vars,
      DEVELOPMENT_TOKEN_SECRET: "",
      JURISDICTION: "",
      LOG_REQUESTS: vars.LOG_REQUESTS ?? "",
    },
    log: (line) => void log.push(line),
  });
  try {
    const { status } = await fetch(`${worker.url}/beta/me/notifications`, {
      headers: { Authorization: "Bearer nobody's" },
    });
    if (status !== 401) throw new Refusal(`a setting is wrong:\n${log.join("\n")}`);
  } finally {
    await worker.stop();
  }
}

/**
 * The configuration's KV namespaces with their ids; makes those that aren't there.
 * @param {any} config
 */
async function withNamespaces({ name, kv_namespaces, vars: { JURISDICTION } }) {
  const where = JURISDICTION ? ["--jurisdiction", JURISDICTION] : [];
  let known = await namespaces();
  const bindings = [];
  for (const { id, binding, ...rest } of kv_namespaces) {
    const title = titleOf(name, binding);
    const find = () => id ?? known.find((namespace) => namespace.title === title)?.id;
    if (!find() && DRY_RUN) {
      say(`would make the KV namespace ${title}`);
    } else if (!find()) {
      await wrangler(["kv", "namespace", "create", title, ...where]);
      known = await namespaces();
      if (!find()) throw new Refusal(`the KV namespace ${title} was made, but isn't listed`);
      say(`KV namespace made: ${title}`);
    }
    bindings.push({ ...rest, binding, id: find() });
  }
  return bindings;
}

/** @param {string} sentence */
function say(sentence) {
  console.log(`notifeed: ${sentence}`);
}
