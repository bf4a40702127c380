// The Hub: the Durable Object of one user's feed of one host. The feed's rules are in the crate
// notifeed-hub; here are the runtime's events, each handed on to it by a plain call.

import { DurableObject } from "cloudflare:workers";
import * as wasm from "../build/bindings.js";
import { counters } from "./counters.mjs";
import { during, Host } from "./host.mjs";
import { configure, constants, currentGeneration, run, wait } from "./instance.mjs";
import { keysOf } from "./keys.mjs";

/** The request header of an upgrade that has protocol, fields and operation of the command. Only the Worker can reach a Hub. */
export const STREAM_HEADER = "Notifeed-Stream";

/** The operation of a client that connects. */
export const STREAM = "stream";

/**
 * The question of a request for a socket. A Worker of the release before names no operation: a client connects.
 * @param {Request} request
 */
export function questionOf(request) {
  const [protocol, encoded, operation = STREAM] = (request.headers.get(STREAM_HEADER) ?? "").split(" ");
  return { protocol: Number(protocol), fields: decodeURIComponent(encoded ?? ""), operation };
}

/** The least time between a close frame and the end of its Hub, in milliseconds: the frame has left by then. */
export const LAST_WORDS = 300;

/** How long a Hub waits to be asked to erase the rest, in milliseconds. */
const PATIENCE = 5000;

/**
 * An operator's look at the feed: what it found.
 * @param {string} text
 */
function read(text) {
  if (text.startsWith("!")) throw new Error(text.slice(1));
  return text;
}

/** The most bytes of a close's reason (RFC 6455 §5.5). */
const MAX_REASON = 123;

/**
 * A reason as far as it fits into a close frame, in whole characters.
 * @param {string} reason
 */
function fitting(reason) {
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(MAX_REASON));
  return reason.slice(0, read);
}

/**
 * The Hubs that go back to an earlier moment, by id: until they are healed they do nothing, since their numbers were
 * given already. Their next session begins in the same isolate, as a rule.
 * @type {Set<string>}
 */
const recovering = new Set();

/** The feed of one user at one host. */
export class Hub extends DurableObject {
  #host;
  /** Ends the Hub once it is erased, or before it goes back to an earlier moment. @type {number | null} */
  #end = null;

  /**
   * @param {DurableObjectState} ctx
   * @param {unknown} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    configure(env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(constants.ping, constants.pong));
    const host = new Host(ctx, env, constants, {
      timer: () => void this.#deliver(wasm.timer),
      kvEnded: (memory, effect, error) =>
        void this.#deliver((_, generation) => {
          if (memory.generation === generation) wasm.kvEnded(memory.feed, effect, error);
        }),
      kvRead: (memory, effect, text) =>
        void this.#deliver((_, generation) => {
          if (memory.generation === generation) wasm.kvRead(memory.feed, effect, text);
        }),
      verify: async (memory, effect, token) => {
        const outcome = await wait(() => wasm.verify(token, /** @type {any} */ (env)));
        const isHeard = this.#deliver(
          (_, generation) => memory.generation === generation && wasm.ended(memory.feed, effect, outcome),
        );
        if (!isHeard) throw new Error("the feed lost its memory before the token was verified");
      },
      push: async (memory, effect, push) => {
        const outcome = await wait(() => wasm.push(push));
        // A feed that lost its memory meanwhile finds in its tables what it hasn't heard of.
        this.#deliver((_, generation) => {
          if (memory.generation === generation) wasm.ended(memory.feed, effect, outcome);
        });
      },
      refuse,
    });
    this.#host = host;
    host.ending = recovering.has(ctx.id.toString());
    void ctx.blockConcurrencyWhile(async () => {
      host.alarm = (await ctx.storage.getAlarm()) ?? NaN;
    });
  }

  /**
   * Has the feed handle an event, at once.
   * @template T
   * @param {(feed: number, generation: number) => T} event
   * @returns {T}
   */
  #event(event) {
    const host = this.#host;
    const { feed, generation } = this.#awake();
    host.committed = false;
    try {
      return run(() => during(host, () => event(feed, generation)));
    } catch (crash) {
      // A change that is already durable may not have been sent to all clients, so they are disconnected and reconnect
      // with their cursors.
      if (host.committed) host.closeAll(constants.restarted);
      throw crash;
    }
  }

  /** The feed's memory in the instance that there is now; the feed wakes if it has none. */
  #awake() {
    const host = this.#host;
    const generation = currentGeneration();
    if (host.memory.generation === generation && run(() => wasm.isAwake(host.memory.feed))) return host.memory;
    counters.hubs_woken++;
    const feed = run(() => during(host, () => wasm.wake(this.ctx.id.toString(), host.alarm)));
    if (feed === 0) throw new Error("the feed can't be read");
    return (host.memory = { generation, feed });
  }

  /**
   * Has the feed hear of what it waited for. A feed that lost its memory meanwhile wakes, and finds in its
   * tables what is left to do.
   * @template T
   * @param {(feed: number, generation: number) => T} event
   * @returns {T | undefined}
   */
  #deliver(event) {
    try {
      return this.#event(event);
    } catch (fault) {
      console.error(`an event failed: ${fault}`);
    }
  }

  /**
   * A Worker's command: answers status, headers and body as one text, or that it is to be asked once
   * more. From protocol 2 on a line comes before it: the numbers of rows that were read and written.
   * @param {number} protocol
   * @param {string} operation
   * @param {string} fields
   */
  call(protocol, operation, fields) {
    if (this.#host.ending) return constants.retry;
    const { rows_read, rows_written } = counters;
    const answer = this.#event((feed) => wasm.callFeed(feed, protocol, operation, fields));
    if (protocol < 2 || answer === constants.retry) return answer;
    return `${counters.rows_read - rows_read} ${counters.rows_written - rows_written}\n${answer}`;
  }

  /** For health checks: a Hub that answers is there. */
  isThere() {
    return true;
  }

  /** How full the feed is, as JSON, for an operator; `null`: nothing is stored. */
  counters() {
    const counters = read(this.#event(wasm.counters));
    if (!counters) return null;
    const alarm = Number.isNaN(this.#host.alarm) ? null : new Date(this.#host.alarm).toISOString();
    const bytesOnDisk = this.ctx.storage.sql.databaseSize;
    return JSON.stringify({ ...JSON.parse(counters), alarm, bytesOnDisk });
  }

  /** Has the feed be healed from its copies, whatever its tables say; a feed that has neither stays unmade. */
  async heal() {
    const isThere = read(this.#event(wasm.counters)) !== "";
    const { keys } = await this.env.FEED.list({ prefix: `${this.ctx.id}:`, limit: 1 });
    if (isThere || keys.length > 0) read(this.#event(wasm.declareLost));
    if (recovering.delete(this.ctx.id.toString())) this.#host.ending = false;
  }

  /**
   * Has the Hub's storage go back to an earlier moment, by the platform's point-in-time recovery: when the Hub has ended
   * and begins again. {@link heal} comes next.
   * @param {number} at Unix milliseconds
   */
  async recover(at) {
    const { storage } = this.ctx;
    const bookmark = await storage.getBookmarkForTime(at);
    const id = this.ctx.id.toString();
    recovering.add(id);
    this.#host.ending = true;
    this.closeConnections(constants.restarted);
    try {
      await this.#host.quiet();
      await storage.onNextSessionRestoreBookmark(bookmark);
    } catch (fault) {
      recovering.delete(id);
      this.#host.ending = false;
      throw fault;
    }
    this.#endIn(LAST_WORDS, "the feed goes back to an earlier moment");
  }

  /**
   * Erases some of the feed, first the copies, then the rows that name them; true: nothing is left of it. Where it
   * fails the rest is still known, to be erased next time. The Hub ends.
   */
  async erase() {
    const host = this.#host;
    this.#shut();
    let isMore = false;
    try {
      await host.quiet();
      const [last, ...keys] = read(this.#event(wasm.keys)).split("\n");
      await Promise.all(keys.map((key) => this.env.FEED.delete(key)));
      if (last) {
        read(this.#event((feed) => wasm.eraseItems(feed, Number(last))));
        isMore = true;
        return false;
      }
      const strays = [];
      for await (const { name } of keysOf(this.env.FEED, `${this.ctx.id}:`)) strays.push(this.env.FEED.delete(name));
      await Promise.all(strays);
      await host.forgetAll();
      return true;
    } finally {
      this.#endIn(isMore ? PATIENCE : LAST_WORDS);
    }
  }

  /** Ends the feed with everything that the Hub has stored, and then the Hub. Its copies in KV are for the caller. */
  async forget() {
    this.#shut();
    await this.#host.forgetAll();
    this.#endIn(LAST_WORDS);
  }

  /** From here on no call is accepted, and clients don't reconnect. */
  #shut() {
    this.#host.ending = true;
    this.closeConnections(constants.erased);
  }

  /**
   * @param {number} milliseconds
   * @param {string} [reason]
   */
  #endIn(milliseconds, reason = "the user is erased") {
    clearTimeout(this.#end);
    this.#end = setTimeout(() => this.ctx.abort(reason), milliseconds);
  }

  /** @param {{ code: number, reason: string }} close */
  closeConnections(close) {
    this.#host.closeAll(close);
  }

  /**
   * A client connects, or a call waits until the Hub closes its socket: 101, or 200 with what {@link Hub.call} would
   * answer.
   * @param {Request} request
   */
  async fetch(request) {
    if (this.#host.ending) return new Response(constants.retry);
    const { protocol, fields, operation } = questionOf(request);
    const [client, server] = Object.values(new WebSocketPair());
    const socket = this.#host.numberOf(server);
    let accepted = false;
    try {
      const id = this.ctx.id.toString();
      const refusal = this.#event((feed) => wasm.connect(feed, id, protocol, socket, operation, fields));
      if (refusal !== undefined) return new Response(refusal);
      accepted = true;
      return new Response(null, { status: 101, webSocket: client });
    } finally {
      if (!accepted) this.#host.forget(server);
    }
  }

  /**
   * An exception makes the runtime ring again, later and later.
   * @param {{ isRetry?: boolean }} [info]
   */
  alarm(info) {
    // The runtime rings again.
    if (recovering.has(this.ctx.id.toString())) throw new Error("the feed goes back to an earlier moment");
    this.#host.alarm = NaN;
    this.#event((feed) => wasm.alarm(feed, info?.isRetry ?? false));
  }

  /**
   * The socket stays open after a crash; a frame that asks for an answer gets one.
   * @param {WebSocket} socket
   * @param {string | ArrayBuffer} message
   */
  webSocketMessage(socket, message) {
    if (this.#host.ending) return;
    const number = this.#host.numberOf(socket);
    const frame = { socket, message };
    this.#host.frame = frame;
    try {
      this.#event((feed) => wasm.message(feed, number, typeof message === "string" ? message : undefined));
    } catch (fault) {
      refuse(frame, fault);
    } finally {
      this.#host.frame = undefined;
    }
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   * @param {string} reason
   */
  webSocketClose(socket, code, reason) {
    try {
      // Without an answering close frame the client would wait, and see a broken connection.
      socket.close(
        run(() => wasm.echoOf(code)),
        fitting(reason),
      );
    } catch {
      // The socket is closed already.
    }
    this.#ended(socket);
  }

  /**
   * @param {WebSocket} socket
   * @param {unknown} error
   */
  webSocketError(socket, error) {
    console.warn(`a socket failed: ${error}`);
    this.#ended(socket);
  }

  /** @param {WebSocket} socket */
  #ended(socket) {
    const number = this.#host.numberOf(socket);
    try {
      this.#event((feed) => wasm.closed(feed, number));
    } finally {
      this.#host.forget(socket);
    }
  }
}

/**
 * Tells a client that its frame failed, if it asked for an answer. A fresh wasm instance writes the answer.
 * @param {{ socket: WebSocket, message: string | ArrayBuffer }} frame
 * @param {unknown} fault
 */
function refuse({ socket, message }, fault) {
  if (typeof message !== "string") return;
  try {
    const answer = run(() => wasm.failedFrame(message, Date.now(), String(fault)));
    if (answer !== undefined) socket.send(answer);
  } catch (again) {
    console.error(`handling a frame failed: ${fault}; writing its answer failed too: ${again}`);
  }
}
