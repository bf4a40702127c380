// POST → 201.

import { setTimeout as sleep } from "node:timers/promises";
import { idle, post, quiet, usersOf, Wrong } from "../arena.mjs";
import { quantile } from "../load.mjs";

/**
 * Posts for a while, and what that cost the process, with what it put off.
 * @param {import("../arena.mjs").Contender} contender
 * @param {import("../arena.mjs").Serving} serving
 * @param {import("../arena.mjs").User[]} users
 * @param {Parameters<typeof post>[3]} options
 */
export async function costOfPosts(contender, serving, users, options) {
  await quiet(serving);
  const before = serving.cpu();
  // Whether they are stored is asked afterwards, or the questions would be counted too.
  const load = await post(contender, serving, users, { ...options, stored: false });
  await idle(serving);
  const cpu = (serving.cpu() - before) / load.count;
  return { rate: load.count / load.seconds, cpu, p50: quantile(load.times, 0.5), p99: quantile(load.times, 0.99) };
}

/**
 * Warms the contender up by posts that are counted: what isn't stored ends the measurement.
 * @param {import("../arena.mjs").Arena} arena
 * @param {import("../arena.mjs").Contender} contender
 * @param {import("../arena.mjs").User[]} users
 * @param {number} [count]
 */
export async function warmUp(arena, contender, users, count = 1500) {
  await post(contender, await arena.serving(contender), users, { count });
}

/** @type {import("../measure.mjs").Group} */
export const posts = {
  name: "post",
  title: "POST → 201, 64 users, 32 requests in flight",
  metrics: {
    "post/rate": { title: "requests/s", more: true },
    "post/cpu": { title: "CPU of the process per POST, µs" },
    "post/p50": { title: "p50, ms" },
    "post/p99": { title: "p99, ms" },
  },
  prepare: async (arena, contender) => warmUp(arena, contender, await usersOf("post", 64)),
  async measure(arena, contender) {
    const milliseconds = arena.full ? 4000 : 1500;
    const cost = await costOfPosts(contender, await arena.serving(contender), await usersOf("post", 64), {
      milliseconds,
    });
    return { "post/rate": cost.rate, "post/cpu": cost.cpu, "post/p50": cost.p50, "post/p99": cost.p99 };
  },
};

/** @type {import("../measure.mjs").Group} */
export const single = {
  name: "single",
  title: "POST → 201, one at a time",
  metrics: { "single/p50": { title: "p50, ms" }, "single/p99": { title: "p99, ms" } },
  prepare: async (arena, contender) => warmUp(arena, contender, await usersOf("single", 16), 200),
  async measure(arena, contender) {
    const serving = await arena.serving(contender);
    await quiet(serving);
    const count = arena.full ? 2000 : 400;
    const { times } = await post(contender, serving, await usersOf("single", 16), { inFlight: 1, count });
    return { "single/p50": quantile(times, 0.5), "single/p99": quantile(times, 0.99) };
  },
};

/** @type {import("../measure.mjs").Group} */
export const keys = {
  name: "keys",
  title: "POST → 201 with tokens of a key set, 64 users, 32 in flight",
  metrics: {
    "keys/rs256/rate": { title: "RS256, requests/s", more: true },
    "keys/rs256/cpu": { title: "RS256, CPU per POST, µs" },
    "keys/es256/rate": { title: "ES256, requests/s", more: true },
    "keys/es256/cpu": { title: "ES256, CPU per POST, µs" },
  },
  // The floor checks none; it is there to be compared to.
  takesPart: ({ name, credentials }) => credentials === true || name === "floor",
  async prepare(arena, contender) {
    for (const algorithm of /** @type {const} */ (["RS256", "ES256"])) {
      await warmUp(arena, contender, await usersOf(algorithm, 64, algorithm), 500);
    }
  },
  async measure(arena, contender) {
    const serving = await arena.serving(contender);
    const milliseconds = arena.full ? 4000 : 700;
    const rs256 = await costOfPosts(contender, serving, await usersOf("RS256", 64, "RS256"), { milliseconds });
    const es256 = await costOfPosts(contender, serving, await usersOf("ES256", 64, "ES256"), { milliseconds });
    return {
      "keys/rs256/rate": rs256.rate,
      "keys/rs256/cpu": rs256.cpu,
      "keys/es256/rate": es256.rate,
      "keys/es256/cpu": es256.cpu,
    };
  },
};

/**
 * Waits until the runtime has put the Durable Objects of many users to sleep: their files are closed then.
 * @param {import("../arena.mjs").Serving} serving
 */
async function asleep(serving) {
  for (const patience = performance.now() + 120_000; serving.files() > 500; await sleep(500)) {
    if (performance.now() > patience) throw new Wrong(`${serving.name} holds ${serving.files()} files of idle users`);
  }
}

/** @type {import("../measure.mjs").Group} */
export const many = {
  name: "many",
  title: "POST → 201 over 5 000 users, 32 in flight, a process of its own",
  metrics: {
    "many/first/rate": { title: "the first to each, requests/s", more: true },
    "many/first/cpu": { title: "the first to each, CPU, µs" },
    "many/next/rate": { title: "the next to each, asleep until then, requests/s", more: true },
    "many/next/cpu": { title: "the next to each, asleep until then, CPU, µs" },
  },
  onlyFull: true,
  async measure(arena, contender) {
    const serving = await contender.start(arena.stores);
    try {
      const users = await usersOf("many", 5000);
      await post(contender, serving, await usersOf("many-warm", 64), { count: 1000 });
      const first = await costOfPosts(contender, serving, users, { count: users.length });
      await asleep(serving);
      const next = await costOfPosts(contender, serving, users, { count: users.length });
      return {
        "many/first/rate": first.rate,
        "many/first/cpu": first.cpu,
        "many/next/rate": next.rate,
        "many/next/cpu": next.cpu,
      };
    } finally {
      await serving.stop();
    }
  },
};
