// POST → frame: what a user's devices see of a post, and how devices connect.

import { setTimeout as sleep } from "node:timers/promises";
import { device, idle, mustBe, post, quiet, Wrong } from "../arena.mjs";
import { notification, userOf } from "../contenders.mjs";
import { Line } from "../line.mjs";
import { quantile } from "../load.mjs";

/**
 * Posts one by one to a user with so many devices: when the first and when the last of them has the frame.
 * @param {import("../arena.mjs").Contender} contender
 * @param {import("../arena.mjs").Serving} serving
 * @param {import("../arena.mjs").User} user
 * @param {number} sockets
 * @param {number} posts
 */
async function fanOut(contender, serving, user, sockets, posts) {
  let arrived = 0;
  let firstAt = 0;
  /** @type {() => void} */
  let allArrived = () => {};
  const onFrame = () => {
    if (arrived++ === 0) firstAt = performance.now();
    if (arrived === sockets) allArrived();
  };
  const devices = [];
  for (let n = 0; n < sockets; n += 50) {
    const some = Array.from({ length: Math.min(50, sockets - n) }, () => device(contender, serving, user, { onFrame }));
    devices.push(...(await Promise.all(some)));
  }
  const line = await Line.open(serving.port);
  /** @type {number[]} */
  const first = [];
  /** @type {number[]} */
  const last = [];
  try {
    await quiet(serving);
    for (let n = 0; n < posts; n++) {
      arrived = 0;
      const all = new Promise((done) => (allArrived = () => done(true)));
      const bytes = contender.post(user, notification());
      const sent = performance.now();
      const answered = line.ask(bytes);
      if (!(await Promise.race([all, sleep(10_000, false, { ref: false })]))) {
        serving.assertAlive();
        throw new Wrong(`${serving.name} sent ${arrived} of ${sockets} frames within 10 s`);
      }
      last.push(performance.now() - sent);
      first.push(firstAt - sent);
      const { status, body } = await answered;
      mustBe(serving, 201, 202)(status, n, body);
      if (arrived !== sockets) throw new Wrong(`${serving.name} sent ${arrived} frames to ${sockets} sockets`);
    }
  } finally {
    line.close();
    for (const { close } of devices) close();
  }
  const sorted = (/** @type {number[]} */ times) => times.sort((a, b) => a - b);
  return { first: sorted(first), last: sorted(last) };
}

/** @type {import("../measure.mjs").Group} */
export const frame = {
  name: "frame",
  title: "POST → frame, one device, one at a time",
  pubSub: true,
  metrics: { "frame/p50": { title: "p50, ms" }, "frame/p99": { title: "p99, ms" } },
  async measure(arena, contender, round) {
    const serving = await arena.serving(contender);
    await fanOut(contender, serving, await userOf("frame-warm"), 1, 30);
    const { last } = await fanOut(contender, serving, await userOf(`frame-${round}`), 1, arena.full ? 2000 : 400);
    return { "frame/p50": quantile(last, 0.5), "frame/p99": quantile(last, 0.99) };
  },
};

const sizes = [1, 10, 100, 1000];

/** @type {import("../measure.mjs").Group} */
export const fan = {
  name: "fan",
  title: "POST → frames on a user's devices, p50, ms",
  pubSub: true,
  metrics: Object.fromEntries(
    sizes.flatMap((size) => [
      [`fan/${size}/first`, { title: size === 1 ? "the one of 1" : `the first of ${size}` }],
      ...(size === 1 ? [] : [[`fan/${size}/last`, { title: `the last of ${size}` }]]),
    ]),
  ),
  async measure(arena, contender, round) {
    const serving = await arena.serving(contender);
    /** @type {Record<string, number>} */
    const found = {};
    for (const size of sizes) {
      const posts = size < 1000 ? (arena.full ? 100 : 30) : arena.full ? 40 : 15;
      const { first, last } = await fanOut(contender, serving, await userOf(`fan-${size}-${round}`), size, posts);
      found[`fan/${size}/first`] = quantile(first, 0.5);
      if (size > 1) found[`fan/${size}/last`] = quantile(last, 0.5);
    }
    return found;
  },
};

/** @type {import("../measure.mjs").Group} */
export const storm = {
  name: "storm",
  title: "1 000 devices connect at once",
  pubSub: true,
  metrics: {
    "storm/time": { title: "until all are ready, ms" },
    "storm/cpu": { title: "CPU per connection, µs" },
  },
  async measure(arena, contender, round) {
    const serving = await arena.serving(contender);
    const user = await userOf(`storm-${round}`);
    await device(contender, serving, user).then(({ close }) => close());
    await quiet(serving);
    const before = serving.cpu();
    const started = performance.now();
    const devices = await Promise.all(Array.from({ length: 1000 }, () => device(contender, serving, user)));
    const time = performance.now() - started;
    const cpu = (serving.cpu() - before) / devices.length;
    for (const { close } of devices) close();
    await quiet(serving);
    return { "storm/time": time, "storm/cpu": cpu };
  },
};

/** @type {import("../measure.mjs").Group} */
export const resume = {
  name: "resume",
  title: "A device comes back and has missed 1 000 changes",
  metrics: {
    "resume/time": { title: "until it is ready, p50, ms" },
    "resume/cpu": { title: "CPU, µs a change" },
  },
  takesPart: ({ resumes }) => resumes === true,
  async prepare(arena, contender) {
    const serving = await arena.serving(contender);
    const user = await userOf("resume");
    await post(contender, serving, [user], { count: 10 });
    // A contender whose frames carry no cursor numbers its items.
    const known = contender.isReady ? undefined : "0";
    const { close, cursor = "10" } = await device(contender, serving, user, { cursor: known, replayed: 10 });
    close();
    leftOff.set(contender.name, cursor);
    await post(contender, serving, [user], { count: 1000 });
    await idle(serving);
  },
  async measure(arena, contender) {
    const serving = await arena.serving(contender);
    const cursor = String(leftOff.get(contender.name));
    const cost = await costOfResumes(contender, serving, await userOf("resume"), cursor, 1000, 10);
    return { "resume/time": cost.time, "resume/cpu": cost.cpu / 1000 };
  },
};

/** The cursor at which the device left off, by contender. @type {Map<string, string>} */
const leftOff = new Map();

/**
 * Comes back some times, and is told each time what was missed.
 * @param {import("../arena.mjs").Contender} contender
 * @param {import("../arena.mjs").Serving} serving
 * @param {import("../arena.mjs").User} user
 * @param {string} cursor
 * @param {number} changes how many it must be told
 * @param {number} times
 */
export async function costOfResumes(contender, serving, user, cursor, changes, times) {
  await quiet(serving);
  const before = serving.cpu();
  /** @type {number[]} */
  const taken = [];
  for (let n = 0; n < times; n++) {
    const started = performance.now();
    const { close, closed, replayed } = await device(contender, serving, user, { cursor, replayed: changes });
    taken.push(performance.now() - started);
    close();
    await closed;
    if (replayed !== changes) throw new Wrong(`${serving.name} told ${replayed} of ${changes} missed changes`);
  }
  await quiet(serving);
  const cpu = (serving.cpu() - before) / times;
  taken.sort((a, b) => a - b);
  return { time: quantile(taken, 0.5), cpu };
}
