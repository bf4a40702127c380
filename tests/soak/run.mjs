// Many devices of some users come, go, read and delete, while a writer posts and replaces and the
// service crashes. The course of events is handed over as histories, for the checker.

import { setTimeout as sleep } from "node:timers/promises";
import { host, userToken } from "../blackbox/harness.mjs";
import { Device, itemOf } from "./device.mjs";

/** @typedef {ReturnType<typeof randomOf>} Random */
/** @typedef {Awaited<ReturnType<typeof import("../blackbox/harness.mjs").startService>>} Service */

const feed = "/beta/me/notifications";
const platforms = ["windows", "ios", "android"];

/**
 * Numbers that are the same for the same seed (mulberry32).
 * @param {number} seed
 */
export function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** Whole, below `limit`. @param {number} limit */
    below: (limit) => Math.floor(next() * limit),
    /** @param {number} probability */
    chance: (probability) => next() < probability,
    /** @template T @param {T[]} values @returns {T} */
    one: (values) => values[Math.floor(next() * values.length)],
  };
}

/**
 * @param {object} options
 * @param {Service} options.service
 * @param {number} options.seed
 * @param {number} options.users
 * @param {number} options.devices of each user
 * @param {number} options.milliseconds
 * @param {number} [options.items] that are there before the devices come
 * @param {(index: number) => Promise<void>} [options.disturb] what happens to the service, again and again
 */
export async function run({ service, seed, users, devices, milliseconds, items = 120, disturb }) {
  const feeds = Array.from(
    { length: users },
    (_, number) => new UserFeed(service, `soak${seed}-${number}@contoso.com`, seed * 1000 + number),
  );
  await Promise.all(feeds.map((user) => user.fill(items)));
  const end = Date.now() + milliseconds;
  const going = () => Date.now() < end;
  const disturbing = (async () => {
    for (let index = 0; disturb && going(); index++) await disturb(index);
  })();
  await Promise.all(feeds.map((user) => user.live(devices, going)));
  await disturbing;
  const histories = [];
  for (const user of feeds) histories.push(await user.end());
  return histories;
}

class UserFeed {
  /** @type {import("./checker.mjs").Post[]} */
  #posts = [];
  /** @type {import("./checker.mjs").History["deletions"]} */
  #deletions = [];
  /** @type {import("./checker.mjs").Update[]} */
  #updates = [];
  /** @type {Device[]} */
  #devices = [];
  #contents = 0;

  /**
   * @param {Service} service
   * @param {string} name
   * @param {number} seed
   */
  constructor(service, name, seed) {
    this.service = service;
    this.name = name;
    this.seed = seed;
    this.token = "";
  }

  /** @param {number} items */
  async fill(items) {
    this.token = await userToken(this.name);
    const random = randomOf(this.seed);
    for (let number = 0; number < items; number += 10) {
      await Promise.all(Array.from({ length: 10 }, () => this.#post(random, undefined, 3_600_000)));
    }
  }

  /**
   * @param {number} devices
   * @param {() => boolean} going
   */
  async live(devices, going) {
    this.#devices = Array.from(
      { length: devices },
      (_, number) => new Device(`${platforms[number % 3]} ${number}`, platforms[number % 3]),
    );
    await Promise.all([
      this.#write(randomOf(this.seed + 1), going),
      ...this.#devices.map((device, number) => this.#use(device, randomOf(this.seed + 100 + number), going)),
    ]);
  }

  /**
   * A request whose answer may never come.
   * @param {string} method
   * @param {string} path
   * @param {unknown} [json]
   */
  async #request(method, path, json) {
    const answer = await this.service.request(method, path, { token: this.token, json }).catch(() => undefined);
    // While it is being restarted or crashes, nobody knows what it did.
    return answer === undefined || answer.status >= 500 ? undefined : answer;
  }

  /**
   * @param {Random} random
   * @param {string | undefined} key
   * @param {number} lives in milliseconds
   */
  async #post(random, key, lives) {
    const targeted = platforms.filter(() => random.chance(0.7));
    const post = {
      targetHostName: host,
      appNotificationId: key,
      payload: { rawContent: `c${++this.#contents}${random.chance(0.1) ? "x".repeat(20_000) : ""}` },
      targetPolicy: { platformTypes: targeted.length > 0 ? targeted : [random.one(platforms)] },
      expirationDateTime: new Date(Date.now() + lives).toISOString(),
    };
    const content = post.payload.rawContent;
    const expires = Date.parse(post.expirationDateTime);
    for (const again of [true, false]) {
      const answer = await this.#request("POST", feed, post);
      if (answer === undefined) {
        this.#posts.push({ content, expires });
        await sleep(20);
        continue;
      }
      // The instant at which it expires may be there before the post is.
      if (answer.status === 400) return;
      if (answer.status !== 200 && answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
      this.#posts.push({ id: answer.json.id, content, expires });
      // A safe retry changes nothing, and is answered the same.
      if (!again || key === undefined || !random.chance(0.2)) return;
    }
  }

  /**
   * @param {Random} random
   * @param {() => boolean} going
   */
  async #write(random, going) {
    while (going()) {
      const key = random.chance(0.6) ? `k${random.below(12)}` : undefined;
      await this.#post(random, key, random.chance(0.3) ? 200 + random.below(1200) : 3_600_000);
      await sleep(random.below(25));
    }
  }

  /**
   * @param {Device} device
   * @param {Random} random
   * @param {() => boolean} going
   */
  async #use(device, random, going) {
    while (going()) {
      if (random.chance(0.1)) device.forget();
      const breaksAfter = random.chance(0.4) ? 1 + random.below(150) : undefined;
      const line = await device.connect(this.service.url, this.token, breaksAfter).catch(() => undefined);
      if (line === undefined) {
        await sleep(20);
        continue;
      }
      // Some ask before they have been told everything.
      if (random.chance(0.8)) await line.caughtUp;
      for (let actions = random.below(8); actions > 0 && line.open && going(); actions--) {
        await this.#act(device, line, random);
        await sleep(random.below(30));
      }
      await line.terminate();
      if (random.chance(0.3)) await sleep(random.below(200));
    }
  }

  /**
   * @param {Device} device
   * @param {import("./device.mjs").Line} line
   * @param {Random} random
   */
  async #act(device, line, random) {
    if (device.items.size === 0 || random.chance(0.3)) return;
    const id = random.one([...device.items.keys()]);
    const overHttp = random.chance(0.2);
    if (random.chance(0.25)) {
      const deletion = { id, done: false };
      this.#deletions.push(deletion);
      const outcome = overHttp
        ? await this.#request("DELETE", `${feed}/${id}`)
        : await line.ask({ type: "delete", id });
      Object.assign(deletion, { done: outcome?.status === 204, seq: outcome?.seq });
      return;
    }
    const states = random.one([
      { readState: "read" },
      { readState: "unread" },
      { userActionState: "dismissed" },
      { readState: "read", userActionState: random.one(["activated", "snoozed", "noInteraction"]) },
    ]);
    /** @type {import("./checker.mjs").Update} */
    const update = { id, states, changed: true };
    this.#updates.push(update);
    const outcome = overHttp
      ? await this.#request("PATCH", `${feed}/${id}`, states)
      : await line.ask({ type: "update", id, ...states });
    if (outcome === undefined || outcome.status >= 500) return;
    // Told without a number once it is live: nothing changed. Before, the number comes by the replay.
    update.changed = outcome.status === 200 && (overHttp || outcome.seq !== undefined || !outcome.ready);
    update.seq = outcome.seq;
  }

  /** Lets everything come to rest, reads it all, and hands the history over. */
  async end() {
    const last = Math.max(...this.#posts.map(({ expires }) => (expires < Date.now() + 60_000 ? expires : 0)));
    await sleep(Math.max(0, last - Date.now()) + 5);
    const end = Date.now();
    const fresh = platforms.map((platform) => new Device(`fresh ${platform}`, platform));
    const devices = [...this.#devices, ...fresh];
    for (const device of devices) {
      for (let attempts = 0; ; attempts++) {
        const line = await device.connect(this.service.url, this.token);
        const caughtUp = await line.caughtUp;
        await line.terminate();
        if (caughtUp) break;
        if (attempts > 5) throw new Error(`${device.name} can't catch up`);
      }
    }
    const listed = [];
    for await (const item of this.#pages(feed)) listed.push(item);
    /** @type {Map<string, import("./checker.mjs").Item>} */
    const delta = new Map();
    for await (const item of this.#pages(`${feed}/delta`)) {
      if (item["@removed"]) delta.delete(item.id);
      else delta.set(item.id, itemOf(item));
    }
    const filter = new URLSearchParams({ $filter: "readState eq 'unread'" });
    const count = await this.service.request("GET", `${feed}/$count?${filter}`, { token: this.token });
    return {
      history: {
        posts: this.#posts,
        deletions: this.#deletions,
        updates: this.#updates,
        connections: devices.flatMap(({ connections }) => connections),
        devices: devices.map(({ name, platform, items, given }) => ({ name, platform, given, items: [...items] })),
        end,
        listed: listed.map((item) => /** @type {[string, import("./checker.mjs").Item]} */ ([item.id, itemOf(item)])),
        delta: [...delta],
        unread: Number(count.text),
      },
      violations: devices.flatMap(({ violations }) => violations),
    };
  }

  /** @param {string} path */
  async *#pages(path) {
    for (let next = `${path}?$top=100`; next;) {
      const { json } = await this.service.request("GET", next, { token: this.token });
      yield* json.value;
      next = json["@odata.nextLink"]?.slice(this.service.url.length);
    }
  }
}

/** The size of a history, in numbers. @param {import("./checker.mjs").History} history */
export function inNumbers({ posts, deletions, updates, connections, listed }) {
  const frames = connections.reduce((sum, connection) => sum + connection.frames.length, 0);
  const cut = connections.filter(({ frames }) => !frames.some(({ type }) => type === "ready")).length;
  return `${posts.length} posts, ${updates.length} updates, ${deletions.length} deletions, ${connections.length} connections (${cut} cut in a replay), ${frames} frames, ${listed.length} items left`;
}
