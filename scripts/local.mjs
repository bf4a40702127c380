// The built Worker on workerd, on this machine, as wrangler.toml describes it: what `make serve`
// and the black-box tests run.

import { createServer } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(fileURLToPath(import.meta.url), "../..");

// Nothing of ours calls home.
Object.assign(process.env, {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
});

/**
 * @typedef {object} LocalOptions
 * @property {number} [port] 0: any free one
 * @property {string} [state] the folder for KV and Durable Objects; none: in memory only
 * @property {Record<string, string>} [vars] further variables, over those of .dev.vars
 * @property {(line: string) => void} [log] takes what the Worker and workerd say
 */

/**
 * Starts the built Worker and resolves when it answers.
 * @param {LocalOptions} [options]
 */
export async function startLocal({ port = 0, state, vars = {}, log = console.error } = {}) {
  if (port !== 0) await mustBeFree(port);
  const [{ convertV4MiniflareOptions, Log, LogLevel, Miniflare }, { unstable_getMiniflareWorkerOptions }] =
    await Promise.all([import("miniflare"), import("wrangler")]);
  const { workerOptions } = unstable_getMiniflareWorkerOptions(resolve(root, "wrangler.toml"));
  const worker = resolve(root, "worker");
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port,
      cf: false,
      log: new Log(LogLevel.ERROR),
      logRequests: false,
      telemetry: { enabled: false },
      handleStructuredLogs: ({ message }) => log(message),
      resourcePersistencePath: state && resolve(state),
      workers: [
        {
          ...workerOptions,
          name: "notifeed",
          modulesRoot: worker,
          modules: [
            { type: "ESModule", path: resolve(worker, "entry.mjs") },
            { type: "ESModule", path: resolve(worker, "build/index.js") },
            { type: "CompiledWasm", path: resolve(worker, "build/index_bg.wasm") },
          ],
          bindings: { .../** @type {any} */ (workerOptions).bindings, ...vars },
        },
      ],
    }),
  );
  const url = await miniflare.ready;
  return { miniflare, url: url.origin, stop: () => miniflare.dispose() };
}

export class PortInUse extends Error {
  /** @param {number} port */
  constructor(port) {
    super(`port ${port} is in use: stop what runs there, or choose another with PORT=`);
  }
}

/** @param {number} port */
async function mustBeFree(port) {
  const probe = createServer();
  await new Promise((done, failed) => {
    probe.once("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      failed(error.code === "EADDRINUSE" ? new PortInUse(port) : error),
    );
    probe.listen(port, "127.0.0.1", () => done(undefined));
  });
  await new Promise((done) => probe.close(done));
}
