// Faults on purpose, one kind after the other, each while devices come, go, read and delete at random; and the table of what
// came of it. tests/soak/soak.mjs has the long form, tests/blackbox/faults.test.mjs the short one.

import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";
import { startService, userToken } from "../blackbox/harness.mjs";
import { root } from "../../scripts/local.mjs";
import { check } from "./checker.mjs";
import { run } from "./run.mjs";

/** @typedef {Awaited<ReturnType<typeof startService>>} Service */

/**
 * A kind of fault, and the pause before the next one, in milliseconds.
 * @typedef {{ name: string, pause: number, cause: (service: Service, as: string, token: string) => Promise<unknown> }} Fault
 */

/** @param {string} mood */
const kv = (mood) => async (/** @type {Service} */ service) => {
  await service.request("POST", `/mood/${mood}`);
  await sleep(700);
  await service.request("POST", "/mood/well");
};

/** @type {Fault[]} */
export const FAULTS = [
  {
    name: "the Hub's instance crashes",
    pause: 500,
    cause: (service, as) => service.request("GET", "/dev/panic/hub", { as }).catch(() => {}),
  },
  { name: "the Hub is evicted", pause: 300, cause: evict },
  { name: "the service is killed, and starts again", pause: 1500, cause: (service) => service.restart() },
  { name: "KV refuses", pause: 300, cause: kv("refuses") },
  { name: "KV takes 0.8 s", pause: 300, cause: kv("slow") },
  { name: "KV does it, and says that it failed", pause: 300, cause: kv("mute") },
  { name: "KV says that it did it, and hasn't", pause: 300, cause: kv("lies") },
  { name: "clients send garbage, stall, or never speak", pause: 200, cause: misbehave },
];

/** @param {Service} service */
async function evict(service) {
  const ids = await service.miniflare.listDurableObjectIds("Hub", "notifeed");
  const all = ids.map((id) =>
    service.miniflare.unsafeEvictDurableObject("notifeed", "Hub", { id, webSockets: "hibernate" }),
  );
  // workerd evicts a Hub only while nothing is under way in it.
  await Promise.race([Promise.allSettled(all), sleep(1000)]);
}

/**
 * @param {Service} service
 * @param {string} _as
 * @param {string} token
 */
async function misbehave(service, _as, token) {
  const url = `${service.url.replace("http", "ws")}/beta/me/notifications/stream?platform=windows`;
  const headers = { Authorization: `Bearer ${token}` };
  const ends = ["{", "\0".repeat(1000), '{"type":"ack","seq":-1}', Buffer.from([255, 254]), undefined].map(
    async (said) => {
      const socket = new WebSocket(url, ["notifeed.v1"], { headers });
      socket.on("error", () => {});
      const open = new Promise((done) => socket.once("open", done).once("close", done).once("error", done));
      await Promise.race([open, sleep(1000)]);
      if (said === undefined) socket.pause();
      else if (socket.readyState === socket.OPEN) socket.send(said);
      await sleep(100);
      // Without a close frame, in the middle of whatever it gets.
      socket.terminate();
    },
  );
  await Promise.all(ends);
}

/**
 * The outcome of a kind of fault.
 * @typedef {object} Outcome
 * @property {string} fault
 * @property {number} times
 * @property {number} acknowledged posts
 * @property {number} lost
 * @property {number} duplicated
 * @property {number | "–"} unordered "–": nobody was told, so there is no order
 * @property {string[]} violations all of them, also of other kinds
 */

/**
 * Causes faults of a kind for some time.
 * @param {Fault} fault
 * @param {{ seed: number, milliseconds: number, devices?: number }} options
 * @returns {Promise<Outcome>}
 */
export async function suffer({ name, pause, cause }, { seed, milliseconds, devices = 6 }) {
  const around = [resolve(root, "tests/blackbox/workers/faulty.mjs")];
  const service = await startService({ around, vars: { DEVELOPMENT_PANIC: "true" } });
  const as = `soak${seed}-0@contoso.com`;
  const token = await userToken(as);
  let times = 0;
  const [{ history, violations }] = await run({
    ...{ service, seed, users: 1, devices, milliseconds, items: 40 },
    async disturb() {
      await sleep(pause);
      await cause(service, as, token);
      times++;
    },
  });
  await service.stop();
  const all = [...violations, ...check(history)];
  const count = (/** @type {RegExp} */ kind) => all.filter((violation) => kind.test(violation)).length;
  return {
    fault: name,
    times,
    acknowledged: history.posts.filter(({ id }) => id !== undefined).length,
    lost: count(/^lost/),
    duplicated: count(/^(twice|number|invented)/),
    unordered: count(/^order/),
    violations: all,
  };
}

/** @param {Outcome[]} outcomes */
export function table(outcomes) {
  const lines = outcomes.map(({ fault, times, acknowledged, lost, duplicated, unordered }) =>
    ["", fault, times, acknowledged, lost, duplicated, unordered, ""].join(" | ").trim(),
  );
  return [
    "| fault | times | acknowledged | lost | duplicated | out of order |",
    "|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}
