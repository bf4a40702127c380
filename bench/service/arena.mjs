// The arena of the contenders: each runs in a process of its own that is started when it is first needed,
// and the local stores beside them.

import { setTimeout as sleep } from "node:timers/promises";
import { contenders, notification, userOf } from "./contenders.mjs";
import { Line, patience, Socket } from "./line.mjs";
import { run } from "./load.mjs";
import { Stores } from "./stores-process.mjs";
import { keySet } from "./tokens.mjs";

/** @typedef {import("./contenders.mjs").Contender} Contender */
/** @typedef {import("./contenders.mjs").User} User */
/** @typedef {import("./contenders.mjs").Serving} Serving */

/** A contender that answered something else than it should. */
export class Wrong extends Error {}

export class Arena {
  /** @type {Map<string, Promise<Serving>>} */
  #serving = new Map();

  /** @param {{ full?: boolean }} [options] */
  static async open({ full = false } = {}) {
    return new Arena(await Stores.start(keySet), full);
  }

  /**
   * @param {Stores} stores
   * @param {boolean} full whether there is time for more than the short run
   */
  constructor(stores, full) {
    this.stores = stores;
    this.full = full;
  }

  /**
   * The running process of a contender, kept from one measurement to the next.
   * @param {Contender} contender
   */
  serving(contender) {
    let serving = this.#serving.get(contender.name);
    if (!serving) {
      serving = contender.start(this.stores);
      this.#serving.set(contender.name, serving);
    }
    return serving;
  }

  /**
   * Ends the contender's process; the next measurement starts a new one.
   * @param {Contender} contender
   */
  async retire(contender) {
    const serving = this.#serving.get(contender.name);
    this.#serving.delete(contender.name);
    await serving?.then(
      (running) => running.stop(),
      () => {},
    );
  }

  async close() {
    for (const contender of contenders) await this.retire(contender);
    this.stores.stop();
  }
}

/**
 * How long after a request a contender may begin to do what it has put off, in milliseconds.
 */
const putOff = 1200;

/**
 * Waits until a process takes next to no time.
 * @param {Serving} serving
 */
export async function quiet(serving) {
  const window = 60;
  const end = performance.now() + patience;
  let before = serving.cpu();
  for (;;) {
    await sleep(window);
    const now = serving.cpu();
    if (now - before <= window * 0.02 * 1000) return;
    if (performance.now() > end) throw new Wrong(`${serving.name} is busy though nobody asks it anything`);
    before = now;
  }
}

/**
 * Waits until a process has also done what it put off.
 * @param {Serving} serving
 */
export async function idle(serving) {
  await sleep(putOff);
  await quiet(serving);
}

/**
 * A check of answers that must all have one of these statuses.
 * @param {Serving} serving
 * @param {...number} statuses
 */
export function mustBe(serving, ...statuses) {
  return (/** @type {number} */ status, /** @type {number} */ _n, /** @type {Buffer} */ body) => {
    if (statuses.includes(status)) return;
    serving.assertAlive();
    const answer = String(body).slice(0, 200);
    throw new Wrong(`${serving.name} answered ${status}, not ${statuses.join(" or ")}: ${answer}`);
  };
}

/**
 * Posts notifications, to the users in turn, and makes sure that they are stored.
 * @param {Contender} contender
 * @param {Serving} serving
 * @param {User[]} users
 * @param {{ inFlight?: number, milliseconds?: number, count?: number, stored?: boolean }} options
 */
export async function post(contender, serving, users, { inFlight = 32, stored = true, ...limit }) {
  const sample = stored ? users.slice(0, 64) : [];
  const before = await Promise.all(sample.map((user) => count(contender, serving, user)));
  /** @type {number[]} */
  const posted = users.map(() => 0);
  const load = await run({
    port: serving.port,
    inFlight,
    next: (n) => {
      posted[n % users.length]++;
      return contender.post(users[n % users.length], notification());
    },
    check: mustBe(serving, 201, 202),
    ...limit,
  });
  for (const [at, user] of sample.entries()) {
    const more = (await count(contender, serving, user)) - before[at];
    if (more !== posted[at]) throw new Wrong(`${serving.name} was sent ${posted[at]} notifications and stored ${more}`);
  }
  return load;
}

/**
 * Makes a request on a connection of its own.
 * @param {Serving} serving
 * @param {Buffer} bytes
 */
export async function ask(serving, bytes) {
  const line = await Line.open(serving.port);
  try {
    const answer = await line.ask(bytes);
    mustBe(serving, 200)(answer.status, 0, answer.body);
    return String(answer.body);
  } finally {
    line.close();
  }
}

/**
 * How many items a user has.
 * @param {Contender} contender
 * @param {Serving} serving
 * @param {User} user
 */
export async function count(contender, serving, user) {
  return Number(await ask(serving, contender.count(user)));
}

/**
 * Users of one measurement, whom no other has.
 * @param {string} name
 * @param {number} count
 * @param {import("./tokens.mjs").Algorithm} [algorithm]
 */
export function usersOf(name, count, algorithm) {
  return Promise.all(Array.from({ length: count }, (_, n) => userOf(`${name}-${n}`, algorithm)));
}

/**
 * A device: an open socket from which all was read that was there before.
 * @param {Contender} contender
 * @param {Serving} serving
 * @param {User} user
 * @param {{ cursor?: string, replayed?: number, onFrame?: (text: Buffer) => void }} [options] `replayed`: so many
 *   frames come first, from a contender that doesn't say when it is ready
 */
export async function device(contender, serving, user, { cursor, replayed = 0, onFrame = () => {} } = {}) {
  /** @type {(value?: unknown) => void} */
  let ready = () => {};
  /** @type {(error: Error) => void} */
  let lost = () => {};
  const isReady = new Promise((done, fail) => ([ready, lost] = [done, fail]));
  isReady.catch(() => {});
  let early = true;
  let frames = 0;
  /** @type {string | undefined} */
  let reached;
  const socket = await Socket.open(serving.port, contender.stream(user, cursor), (text, self) => {
    // Asked for by the server, as a sign that it may send more.
    if (text.includes('"ack":true')) self.send(`{"type":"ack","seq":${JSON.parse(String(text)).seq}}`);
    if (!early) return onFrame(text);
    if (contender.isReady) {
      const frame = JSON.parse(String(text));
      if (contender.isReady(frame)) early = false;
      else if (contender.isChange?.(frame)) frames++;
      reached = contender.cursorOf?.(frame) ?? reached;
    } else if (++frames === replayed) early = false;
    if (!early) ready();
  });
  if (!contender.isReady && replayed === 0) {
    early = false;
    ready();
  }
  socket.closed.then(() => lost(new Wrong(`${serving.name} closed a socket before it was ready`)));
  const late = setTimeout(() => lost(new Wrong(`${serving.name} doesn't make a socket ready`)), patience);
  await isReady.finally(() => clearTimeout(late));
  return { close: () => socket.close(), closed: socket.closed, replayed: frames, cursor: reached };
}
