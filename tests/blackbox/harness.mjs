// The harness of every black-box test: the built Worker on workerd, on a port and a state folder of its
// own, and the two ways to talk to it. The tests know the wire, nothing else.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import WebSocket from "ws";
import { appToken, developmentHost as host, example, userToken } from "../../scripts/development.mjs";
import { startLocal } from "../../scripts/local.mjs";
import { startBinary } from "./binary.mjs";

export { appToken, example, host, userToken };

/**
 * A folder that goes when the test file has run.
 * @param {() => Promise<void>} [first] ends what writes into it
 */
export async function temporaryFolder(first) {
  const folder = await mkdtemp(join(tmpdir(), "notifeed-test-"));
  after(async () => {
    await first?.();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
}

/**
 * Starts a service of the test file's own; it ends with the file.
 * @param {Pick<import("../../scripts/local.mjs").LocalOptions, "vars" | "limits" | "outbound" | "around">} [options]
 */
export async function startService(options = {}) {
  const folder = await temporaryFolder(() => service.stop());
  const service = new Service(folder, options);
  await service.start();
  return service;
}

/**
 * The caller of a request: a user (delegated token), an app (app-only), or a token as it is.
 * @typedef {{ as?: string, app?: string, token?: string }} Caller
 */

/** @param {Caller} caller */
async function tokenOf({ as, app, token }) {
  if (token !== undefined) return token;
  if (as !== undefined) return userToken(as);
  if (app !== undefined) return appToken(app);
  return undefined;
}

class Service {
  /** @type {string[]} what the Worker logged */
  log = [];
  /** @type {any[]} the lines of answered requests */
  requests = [];
  url = "";
  /** @type {Awaited<ReturnType<typeof startLocal>> | Awaited<ReturnType<typeof startBinary>> | undefined} */
  #local;

  /**
   * @param {string} state
   * @param {Pick<import("../../scripts/local.mjs").LocalOptions, "vars" | "limits" | "outbound" | "around">} options
   */
  constructor(state, options) {
    this.state = state;
    this.options = options;
  }

  async start() {
    // The same port again after a restart, as a service has.
    const port = this.url ? Number(new URL(this.url).port) : 0;
    const log = (/** @type {string} */ line) =>
      line.startsWith('{"request":') ? void this.requests.push(JSON.parse(line)) : void this.log.push(line);
    const options = { ...this.options, port, state: this.state, log };
    this.#local = await (process.env.ON_BINARY
      ? // Addresses come as from Cloudflare's network.
        startBinary({ ...options, vars: { ADDRESS_HEADER: "CF-Connecting-IP", ...options.vars } })
      : startLocal(options));
    this.url = this.#local.url;
  }

  /** Ends workerd with SIGKILL: nothing is tidied up. */
  async stop() {
    await this.#local?.stop();
    this.#local = undefined;
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  /** For what can't be seen from outside: stores, eviction. */
  get miniflare() {
    if (!this.#local || !("miniflare" in this.#local)) throw new Error("the service doesn't run in miniflare");
    return this.#local.miniflare;
  }

  /**
   * Makes a request. `json` becomes the body with its type; `body` goes as it is.
   * @param {string} method
   * @param {string} path
   * @param {Caller & { headers?: Record<string, string>, json?: unknown, body?: BodyInit }} [options]
   * @returns {Promise<Answer>}
   */
  async request(method, path, { headers = {}, json, body, ...caller } = {}) {
    const token = await tokenOf(caller);
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: json === undefined ? body : JSON.stringify(json),
      redirect: "manual",
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  }

  /**
   * Posts a notification.
   * @param {unknown} notification
   * @param {Caller & { headers?: Record<string, string> }} options
   */
  post(notification, options) {
    return this.request("POST", "/beta/me/notifications", { json: notification, ...options });
  }

  /**
   * Opens the live stream; resolves when the socket is open, rejects with {@link Refused} if the
   * service answers with a status.
   * @param {Caller & { platform?: string, query?: Record<string, string>, bearerProtocol?: boolean }} options
   *   `bearerProtocol`: the token goes in a subprotocol, as from a browser
   * @returns {Promise<Stream>}
   */
  async connect({ platform = "windows", query = {}, bearerProtocol = false, ...caller }) {
    const token = await tokenOf(caller);
    const url = new URL("/beta/me/notifications/stream", this.url.replace("http", "ws"));
    url.search = String(new URLSearchParams({ platform, ...query }));
    const byHeader = token !== undefined && !bearerProtocol;
    const protocols = ["notifeed.v1", ...(token !== undefined && bearerProtocol ? [`bearer.${token}`] : [])];
    const stream = new Stream(
      new WebSocket(url, protocols, byHeader ? { headers: { Authorization: `Bearer ${token}` } } : {}),
    );
    await stream.opened;
    after(() => stream.terminate());
    return stream;
  }
}

/** @typedef {{ status: number, headers: Headers, text: string, json: any }} Answer */

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The service answered the upgrade with a status instead of a socket. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} body
   */
  constructor(status, body) {
    super(`refused with ${status}: ${body}`);
    this.status = status;
    this.json = parsed(body);
  }
}

/**
 * A live connection: frames are kept in order until a test asks for them, but for the first, which says whose feed
 * it is.
 */
class Stream {
  /** The first frame. @type {any} */
  first;
  /** @type {any[]} */
  #frames = [];
  /** @type {(() => void) | undefined} */
  #wake;

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.socket = socket;
    socket.on("message", (data) => {
      const text = String(data);
      const frame = parsed(text) ?? text;
      if (this.first === undefined) {
        assert.deepEqual(Object.keys((this.first = frame)), ["type", "feed", "now"]);
        assert.equal(frame.type, "feed");
        return;
      }
      this.#frames.push(frame);
      this.#wake?.();
    });
    /** @type {Promise<void>} */
    this.opened = new Promise((resolve, reject) => {
      socket.once("open", () => resolve());
      socket.once("error", reject);
      socket.once("unexpected-response", (_request, response) => {
        let body = "";
        response.on("data", (chunk) => (body += chunk));
        response.on("end", () => reject(new Refused(response.statusCode ?? 0, body)));
      });
    });
    socket.on("error", () => {});
    /** @type {Promise<{ code: number, reason: string }>} */
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  /**
   * The next frame, waited for.
   * @param {number} [timeout] milliseconds
   * @returns {Promise<any>}
   */
  async next(timeout = 5000) {
    if (this.#frames.length === 0) {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no frame within ${timeout} ms`)), timeout);
        this.#wake = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
      });
      this.#wake = undefined;
    }
    return this.#frames.shift();
  }

  /**
   * All frames up to and with the first of that type; what asks for an acknowledgement gets it.
   * @param {string} type
   * @returns {Promise<any[]>}
   */
  async until(type) {
    const frames = [];
    do {
      const frame = await this.next();
      if (frame.ack) this.send({ type: "ack", seq: frame.seq });
      frames.push(frame);
    } while (frames.at(-1)?.type !== type);
    return frames;
  }

  /**
   * The frames that came in this time, for tests that nothing comes.
   * @param {number} milliseconds
   * @returns {Promise<any[]>}
   */
  async within(milliseconds) {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return this.#frames.splice(0);
  }

  /** @param {unknown} frame a string goes as it is, all else as JSON */
  send(frame) {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /**
   * @param {number} [code]
   * @param {string} [reason]
   */
  close(code, reason) {
    this.socket.close(code, reason);
    return this.closed;
  }

  /** As if the line broke. */
  terminate() {
    this.socket.terminate();
  }
}
