// The host of a feed on its Durable Object: worker/src/feed/host.rs calls the functions at the end,
// always within an event of one Hub, whose host is then the current one. None of them may throw: an
// exception that passes through wasm ends the instance.

import { counters } from "./counters.mjs";
import { happened } from "./events.mjs";
import * as storage from "./storage.mjs";

/**
 * A client's frame, and whose.
 * @typedef {{ socket: WebSocket, message: string | ArrayBuffer }} Frame
 */

/**
 * A feed in memory: the wasm instance that holds it, and its number there. Each waking makes a new one.
 * @typedef {Readonly<{ generation: number, feed: number }>} Memory
 */

/**
 * The events that a Hub hears, with the memory of the feed that asked for it.
 * @typedef {object} Events
 * @property {() => void} timer
 * @property {(memory: Memory, effect: number, error: string | undefined) => void} kvEnded
 * @property {(memory: Memory, effect: number, text: string) => void} kvRead
 * @property {(memory: Memory, effect: number, token: string) => Promise<void>} verify
 * @property {(memory: Memory, effect: number, push: number) => Promise<void>} push
 * @property {(frame: Frame, fault: unknown) => void} refuse
 */

/** Sockets, storage, alarm, timer and effects of one Hub. */
export class Host {
  /** When the alarm is set to, in Unix milliseconds; NaN: never. */
  alarm = NaN;

  /** The feed wants the Hub to end: no new call is begun. */
  ending = false;

  /** The feed's memory. @type {Memory} */
  memory = { generation: 0, feed: 0 };

  /** The event that is being handled has written something. */
  committed = false;

  /** The frame that is being handled. @type {Frame | undefined} */
  frame;

  /** @type {number | null} */
  #timer = null;
  /** @type {Map<WebSocket, number>} */
  #numbers = new Map();
  /** @type {Map<number, WebSocket>} */
  #sockets = new Map();
  #lastNumber = 0;
  /** How many calls of KV are under way. */
  #underWay = 0;

  /**
   * @param {DurableObjectState} ctx
   * @param {any} env
   * @param {{ statements: string[], erasedMark: string }} constants
   * @param {Events} events
   */
  constructor(ctx, env, { statements, erasedMark }, events) {
    this.ctx = ctx;
    this.env = env;
    this.statements = statements;
    this.erasedKey = `${erasedMark}${ctx.id}`;
    this.events = events;
  }

  /**
   * The number of a socket; it has the same as long as the Hub is in memory.
   * @param {WebSocket} socket
   */
  numberOf(socket) {
    let number = this.#numbers.get(socket);
    if (number === undefined) {
      number = ++this.#lastNumber;
      this.#numbers.set(socket, number);
      this.#sockets.set(number, socket);
    }
    return number;
  }

  /** @param {WebSocket} socket */
  forget(socket) {
    this.#sockets.delete(this.numberOf(socket));
    this.#numbers.delete(socket);
  }

  /** @param {{ code: number, reason: string }} close */
  closeAll({ code, reason }) {
    for (const socket of this.ctx.getWebSockets()) outcomeOf(() => socket.close(code, reason));
  }

  /** The open sockets, packed as rows of number and attachment. */
  openSockets() {
    let packed = ".2\n";
    for (const socket of this.ctx.getWebSockets()) {
      /** @type {unknown} */
      const attachment = attempt("reading an attachment", () => socket.deserializeAttachment());
      packed += `i${this.numberOf(socket)};`;
      packed += typeof attachment === "string" ? `t${attachment.length};${attachment}` : "n";
    }
    return packed;
  }

  /**
   * @param {Float64Array} shape
   * @param {string} texts
   */
  commit(shape, texts) {
    const changed = storage.commit(this.ctx.storage, this.statements, shape, texts);
    this.committed = true;
    return changed;
  }

  /** @param {number} at */
  setAlarm(at) {
    this.ctx.storage.setAlarm(at).catch((fault) => console.error(`setting the alarm failed: ${fault}`));
    this.alarm = at;
  }

  /** @param {number} millis */
  setTimer(millis) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.events.timer, millis);
  }

  /**
   * @param {number} number
   * @param {string} attachment
   */
  accept(number, attachment) {
    const socket = this.#sockets.get(number);
    if (!socket) throw new Error("no such socket was offered");
    this.ctx.acceptWebSocket(socket);
    socket.serializeAttachment(attachment);
  }

  /** @param {number} number */
  socket(number) {
    return this.#sockets.get(number);
  }

  /**
   * @param {number} effect
   * @param {() => Promise<void>} operation
   */
  async withKv(effect, operation) {
    const { memory } = this;
    /** @type {string | undefined} */
    let error;
    this.#underWay++;
    try {
      if (this.ending) throw new Error("the feed ends");
      await operation();
    } catch (fault) {
      error = String(fault);
    }
    this.#underWay--;
    if (error === undefined) counters.copies_confirmed++;
    else counters.copies_failed++;
    this.events.kvEnded(memory, effect, error);
  }

  /**
   * @param {number} effect
   * @param {() => Promise<string>} question
   */
  async askKv(effect, question) {
    const { memory } = this;
    /** @type {string} */
    let text;
    try {
      text = await question();
    } catch (fault) {
      return this.events.kvEnded(memory, effect, String(fault));
    }
    this.events.kvRead(memory, effect, text);
  }

  /**
   * @param {number} effect
   * @param {string} token
   */
  async verify(effect, token) {
    const { memory, frame } = this;
    try {
      await this.events.verify(memory, effect, token);
    } catch (fault) {
      if (frame) this.events.refuse(frame, fault);
    }
  }

  /**
   * @param {number} effect
   * @param {number} push
   */
  async push(effect, push) {
    counters.pushes_tried++;
    await this.events.push(this.memory, effect, push).catch((fault) => console.error(`a push failed: ${fault}`));
  }

  /** Ends the Hub and everything that it has stored. */
  end() {
    this.ending = true;
    const end = () => void setTimeout(() => this.ctx.abort("nothing needs this feed"), 0);
    this.forgetAll().then(end, end);
  }

  /** Deletes everything that the Hub has stored. */
  async forgetAll() {
    const { storage } = this.ctx;
    await storage.deleteAll();
    await storage.deleteAlarm();
    await storage.sync();
    happened(this.env, { event: "FeedEnded" });
  }

  /** Resolves once all pending KV operations have ended; an ending feed starts no further ones. */
  async quiet() {
    while (this.#underWay > 0) await scheduler.wait(10);
  }

  /** Ends the Hub, once what was answered is durable and has left. */
  abort() {
    if (this.ending) return;
    this.ending = true;
    happened(this.env, { event: "MemoryEnded" });
    const end = () => void setTimeout(() => this.ctx.abort("clients don't read"), 0);
    this.ctx.storage.sync().then(end, end);
  }
}

/** @type {Host} */
let current;

/**
 * @template T
 * @param {Host} host
 * @param {() => T} event
 * @returns {T}
 */
export function during(host, event) {
  current = host;
  return event();
}

/**
 * Runs `act`; an exception is logged.
 * @template T
 * @param {string} what
 * @param {() => T} act
 * @returns {T | undefined}
 */
function attempt(what, act) {
  try {
    return act();
  } catch (fault) {
    console.warn(`${what} failed: ${fault}`);
    return undefined;
  }
}

/**
 * Runs `act`, and returns the text of its exception; `undefined`: there was none.
 * @param {() => void} act
 */
function outcomeOf(act) {
  try {
    act();
    return undefined;
  } catch (fault) {
    return String(fault);
  }
}

/**
 * Returns an error, or an empty text where the last statement changed nothing.
 * @param {Float64Array} shape
 * @param {string} texts
 */
export function commit(shape, texts) {
  try {
    return current.commit(shape, texts) ? undefined : "";
  } catch (fault) {
    return String(fault);
  }
}

/**
 * @param {number} statement
 * @param {string} text
 * @param {Float64Array} shape
 * @param {string} texts
 * @param {number} budget
 */
export function query(statement, text, shape, texts, budget) {
  try {
    const question = statement < 0 ? text : current.statements[statement];
    return storage.query(current.ctx.storage, question, shape, texts, budget);
  } catch (fault) {
    return `!${fault}`;
  }
}

/** @param {number} at */
export const setAlarm = (at) => outcomeOf(() => current.setAlarm(at));

/** @param {number} millis */
export const setTimer = (millis) => current.setTimer(millis);

export const sockets = () => current.openSockets();

/**
 * @param {number} socket
 * @param {string} attachment
 */
export const accept = (socket, attachment) => outcomeOf(() => current.accept(socket, attachment));

/**
 * Sends a frame to sockets. A socket that fails has gone: its close event follows.
 * @param {string} frame
 * @param {Uint32Array} to
 */
export function send(frame, to) {
  counters.frames_sent += to.length;
  for (const number of to) outcomeOf(() => current.socket(number)?.send(frame));
}

/**
 * Closes a socket. A socket that is closed already stays so.
 * @param {number} socket
 * @param {number} code
 * @param {string} reason
 */
export function close(socket, code, reason) {
  happened(current.env, { event: "ConnectionEnded", code });
  outcomeOf(() => current.socket(socket)?.close(code, reason));
}

/**
 * @param {number} socket
 * @param {string} attachment
 */
export const attach = (socket, attachment) =>
  attempt("keeping an attachment", () => current.socket(socket)?.serializeAttachment(attachment));

/** @param {number} number */
export function lastPing(number) {
  const socket = current.socket(number);
  const at =
    socket && attempt("reading the time of a ping", () => current.ctx.getWebSocketAutoResponseTimestamp(socket));
  return at ? at.getTime() : NaN;
}

/**
 * @param {number} effect
 * @param {string} key
 * @param {string} value
 * @param {string} metadata
 * @param {number} expiration
 */
export function put(effect, key, value, metadata, expiration) {
  const { env } = current;
  void current.withKv(effect, () => env.FEED.put(key, value, { expiration, metadata: JSON.parse(metadata) }));
}

/**
 * @param {number} effect
 * @param {string} key
 */
export function remove(effect, key) {
  const { env } = current;
  void current.withKv(effect, () => env.FEED.delete(key));
}

/** @param {number} effect */
export function erasedSince(effect) {
  const { env, erasedKey } = current;
  void current.askKv(effect, async () => (await env.REGISTRY.get(erasedKey)) ?? "");
}

/**
 * @param {number} effect
 * @param {string | undefined} cursor
 */
export function list(effect, cursor) {
  const { ctx, env } = current;
  void current.askKv(effect, async () => JSON.stringify(await env.FEED.list({ prefix: `${ctx.id}:`, cursor })));
}

/**
 * @param {number} effect
 * @param {string} keys with line feeds between
 */
export function get(effect, keys) {
  const { env } = current;
  const names = keys.split("\n");
  void current.askKv(effect, async () => {
    const found = await env.FEED.get(names);
    return names.map((name) => found.get(name) ?? "").join("\n");
  });
}

/**
 * @param {number} effect
 * @param {string} token
 */
export const verify = (effect, token) => void current.verify(effect, token);

/**
 * @param {number} effect
 * @param {number} push
 */
export const push = (effect, push) => void current.push(effect, push);

export const abort = () => current.abort();

export const end = () => current.end();
