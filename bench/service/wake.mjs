// The cost of a feed that leaves memory and wakes, ours beside a bare Durable Object (the floor): processor time,
// and memory of the workerd process that stays. Only miniflare can evict, and each request through it leaves
// memory behind, so the same reads are measured without an eviction too: what an eviction adds is the wake's.
//
//   node bench/service/wake.mjs      the built Worker; ROUNDS=3 processes of each, in turn; READS=1000 of each kind

import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { userToken } from "../../scripts/development.mjs";
import { startLocal } from "../../scripts/local.mjs";
import { median } from "./table.mjs";
import { compatibilityDate, root } from "./workerd.mjs";

const rounds = Number(process.env.ROUNDS || 3);
const reads = Number(process.env.READS || 1000);

/**
 * A service that can be read for a user, and whose objects can be evicted.
 * @typedef {object} Service
 * @property {string} url
 * @property {Miniflare} miniflare
 * @property {string} worker its name
 * @property {string} hub the Durable Object's class
 * @property {(user: string) => Promise<[path: string, headers: Record<string, string>]>} read
 * @property {() => Promise<unknown>} stop
 */

/** @type {Record<string, () => Promise<Service>>} */
const contenders = {
  async "bare Durable Object"() {
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        name: "floor",
        modules: [{ type: "ESModule", path: resolve(root, "bench/service/workers/floor.mjs") }],
        compatibilityDate,
        durableObjects: { HUB: { className: "Feed", useSQLite: true } },
      }),
    );
    const { origin: url } = await miniflare.ready;
    const read = async (/** @type {string} */ user) => /** @type {[string, {}]} */ ([`/${user}`, {}]);
    return { url, miniflare, worker: "floor", hub: "Feed", read, stop: () => miniflare.dispose() };
  },
  async notifeed() {
    const { url, miniflare, stop } = await startLocal();
    const read = async (/** @type {string} */ user) =>
      /** @type {[string, Record<string, string>]} */ ([
        "/beta/me/notifications?$top=1",
        { Authorization: `Bearer ${await userToken(user)}` },
      ]);
    return { url, miniflare, worker: "notifeed", hub: "Hub", read, stop };
  },
};

/** The workerd that this process started. */
function workerd() {
  const of = (/** @type {string} */ pid, /** @type {string} */ name) => readFileSync(`/proc/${pid}/${name}`, "latin1");
  const pid = readdirSync("/proc").find((pid) => {
    try {
      return (
        /^\d+$/.test(pid) && of(pid, "comm") === "workerd\n" && of(pid, "status").includes(`PPid:\t${process.pid}\n`)
      );
    } catch {
      return false;
    }
  });
  if (!pid) throw new Error("there is no workerd");
  return {
    /** Memory that it holds, in KiB. */
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(of(pid, "status"))?.[1]),
    /** Processor time that it has taken, in microseconds. */
    cpu: () =>
      readdirSync(`/proc/${pid}/task`).reduce(
        (sum, task) => sum + Number(of(pid, `task/${task}/schedstat`).split(" ")[0]) / 1000,
        0,
      ),
  };
}

/** The cost of a read. @typedef {{ kib: number, micros: number }} Cost */

/**
 * @param {() => Promise<Service>} start
 * @returns {Promise<Record<"awake" | "evicted", Cost>>} by whether the feed was in memory
 */
async function measure(start) {
  const { url, miniflare, worker, hub, read, stop } = await start();
  try {
    const process = workerd();
    const [path, headers] = await read("one");
    const get = async () => {
      const response = await fetch(url + path, { headers });
      await response.text();
      if (response.status !== 200) throw new Error(`${url}${path}: ${response.status}`);
    };
    await get();
    const [id] = await miniflare.listDurableObjectIds(hub);
    const evict = () => miniflare.unsafeEvictDurableObject(worker, hub, { id, webSockets: "hibernate" });
    /** @param {() => Promise<void>} before */
    const cost = async (before) => {
      const [memory, cpu] = [process.memory(), process.cpu()];
      for (let n = 0; n < reads; n++) {
        await before();
        await get();
      }
      return { kib: (process.memory() - memory) / reads, micros: (process.cpu() - cpu) / reads };
    };
    await cost(evict);
    return { awake: await cost(async () => {}), evicted: await cost(evict) };
  } finally {
    await stop();
  }
}

/** @type {Record<string, Record<"awake" | "evicted", Cost>[]>} */
const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, start] of Object.entries(contenders)) results[name].push(await measure(start));
}
for (const [name, measured] of Object.entries(results)) {
  for (const of of /** @type {const} */ (["awake", "evicted"])) {
    const cell = (/** @type {keyof Cost} */ cost) => {
      const numbers = measured.map((one) => one[of][cost]);
      return `${median(numbers).toFixed(0)} (${Math.min(...numbers).toFixed(0)}–${Math.max(...numbers).toFixed(0)})`;
    };
    console.log(`${name}, ${of}: ${cell("kib")} KiB and ${cell("micros")} µs of CPU a read`);
  }
}
