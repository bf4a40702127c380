// `make profile`: where the time of a running service goes. Samples it under load by workerd's
// inspector, and tells by function, and by crossing between JavaScript and wasm, what one request costs.
//
//   OF=post       or page, count, change, connect

import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";
import { ask, device, idle, mustBe, post, usersOf } from "./arena.mjs";
import { notifeed as us, notifeedModules, startNotifeed } from "./contenders.mjs";
import { flameGraph } from "./flame.mjs";
import { Line, request } from "./line.mjs";
import { run } from "./load.mjs";
import { crossings, functions, treeOf } from "./samples.mjs";
import { Stores } from "./stores-process.mjs";
import { short, text } from "./table.mjs";
import { keySet } from "./tokens.mjs";
import { root } from "./workerd.mjs";

/** Between two samples, in microseconds. */
const interval = 200;

const of = process.env.OF || "post";
const seconds = 6;

/** @typedef {{ serving: import("./workerd.mjs").Workerd, users: import("./arena.mjs").User[] }} Site */

/**
 * The loads that can be profiled; each says how many requests it made.
 * @type {Record<string, (site: Site, milliseconds: number) => Promise<number>>}
 */
const loads = {
  async post({ serving, users }, milliseconds) {
    return (await post(us, serving, users, { milliseconds, stored: false })).count;
  },
  page: ({ serving, users }, milliseconds) => reads(serving, (n) => us.page(users[n % users.length]), milliseconds),
  count: ({ serving, users }, milliseconds) => reads(serving, (n) => us.count(users[n % users.length]), milliseconds),
  async change({ serving, users }, milliseconds) {
    const ids = await Promise.all(users.map(async (user) => us.idsOf(JSON.parse(await ask(serving, us.page(user))))));
    const next = (/** @type {number} */ n) => {
      const user = n % users.length;
      return us.change(users[user], ids[user][0], Math.floor(n / users.length) % 2 === 0 ? "read" : "unread");
    };
    return reads(serving, next, milliseconds);
  },
  async connect({ serving, users }, milliseconds) {
    let connected = 0;
    for (const until = performance.now() + milliseconds; performance.now() < until; connected += 8) {
      const devices = await Promise.all(users.slice(0, 8).map((user) => device(us, serving, user)));
      for (const { close } of devices) close();
    }
    return connected;
  },
};

/**
 * @param {Site["serving"]} serving
 * @param {(n: number) => Buffer} next
 * @param {number} milliseconds
 */
async function reads(serving, next, milliseconds) {
  const load = await run({ port: serving.port, inFlight: 32, next, check: mustBe(serving, 200), milliseconds });
  return load.count;
}

/** A connection to the inspector of a running workerd. */
class Inspector {
  #asked = 0;
  /** @type {Map<number, (message: any) => void>} */
  #waiting = new Map();

  /** @param {number} port */
  static async connect(port) {
    const line = await Line.open(port);
    const { body } = await line.ask(request("GET", "/json"));
    line.close();
    const targets = JSON.parse(String(body));
    const target = targets.find((/** @type {{ title: string }} */ { title }) => title.includes("main"));
    if (!target) throw new Error(`the inspector doesn't know the Worker: ${body}`);
    const { pathname } = new URL(target.webSocketDebuggerUrl);
    const socket = new WebSocket(`ws://127.0.0.1:${port}${pathname}`, { perMessageDeflate: false, maxPayload: 0 });
    await new Promise((done, fail) => socket.once("open", done).once("error", fail));
    return new Inspector(socket);
  }

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.socket = socket;
    socket.on("message", (data) => {
      const message = JSON.parse(String(data));
      this.#waiting.get(message.id)?.(message);
    });
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @returns {Promise<any>}
   */
  ask(method, params = {}) {
    const id = ++this.#asked;
    this.socket.send(JSON.stringify({ id, method, params }));
    return new Promise((done, fail) => {
      this.#waiting.set(id, ({ result, error }) =>
        error ? fail(new Error(`${method}: ${error.message}`)) : done(result),
      );
    });
  }
}

const load = loads[of];
if (!load) {
  console.error(`notifeed: OF must be one of ${Object.keys(loads).join(", ")}, not ${of}`);
  process.exit(1);
}

const stores = await Stores.start(keySet);
const serving = await startNotifeed(stores, {
  modules: notifeedModules({ built: "target/profiled/build" }),
  inspector: true,
});
const users = await usersOf("profile", 64);
await post(us, serving, users, { count: 64 * 24 });
await idle(serving);
await load({ serving, users }, 1000);

const inspector = await Inspector.connect(serving.inspectorPort);
await inspector.ask("Profiler.enable");
await inspector.ask("Profiler.setSamplingInterval", { interval });
await inspector.ask("Profiler.start");
const requests = await load({ serving, users }, seconds * 1000);
// Work that was put off belongs to the load. (The process isn't quiet while it is sampled.)
if (of === "post") await sleep(1200);
const { profile } = await inspector.ask("Profiler.stop");

const tree = treeOf(profile);
const busy = tree.total;
const line = (/** @type {number} */ time) => [short(time / requests), `${((100 * time) / busy).toFixed(1)} %`];
const title = `${of}: ${requests} requests in ${seconds} s, ${short(busy / requests)} µs of JavaScript and wasm each`;

const all = functions(tree);
const bySelf = all.toSorted((a, b) => b.self - a.self);
const byTotal = all.toSorted((a, b) => b.total - a.total);
const dearest = [
  ["", "self, µs", "", "with what it calls, µs", ""],
  ...bySelf.slice(0, 20).map(({ name, self, total }) => [name, ...line(self), ...line(total)]),
];
const widest = [
  ["", "with what it calls, µs", "", "self, µs", ""],
  ...byTotal.slice(0, 20).map(({ name, self, total }) => [name, ...line(total), ...line(self)]),
];
const crossed = [
  ["", "with what it calls, µs", ""],
  ...crossings(tree)
    .toSorted((a, b) => b.total - a.total)
    .slice(0, 20)
    .map(({ name, total }) => [name, ...line(total)]),
];

const out = resolve(root, "target/bench");
mkdirSync(out, { recursive: true });
writeFileSync(resolve(out, `${of}.cpuprofile`), JSON.stringify(profile));
writeFileSync(resolve(out, `${of}.svg`), flameGraph(tree, title));
console.log(`
make profile OF=${of}, ${new Date().toISOString().slice(0, 16)}Z
${title}

The ten dearest by themselves, and ten more
${text(dearest)}

By all that they call
${text(widest)}

Crossings between JavaScript and wasm, by what is done beyond them
${text(crossed)}
`);
console.error(
  `notifeed: the flame graph is target/bench/${of}.svg; target/bench/${of}.cpuprofile opens in Chromium's DevTools and speedscope`,
);
await serving.stop();
stores.stop();
process.exit(0);
