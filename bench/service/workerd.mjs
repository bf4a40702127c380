// Raw workerd, without a proxy before it: a config of our own, its state on tmpfs, and what the
// kernel says of the process.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(fileURLToPath(import.meta.url), "../../..");

const require = createRequire(import.meta.url);
const binary = createRequire(require.resolve("miniflare"))("workerd").default;
export const workerdVersion = String(createRequire(require.resolve("miniflare"))("workerd/package.json").version);

/** The compatibility date of the deployment: every contender runs by it. */
export const compatibilityDate = /compatibility_date = "(.*?)"/.exec(
  readFileSync(resolve(root, "wrangler.toml"), "utf8"),
)?.[1];

/**
 * What a Worker under measurement is made of.
 * @typedef {object} Service
 * @property {Record<string, string | Buffer>} modules by name, the first is the main one; `.wasm` by its name
 * @property {string} hub the Durable Object's class, bound as HUB
 * @property {Record<string, string>} [vars] text bindings
 * @property {Record<string, string>} [namespaces] KV bindings: the namespace in the local stores
 * @property {Record<string, { limit: number, period: number }>} [limits] rate-limit bindings
 */

/** A folder in memory, where the machine has one. */
export function memoryFolder() {
  const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = mkdtempSync(join(place, "notifeed-bench-"));
  folders.add(folder);
  return folder;
}

/** @type {Set<string>} */
const folders = new Set();
process.on("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** @param {string} text */
const quoted = (text) => JSON.stringify(text);

/**
 * The config, in workerd's language.
 * @param {Service} service
 * @param {number} stores the port of the local stores
 */
function configOf({ modules, hub, vars = {}, namespaces = {}, limits = {} }, stores) {
  const kind = (/** @type {string} */ name) => (name.endsWith(".wasm") ? "wasm" : "esModule");
  const list = (/** @type {string[]} */ ...items) => `[${items.join(", ")}]`;
  const worker = `(
    modules = ${list(...Object.keys(modules).map((name) => `(name = ${quoted(name)}, ${kind(name)} = embed ${quoted(`modules/${name}`)})`))},
    compatibilityDate = ${quoted(String(compatibilityDate))},
    bindings = ${list(
      `(name = "HUB", durableObjectNamespace = ${quoted(hub)})`,
      ...Object.entries(vars).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`),
      ...Object.keys(namespaces).map((name) => `(name = ${quoted(name)}, kvNamespace = ${quoted(name)})`),
      ...Object.entries(limits).map(
        ([name, { limit, period }]) =>
          `(name = ${quoted(name)}, wrapped = (moduleName = "bench:limits", innerBindings = [(name = "limit", text = "${limit}"), (name = "period", text = "${period}")]))`,
      ),
    )},
    durableObjectNamespaces = [(className = ${quoted(hub)}, uniqueKey = "hub", enableSql = true)],
    durableObjectStorage = (localDisk = "state"))`;
  const services = [
    `(name = "main", worker = ${worker})`,
    `(name = "state", disk = (path = "state", writable = true))`,
    `(name = "internet", network = (allow = ["public", "private"]))`,
    ...Object.entries(namespaces).map(
      ([name, namespace]) =>
        `(name = ${quoted(name)}, external = (address = "127.0.0.1:${stores}", http = (injectRequestHeaders = [(name = "kv-namespace", value = ${quoted(namespace)})])))`,
    ),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join(",\n    ")}
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
  extensions = [(modules = [(name = "bench:limits", esModule = embed "limits.mjs", internal = true)])],
);
`;
}

/** A contender that ended though nobody asked it to, or never began. */
export class Died extends Error {}

/** A running workerd. */
export class Workerd {
  port = 0;
  /** The port of the inspector, where one was asked for. */
  inspectorPort = 0;
  #errors = "";
  #stopping = false;
  /** @type {string | undefined} how it ended, if it did by itself */
  #end;

  /**
   * @param {Service} service
   * @param {{ stores: number, inspector?: boolean, name?: string }} options
   */
  static async start(service, options) {
    const workerd = new Workerd(service, options);
    await workerd.#listening;
    return workerd;
  }

  /**
   * @param {Service} service
   * @param {{ stores: number, inspector?: boolean, name?: string }} options
   */
  constructor(service, { stores, inspector = false, name = "workerd" }) {
    this.name = name;
    this.folder = memoryFolder();
    mkdirSync(join(this.folder, "state"));
    for (const [module, content] of Object.entries(service.modules)) {
      const path = join(this.folder, "modules", module);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    writeFileSync(join(this.folder, "limits.mjs"), readFileSync(new URL("workers/limits.mjs", import.meta.url)));
    writeFileSync(join(this.folder, "config.capnp"), configOf(service, stores));
    this.started = performance.now();
    const args = ["serve", "--control-fd=3", ...(inspector ? ["--inspector-addr=127.0.0.1:0"] : []), "config.capnp"];
    // As many files as it may have: a user's Durable Object opens three or four.
    const shell = ["-c", 'ulimit -n "$(ulimit -H -n)"; exec "$@"', "sh", resolve(root, "scripts/workerd"), ...args];
    this.process = spawn("/bin/sh", shell, {
      cwd: this.folder,
      env: { ...process.env, NOTIFEED_WORKERD: binary },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    this.process.stderr?.on("data", (text) => (this.#errors = (this.#errors + text).slice(-10_000)));
    this.#listening = this.#listen(inspector ? 2 : 1);
    this.ended = new Promise((done) =>
      this.process.once("exit", (code, signal) => {
        if (!this.#stopping) this.#end = `${this.name} ended with ${signal ?? code}${this.#lastWords()}`;
        done(undefined);
      }),
    );
  }

  /** @type {Promise<void>} */
  #listening;

  /** @param {number} sockets how many it must report */
  #listen(sockets) {
    const control = /** @type {import("node:stream").Readable} */ (this.process.stdio[3]);
    let text = "";
    return new Promise((/** @type {(value: void) => void} */ done, fail) => {
      control.on("data", (chunk) => {
        text += chunk;
        const reports = text.split("\n").slice(0, -1);
        for (const report of reports) {
          const { event, port } = JSON.parse(report);
          if (event === "listen") this.port = port;
          if (event === "listen-inspector") this.inspectorPort = port;
        }
        if (reports.length >= sockets) done();
      });
      this.process.once("error", (error) => fail(new Died(`${this.name} doesn't start: ${error.message}`)));
      this.process.once("exit", () => fail(new Died(`${this.name} doesn't start${this.#lastWords()}`)));
    });
  }

  /** The last line that it logged, for a sentence. */
  #lastWords() {
    const line = this.#errors.trim().split("\n").at(-1);
    return line ? `: ${line.slice(0, 300)}` : "";
  }

  /** All that it logged, as far as it is kept. */
  get log() {
    return this.#errors;
  }

  /** Throws if the process has ended. */
  assertAlive() {
    if (this.#end) throw new Died(this.#end);
  }

  /** Processor time that the process has taken, of all its threads, in microseconds. */
  cpu() {
    this.assertAlive();
    const tasks = `/proc/${this.process.pid}/task`;
    let nanoseconds = 0;
    for (const task of readdirSync(tasks)) {
      nanoseconds += Number(readFileSync(`${tasks}/${task}/schedstat`, "latin1").split(" ")[0]);
    }
    return nanoseconds / 1000;
  }

  /** Memory that it holds, in KiB. */
  memory() {
    this.assertAlive();
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.process.pid}/status`, "latin1"))?.[1]);
  }

  /** How many files and sockets it has open. */
  files() {
    this.assertAlive();
    return readdirSync(`/proc/${this.process.pid}/fd`).length;
  }

  async stop() {
    this.#stopping = true;
    this.process.kill("SIGKILL");
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
    folders.delete(this.folder);
  }
}
