// The built Worker on workerd, on this machine, as wrangler.toml describes it: what `make serve`,
// `make dev` and the black-box tests run.

import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { provideDevelopmentSecrets } from "./development.mjs";

export const root = resolve(fileURLToPath(import.meta.url), "../..");

process.env.WRANGLER_LOG ??= "warn";
process.env.NOTIFEED_WORKERD ??= createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd").default;
process.env.MINIFLARE_WORKERD_PATH = resolve(root, "scripts/workerd");

/**
 * @typedef {object} LocalOptions
 * @property {number} [port] 0: any that is free
 * @property {string} [state] the folder of KV and Durable Objects; without one they are in memory only
 * @property {Record<string, string>} [vars] variables that go before those of .dev.vars
 * @property {Record<string, { limit: number, period: number }>} [limits] rate limits that go before those of wrangler.toml
 * @property {(line: string) => void} [log] takes each line that the Worker or workerd logs
 * @property {(request: import("miniflare").Request) => Promise<import("miniflare").Response>} [outbound] answers what
 *   the Worker fetches from elsewhere, whatever the host
 * @property {string[]} [around] paths of modules around the built Worker, the main one first
 */

/**
 * @param {string} path
 * @returns {"CompiledWasm" | "ESModule"}
 */
const moduleType = (path) => (path.endsWith(".wasm") ? "CompiledWasm" : "ESModule");

/**
 * Starts the built Worker and resolves as soon as it answers.
 * @param {LocalOptions} [options]
 */
export async function startLocal(options = {}) {
  await provideDevelopmentSecrets();
  if (options.port) await untilFree(options.port);
  const release = options.state === undefined ? () => {} : await claim(resolve(options.state));
  const miniflare = new Miniflare(await miniflareOptions(options));
  const { origin } = await miniflare.ready.catch((error) => {
    throw error.code === "ERR_ADDRESS_IN_USE" ? new PortInUse(options.port ?? 0) : error;
  });
  return {
    url: origin,
    miniflare,
    /** Takes up what was built since, on the same port; open sockets are cut. */
    async reload() {
      await miniflare.setOptions(await miniflareOptions({ ...options, port: Number(new URL(origin).port) }));
      await miniflare.ready;
    },
    stop: () => miniflare.dispose().finally(release),
  };
}

/** @param {LocalOptions} options */
async function miniflareOptions({ port = 0, state, vars, limits = {}, log = console.error, outbound, around = [] }) {
  // Not before it is needed: it takes half a second to load.
  const { unstable_getMiniflareWorkerOptions } = await import("wrangler");
  const { workerOptions } = unstable_getMiniflareWorkerOptions(resolve(root, "wrangler.toml"));
  const folder = resolve(root, "worker/build");
  return convertV4MiniflareOptions({
    host: "127.0.0.1",
    port,
    resourcePersistencePath: state && resolve(state, "v3"),
    handleStructuredLogs: ({ message }) => log(message),
    log: new Log(LogLevel.ERROR),
    logRequests: false,
    ...(process.env.INSPECT && { inspectorPort: Number(process.env.INSPECT) }),
    // Nothing of ours calls home.
    cf: false,
    telemetry: { enabled: false },
    workers: [
      {
        ...workerOptions,
        name: "notifeed",
        ...(outbound && { outboundService: /** @type {any} */ (outbound) }),
        modulesRoot: root,
        modules: [
          ...around.map((path) => ({ type: moduleType(path), path })),
          { type: "ESModule", path: resolve(folder, "index.js") },
          { type: "CompiledWasm", path: resolve(folder, "bindings_bg.wasm") },
        ],
        ratelimits: {
          .../** @type {any} */ (workerOptions).ratelimits,
          ...Object.fromEntries(
            Object.entries(limits).map(([name, simple]) => [
              name,
              { .../** @type {any} */ (workerOptions).ratelimits[name], simple },
            ]),
          ),
        },
        bindings: { .../** @type {any} */ (workerOptions).bindings, ...vars },
      },
    ],
  });
}

export class PortInUse extends Error {
  /** @param {number} port */
  constructor(port) {
    super(`port ${port} is in use: stop what listens there, or choose another with PORT=`);
  }
}

/**
 * Keeps a second server off a state folder: each would overlook what the other writes. A listening
 * socket ends with its process, however that ends. Only Linux has nameless ones.
 * @param {string} state
 * @returns {Promise<() => void>} lets the folder go
 */
async function claim(state) {
  if (process.platform !== "linux") return () => {};
  const name = createHash("sha256").update(state).digest("hex");
  const holder = createServer();
  await new Promise((claimed, refused) => {
    holder.once("error", () =>
      refused(new Error(`another server uses the state folder ${state}: stop it, or choose another with STATE=`)),
    );
    holder.listen(`\0notifeed-${name}`, () => claimed(undefined));
  });
  return () => void holder.close();
}

/**
 * A server that was just killed may need a moment to let its port go.
 * @param {number} port
 */
async function untilFree(port) {
  for (let attempt = 0; attempt < 10; attempt++) {
    if (await isFree(port)) return;
    await sleep(100);
  }
  throw new PortInUse(port);
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
