// As much of Mozilla's push service as Firefox needs to have push subscriptions and get pushes: the WebSocket on which it
// registers them and messages come, and what a server asks of it (RFC 8030).

import { randomBytes, randomUUID } from "node:crypto";
import { after } from "node:test";
import { WebSocketServer } from "ws";

/** The host of its subscriptions. */
export const HOST = "updates.push.services.mozilla.com";

/** The most bytes of a message. */
const LONGEST = 4096;

/** @typedef {{ browser: string, channelID: string, key: string, ended?: boolean }} Subscription */
/** @typedef {{ token: string, topic: string | undefined, frame: { version: string } }} Waiting */

export class Mozilla {
  /** Subscriptions by their token, the end of their URL. @type {Map<string, Subscription>} */
  #subscriptions = new Map();
  /** The lines of browsers that are there. @type {Map<string, import("ws").WebSocket>} */
  #lines = new Map();
  /** Messages that no browser has acknowledged. @type {Waiting[]} */
  #waiting = [];
  /** How many messages browsers have acknowledged. */
  acknowledged = 0;
  /** Whether browsers are let in. */
  isOpen = true;

  static async start() {
    const mozilla = new Mozilla();
    const server = new WebSocketServer({
      host: "127.0.0.1",
      port: 0,
      verifyClient: () => mozilla.isOpen,
    });
    server.on("connection", (line) => mozilla.#serve(line));
    await new Promise((listening) => server.once("listening", listening));
    after(() => {
      mozilla.close();
      server.close();
    });
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    return { mozilla, url: `ws://localhost:${port}/` };
  }

  /** Whether a browser is connected. */
  get isConnected() {
    return this.#lines.size > 0;
  }

  /** How many messages wait for a browser. */
  get waiting() {
    return this.#waiting.length;
  }

  /** Every line breaks, and none comes back until it is open again. */
  close() {
    this.isOpen = false;
    for (const line of this.#lines.values()) line.terminate();
    this.#lines.clear();
  }

  /**
   * Takes a push as a server sends it.
   * @param {string} token
   * @param {import("miniflare").Request} request
   * @param {Buffer} body
   * @returns {number} the status of the answer
   */
  push(token, request, body) {
    const subscription = this.#subscriptions.get(token);
    if (!subscription || subscription.ended) return 410;
    const header = (/** @type {string} */ name) => request.headers.get(name) ?? "";
    if (!/^\d+$/.test(header("TTL")) || header("Content-Encoding") !== "aes128gcm") return 400;
    if (body.length > LONGEST) return 413;
    // Firefox pads the key.
    if (!header("Authorization").endsWith(`k=${subscription.key.replace(/=+$/, "")}`)) return 401;
    const topic = header("Topic") || undefined;
    if (topic) this.#waiting = this.#waiting.filter((other) => other.token !== token || other.topic !== topic);
    const frame = {
      ...{ messageType: "notification", channelID: subscription.channelID, version: randomUUID() },
      ...{ data: body.toString("base64url"), headers: { encoding: "aes128gcm" } },
    };
    this.#waiting.push({ token, topic, frame });
    this.#lines.get(subscription.browser)?.send(JSON.stringify(frame));
    return 201;
  }

  /** @param {import("ws").WebSocket} line */
  #serve(line) {
    let browser = "";
    const say = (/** @type {object} */ frame) => line.send(JSON.stringify(frame));
    line.on("close", () => this.#lines.get(browser) === line && this.#lines.delete(browser));
    line.on("message", (data) => {
      const asked = JSON.parse(String(data));
      const { messageType, channelID } = asked;
      // Empty: a ping.
      if (!messageType) return say({});
      if (messageType === "hello") {
        browser = asked.uaid || randomUUID().replaceAll("-", "");
        this.#lines.set(browser, line);
        say({ messageType, uaid: browser, status: 200, use_webpush: true, broadcasts: {} });
        for (const { token, frame } of this.#waiting)
          if (this.#subscriptions.get(token)?.browser === browser) say(frame);
      } else if (messageType === "register") {
        const token = randomBytes(24).toString("base64url");
        this.#subscriptions.set(token, { browser, channelID, key: asked.key });
        say({ messageType, channelID, status: 200, pushEndpoint: `https://${HOST}/wpush/v2/${token}` });
      } else if (messageType === "unregister") {
        for (const subscription of this.#subscriptions.values())
          if (subscription.channelID === channelID) subscription.ended = true;
        say({ messageType, channelID, status: 200 });
      } else if (messageType === "ack") {
        const versions = new Set(asked.updates.map((/** @type {{ version: string }} */ update) => update.version));
        const before = this.#waiting.length;
        this.#waiting = this.#waiting.filter(({ frame }) => !versions.has(frame.version));
        this.acknowledged += before - this.#waiting.length;
      }
    });
  }
}
