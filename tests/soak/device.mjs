// A device of a user: the live connection, and what an app makes of it, as the npm client does. It
// drops what it knows (a number not above its last), applies the rest, and advances its cursor also by
// the results of its own frames. All that it is told is recorded.

import WebSocket from "ws";

/** @typedef {import("./checker.mjs").Item} Item */

/**
 * The item of the receiver's view.
 * @param {any} notification
 * @returns {Item}
 */
export function itemOf(notification) {
  return {
    content: notification.payload.rawContent,
    platforms: notification.targetPolicy.platformTypes.map((/** @type {string} */ name) => name.toLowerCase()),
    expires: Date.parse(notification.expirationDateTime),
    readState: notification.readState,
    userActionState: notification.userActionState,
  };
}

export class Device {
  /** @type {Map<string, Item>} */
  items = new Map();
  /** @type {string | undefined} */
  cursor;
  /** @type {import("./checker.mjs").Device["given"]} */
  given = [];
  /** @type {import("./checker.mjs").Connection[]} */
  connections = [];
  /** The frames that make no sense to it. @type {string[]} */
  violations = [];
  #last = 0;
  #life = 0;
  /** @type {string | undefined} */
  #feed;

  /**
   * @param {string} name
   * @param {string} platform
   */
  constructor(name, platform) {
    this.name = name;
    this.platform = platform;
  }

  /** Every connection says whose feed it is: always the same. @param {string} feed */
  meet(feed) {
    this.#feed ??= feed;
    if (feed !== this.#feed) this.violations.push(`foreign: ${this.name} was led to another feed`);
  }

  /** As if the app was installed anew. */
  forget() {
    this.items.clear();
    this.cursor = undefined;
    this.#last = 0;
    this.#life++;
  }

  /**
   * Connects where it left off.
   * @param {string} url of the service
   * @param {string} token
   * @param {number} [breaksAfter] frames
   */
  async connect(url, token, breaksAfter = Infinity) {
    const address = new URL("/beta/me/notifications/stream", url.replace("http", "ws"));
    address.searchParams.set("platform", this.platform);
    if (this.cursor !== undefined) address.searchParams.set("cursor", this.cursor);
    const headers = { Authorization: `Bearer ${token}` };
    const line = new Line(this, new WebSocket(address, ["notifeed.v1"], { headers }), this.#last);
    line.breaksAfter = breaksAfter;
    this.connections.push(line.connection);
    await line.opened;
    return line;
  }

  /**
   * @param {any} frame
   * @param {any} [request] of its own, that this is the result of
   */
  apply(frame, request) {
    const { type, seq, id } = frame;
    if (type === "reset") this.forget();
    if (seq !== undefined) {
      if (seq <= this.#last) return;
      this.#last = seq;
    }
    this.cursor = frame.cursor ?? this.cursor;
    if (type === "notification") {
      const { notification, replayed } = frame;
      const item = itemOf(notification);
      this.items.set(notification.id, item);
      this.given.push({ seq, id: notification.id, content: item.content, replayed, life: this.#life });
    } else if (type === "state") {
      const item = this.items.get(id);
      if (item === undefined) this.violations.push(`lost: ${this.name} got states ${seq} of ${id} before its content`);
      else Object.assign(item, { readState: frame.readState, userActionState: frame.userActionState });
    } else if (type === "removed") {
      this.items.delete(id);
    } else if (type === "result" && seq !== undefined && request !== undefined) {
      if (request.type === "delete") this.items.delete(request.id);
      const { readState, userActionState } = request;
      const item = this.items.get(request.id);
      if (item) Object.assign(item, JSON.parse(JSON.stringify({ readState, userActionState })));
    }
  }
}

let references = 0;

/** A connection of a device. */
export class Line {
  ready = false;
  open = true;
  /** After so many frames the line breaks. */
  breaksAfter = Infinity;
  #device;
  #socket;
  /** @type {Map<string, { request: any, resolve: (result: any) => void }>} */
  #waiting = new Map();

  /**
   * @param {Device} device
   * @param {WebSocket} socket
   * @param {number} known
   */
  constructor(device, socket, known) {
    this.#device = device;
    this.#socket = socket;
    /** @type {import("./checker.mjs").Connection} */
    this.connection = { device: device.name, platform: device.platform, known, frames: [] };
    socket.on("message", (data) => this.#receive(JSON.parse(String(data))));
    socket.on("error", () => {});
    this.opened = new Promise((resolve, reject) => {
      socket.once("open", () => resolve(undefined));
      socket.once("close", () => reject(new Error("closed")));
      socket.once("unexpected-response", (_request, response) => {
        reject(new Error(`refused with ${response.statusCode}`));
        response.destroy();
      });
    });
    this.opened.catch(() => {});
    this.closed = new Promise((resolve) => {
      socket.once("close", (code) => {
        this.open = false;
        for (const { resolve } of this.#waiting.values()) resolve(undefined);
        resolve(code);
      });
    });
    /** @type {Promise<boolean>} */
    this.caughtUp = new Promise((resolve) => {
      this.becameReady = () => resolve(true);
      void this.closed.then(() => resolve(false));
    });
  }

  /** @param {any} frame */
  #receive(frame) {
    if (!this.open) return;
    if (frame.type === "feed") return this.#device.meet(frame.feed);
    this.connection.frames.push(frame);
    if (this.connection.frames.length >= this.breaksAfter) void this.terminate();
    const asked = frame.type === "result" ? this.#waiting.get(frame.ref) : undefined;
    this.#device.apply(frame, asked?.request);
    if (frame.ack) this.#socket.send(JSON.stringify({ type: "ack", seq: frame.seq }));
    if (frame.type === "ready") {
      this.ready = true;
      this.becameReady();
    }
    if (asked) {
      this.#waiting.delete(frame.ref);
      asked.resolve({ ...frame, ready: this.ready });
    }
  }

  /**
   * Asks, and waits for the result.
   * @param {Record<string, unknown>} request
   * @returns {Promise<any>} undefined: the line broke, nobody knows
   */
  ask(request) {
    if (!this.open) return Promise.resolve(undefined);
    const ref = `r${++references}`;
    return new Promise((resolve) => {
      this.#waiting.set(ref, { request, resolve });
      this.#socket.send(JSON.stringify({ ...request, ref }));
    });
  }

  /** As if the line broke: what is still on its way is lost. */
  terminate() {
    this.open = false;
    this.#socket.terminate();
    return this.closed;
  }
}
