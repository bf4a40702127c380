// The costs of the process itself: its start, and the memory of users and sockets.

import { device, idle, mustBe, post, quiet, usersOf } from "../arena.mjs";
import { notification, userOf } from "../contenders.mjs";
import { Line } from "../line.mjs";
import { median } from "../table.mjs";

/** @type {import("../measure.mjs").Group} */
export const start = {
  name: "start",
  title: "From the start of the process",
  metrics: { "start/first": { title: "to the first 201, ms" } },
  async measure(arena, contender) {
    const user = await userOf("start");
    const bytes = contender.post(user, notification());
    /** @type {number[]} */
    const times = [];
    for (let n = 0; n < (arena.full ? 9 : 5); n++) {
      const serving = await contender.start(arena.stores);
      try {
        const line = await Line.open(serving.port);
        const { status, body } = await line.ask(bytes);
        times.push(performance.now() - serving.started);
        line.close();
        mustBe(serving, 201)(status, n, body);
      } finally {
        await serving.stop();
      }
    }
    return { "start/first": median(times) };
  },
};

/** @type {import("../measure.mjs").Group} */
export const memory = {
  name: "memory",
  title: "Memory of the process (RSS), a process of its own",
  shortRounds: 1,
  metrics: {
    "memory/user": { title: "per user with one item, KiB" },
    "memory/socket": { title: "per idle socket, KiB" },
  },
  async measure(arena, contender) {
    const serving = await contender.start(arena.stores);
    try {
      await post(contender, serving, await usersOf("memory-warm", 64), { count: 640 });
      await idle(serving);
      const empty = serving.memory();
      const users = await usersOf("memory", 500);
      await post(contender, serving, users, { count: users.length });
      await idle(serving);
      const posted = serving.memory();
      const devices = [];
      for (const user of users.slice(0, 20)) {
        devices.push(...(await Promise.all(Array.from({ length: 50 }, () => device(contender, serving, user)))));
      }
      await quiet(serving);
      const connected = serving.memory();
      for (const { close } of devices) close();
      return {
        "memory/user": (posted - empty) / users.length,
        "memory/socket": (connected - posted) / devices.length,
      };
    } finally {
      await serving.stop();
    }
  },
};
