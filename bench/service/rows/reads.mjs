// List pages, `$count` and state changes, and what all that costs in a feed of many items.

import { ask, count, device, idle, mustBe, post, quiet, usersOf, Wrong } from "../arena.mjs";
import { userOf } from "../contenders.mjs";
import { quantile, run } from "../load.mjs";
import { costOfResumes } from "./frames.mjs";
import { costOfPosts } from "./posts.mjs";

/**
 * Asks the same some times, one by one.
 * @param {import("../arena.mjs").Serving} serving
 * @param {(n: number) => Buffer} next
 * @param {number} times
 */
async function costOf(serving, next, times) {
  await quiet(serving);
  const before = serving.cpu();
  const load = await run({ port: serving.port, inFlight: 1, next, check: mustBe(serving, 200), count: times });
  await quiet(serving);
  return { p50: quantile(load.times, 0.5), cpu: (serving.cpu() - before) / times };
}

/**
 * The ids of a user's newest 20.
 * @param {import("../arena.mjs").Contender} contender
 * @param {import("../arena.mjs").Serving} serving
 * @param {import("../arena.mjs").User} user
 */
async function newest(contender, serving, user) {
  const ids = contender.idsOf(JSON.parse(await ask(serving, contender.page(user))));
  if (ids.length !== 20) throw new Wrong(`${serving.name} lists ${ids.length} items, not 20`);
  return ids;
}

/** @type {import("../measure.mjs").Group} */
export const page = {
  name: "page",
  title: "A list page of 20, one at a time",
  metrics: { "page/p50": { title: "p50, ms" }, "page/cpu": { title: "CPU, µs" } },
  prepare: async (arena, contender) => {
    await post(contender, await arena.serving(contender), await usersOf("page", 8), { count: 8 * 40 });
    await idle(await arena.serving(contender));
  },
  async measure(arena, contender) {
    const serving = await arena.serving(contender);
    const users = await usersOf("page", 8);
    for (const user of users) await newest(contender, serving, user);
    const cost = await costOf(serving, (n) => contender.page(users[n % 8]), arena.full ? 3000 : 600);
    return { "page/p50": cost.p50, "page/cpu": cost.cpu };
  },
};

const sizes = [10, 1000, 10_000];
const named = (/** @type {number} */ size) => (size < 10_000 ? String(size) : "10 000");

/** The cursor at which the last device of a growing feed left off, by contender. @type {Map<string, string>} */
const leftOff = new Map();

/** @type {import("../measure.mjs").Group} */
export const size = {
  name: "size",
  title: "In a small and in a large feed, one request at a time",
  metrics: {
    ...Object.fromEntries(sizes.map((n) => [`size/count/${n}`, { title: `\`$count\` of ${named(n)}, p50, ms` }])),
    ...Object.fromEntries(
      sizes.map((n) => [`size/change/${n}`, { title: `a state change among ${named(n)}, CPU, µs` }]),
    ),
    ...Object.fromEntries(
      ["page of 20", "resume of 10 changes", "post"].flatMap((what) =>
        [20, 10_000].map((n) => [`size/${what.split(" ")[0]}/${n}`, { title: `a ${what} among ${named(n)}, CPU, µs` }]),
      ),
    ),
  },
  takesPart: ({ name }, full) => full || name === "us" || name === "floor",
  async prepare(arena, contender) {
    const serving = await arena.serving(contender);
    await post(contender, serving, [await userOf("size-1000")], { count: 1000 });
    const user = await userOf("size-10000");
    // A device that is there from the first item on knows where it left off.
    const listening = contender.isReady && (await device(contender, serving, user, { onFrame: keepCursor }));
    /** @param {Buffer} text */
    function keepCursor(text) {
      leftOff.set(contender.name, contender.cursorOf?.(JSON.parse(String(text))) ?? "");
    }
    await post(contender, serving, [user], { count: 10_000 });
    await idle(serving);
    if (listening) listening.close();
  },
  async measure(arena, contender, round) {
    const serving = await arena.serving(contender);
    const times = arena.full ? 500 : 100;
    const small = await userOf(`size-10-${round}`);
    const large = await userOf("size-10000");
    await post(contender, serving, [small], { count: 10 });
    /** @type {Record<string, number>} */
    const found = {};
    for (const [n, user] of /** @type {const} */ ([
      [10, small],
      [1000, await userOf("size-1000")],
      [10_000, large],
    ])) {
      if ((await count(contender, serving, user)) < n) throw new Wrong(`${serving.name} lost items of a feed`);
      found[`size/count/${n}`] = (await costOf(serving, () => contender.count(user), times)).p50;
      const ids = contender.idsOf(JSON.parse(await ask(serving, contender.page(user)))).slice(0, 10);
      // Each ten the other way, or nothing would change.
      const change = (/** @type {number} */ at) =>
        contender.change(user, ids[at % 10], Math.floor(at / 10) % 2 === 0 ? "read" : "unread");
      found[`size/change/${n}`] = (await costOf(serving, change, times)).cpu;
    }
    for (const [n, user] of /** @type {const} */ ([
      [20, small],
      [10_000, large],
    ])) {
      if (contender.isReady) {
        const known = n === 20 ? undefined : leftOff.get(contender.name);
        const { close, cursor } = await device(contender, serving, user, { cursor: known });
        close();
        await post(contender, serving, [user], { count: 10 });
        found[`size/resume/${n}`] = (await costOfResumes(contender, serving, user, String(cursor), 10, times / 5)).cpu;
        if (n !== 20) leftOff.set(contender.name, String(cursor));
      } else await post(contender, serving, [user], { count: 10 });
      await newest(contender, serving, user);
      found[`size/page/${n}`] = (await costOf(serving, () => contender.page(user), times)).cpu;
      found[`size/post/${n}`] = (await costOfPosts(contender, serving, [user], { inFlight: 1, count: times })).cpu;
    }
    return found;
  },
};
