// `make app`: who may use a deployment. An app is registered with its hosts in the KV namespace
// REGISTRY; the Worker looks there at most a minute late (docs/credentials.md).
//
//   make app                                        what this is about, and every app
//   make app add=ID issuer=ISS hosts=a.com,b.com    registers; again: sets the hosts anew
//   make app show=ID issuer=ISS
//   make app block=ID issuer=ISS                    every call of the app is 403 CallerBlocked
//   make app unblock=ID issuer=ISS
//
// For the deployment of that ENV (docs/deploy.md); with LOCAL=1 for that of `make serve` (STATE= its folder),
// which must not run meanwhile.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { configuration, namespaces, titleOf } from "./deployment.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");

/**
 * @typedef {object} App
 * @property {string[]} hosts
 * @property {boolean} [blocked]
 */

const { add, show, block, unblock, issuer, hosts, LOCAL, STATE } = process.env;
const where = LOCAL
  ? ["--binding", "REGISTRY", "--local", "--persist-to", STATE || resolve(root, ".wrangler/state")]
  : ["--namespace-id", await remoteRegistry(), "--remote"];
const place = LOCAL ? "here, for make serve" : "in the deployment";

const asked = Object.entries({ add, show, block, unblock }).filter(([, id]) => id);
if (asked.length > 1) giveUp("one at a time: add=, show=, block= or unblock=");
if (asked.length === 0) {
  list();
} else {
  const [[action, id]] = /** @type {[string, string][]} */ (asked);
  if (!issuer) giveUp("say whose app: issuer=, exactly as `iss` has it in its tokens");
  const key = keyOf(issuer, id);
  const changed = action === "add" ? { hosts: hostList() } : action === "show" ? {} : { blocked: action === "block" };
  const known = read(key);
  if (!known && action !== "add") giveUp(`${id} of ${issuer} isn't registered ${place}: make app add=…`);
  const app = { ...known, ...changed };
  if (action !== "show") {
    kv("put", key, JSON.stringify(app));
    // A person is erased for hosts too that no app has any more.
    if (action === "add") for (const host of app.hosts ?? []) kv("put", `host:${host}`, "1");
    console.log("The change takes effect within two minutes; open connections of a blocked app end within an hour.");
  }
  console.log(`${id} of ${issuer}, ${place}: ${JSON.stringify(app)}`);
}

/** The id of the deployment's namespace. */
async function remoteRegistry() {
  try {
    const { name, kv_namespaces } = configuration(process.env);
    const bound = kv_namespaces.find((/** @type {any} */ { binding }) => binding === "REGISTRY")?.id;
    const title = titleOf(name, "REGISTRY");
    const id = bound ?? (await namespaces()).find((namespace) => namespace.title === title)?.id;
    return id ?? giveUp(`there is no KV namespace ${title}: make deploy (LOCAL=1 for what make serve uses)`);
  } catch (fault) {
    return giveUp(`${/** @type {Error} */ (fault).message}\n(LOCAL=1 for what make serve uses)`);
  }
}

function list() {
  const keys = JSON.parse(kv("list", "--prefix", "app:")).map(({ name = "" }) => name);
  console.log(`Apps registered ${place}: ${keys.length}. To change them: make app add=ID issuer=ISS hosts=a,b`);
  for (const key of keys) {
    const [, iss, id] = key.split(":").map(decodeURIComponent);
    console.log(`${id} of ${iss}: ${JSON.stringify(read(key))}`);
  }
}

/**
 * As src/credentials/registry.rs has it.
 * @param {string} iss
 * @param {string} id
 */
function keyOf(iss, id) {
  const part = (/** @type {string} */ text) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const key = `app:${part(iss)}:${part(id)}`;
  return key.length <= 512 ? key : giveUp("issuer and id are too long for a key of KV");
}

/** @returns {string[]} */
function hostList() {
  const names = (hosts ?? "").toLowerCase().split(",").filter(Boolean);
  const wrong = names.find((name) => !isHostName(name));
  if (names.length === 0) giveUp("say for which hosts: hosts=app.example.com, several with commas between");
  if (wrong) giveUp(`${wrong} is no host name: letters, digits, hyphens and dots, no address`);
  return [...new Set(names)];
}

/**
 * Whether it is a host name, by the rule that the schema of a notification has.
 * @param {string} name
 */
function isHostName(name) {
  const schema = JSON.parse(readFileSync(resolve(root, "schema/notification.schema.json"), "utf8"));
  const { pattern, maxLength, not } = schema.properties.targetHostName;
  return name.length <= maxLength && new RegExp(pattern).test(name) && !new RegExp(not.pattern).test(name);
}

/**
 * @param {string} key
 * @returns {App | undefined}
 */
function read(key) {
  const text = kv("get", key);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {string[]} args */
function kv(...args) {
  const all = ["kv", "key", ...args, ...where];
  const { status, stdout, stderr } = spawnSync("wrangler", all, {
    cwd: root,
    encoding: "utf8",
    // Less, and it wouldn't print what is asked for.
    env: { ...process.env, WRANGLER_LOG: "log" },
  });
  if (status === 0) return stdout;
  // An absent key is no failure.
  if (args[0] === "get" && /not found/i.test(stdout + stderr)) return "";
  return giveUp(`wrangler couldn't ${args[0]} (LOCAL=1 for what make serve uses):\n${stderr || stdout}`);
}

/**
 * @param {string} message
 * @returns {never}
 */
function giveUp(message) {
  console.error(`notifeed: ${message}`);
  process.exit(1);
}
