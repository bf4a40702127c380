// Raw workerd, without a proxy before it: a config of our own, its state on tmpfs.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { memoryFolder, Running } from "./process.mjs";

export const root = resolve(fileURLToPath(import.meta.url), "../../..");

const require = createRequire(import.meta.url);
const binary = createRequire(require.resolve("miniflare"))("workerd").default;
export const workerdVersion = String(createRequire(require.resolve("miniflare"))("workerd/package.json").version);

/** The compatibility date of the deployment: every contender runs by it. */
export const compatibilityDate = /compatibility_date = "(.*?)"/.exec(
  readFileSync(resolve(root, "wrangler.toml"), "utf8"),
)?.[1];

/**
 * The parts of a Worker under measurement.
 * @typedef {object} Service
 * @property {Record<string, string | Buffer>} modules by name, the first is the main one; `.wasm` by its name
 * @property {string} hub the Durable Object's class, bound as HUB
 * @property {Record<string, string>} [vars] text bindings
 * @property {Record<string, string>} [namespaces] KV bindings: the namespace in the local stores
 * @property {Record<string, { limit: number, period: number }>} [limits] rate-limit bindings
 */

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

/** A running workerd. */
export class Workerd extends Running {
  /** The port of the inspector, where one was asked for. */
  inspectorPort = 0;

  /**
   * Resolves as soon as it listens.
   * @param {Service} service
   * @param {{ stores: number, inspector?: boolean, name?: string }} options `stores`: the local stores' port
   */
  static async start(service, { stores, inspector = false, name = "workerd" }) {
    const folder = memoryFolder();
    mkdirSync(join(folder, "state"));
    for (const [module, content] of Object.entries(service.modules)) {
      const path = join(folder, "modules", module);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    writeFileSync(join(folder, "limits.mjs"), readFileSync(new URL("workers/limits.mjs", import.meta.url)));
    writeFileSync(join(folder, "config.capnp"), configOf(service, stores));
    const args = ["serve", "--control-fd=3", ...(inspector ? ["--inspector-addr=127.0.0.1:0"] : []), "config.capnp"];
    const command = [resolve(root, "scripts/workerd"), ...args];
    const workerd = new Workerd({ name, folder, command, env: { NOTIFEED_WORKERD: binary } });
    await Promise.race([workerd.#listening(inspector ? 2 : 1), workerd.failed]);
    return workerd;
  }

  /** @param {number} sockets how many it must report, on its control descriptor */
  #listening(sockets) {
    const control = /** @type {import("node:stream").Readable} */ (this.process.stdio[3]);
    let text = "";
    return new Promise((/** @type {(value: void) => void} */ done) => {
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
    });
  }
}
