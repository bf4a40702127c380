// A scripted stand-in for the service, for what the real one can't be made to do on demand: it breaks lines in the middle
// of a frame, repeats, reorders, forgets, refuses, falls silent. It speaks `notifeed.v1` over real sockets. It also serves
// a page that uses the built package, so that everything has one origin.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after } from "node:test";
import { WebSocketServer } from "ws";

const www = new URL("../../www/", import.meta.url);

const PAGE = `<!doctype html><meta charset="utf-8"><title>A page with a feed</title>
<script type="module">
  import { connect } from "/notifeed/live.js";
  globalThis.start = (options) => {
    const client = connect({ url: location.origin, platform: "windows", ...options });
    const events = [];
    for (const type of ["notification", "state", "removed", "ready", "status"]) client.on(type, (event) => events.push(event));
    Object.assign(globalThis, { client, events });
  };
  globalThis.loaded = true;
</script>`;

/** A connection of a client. */
export class Line {
  /** @type {any[]} the frames that the client sent */
  frames = [];
  /** @type {string[]} what it sent that is no frame */
  texts = [];
  answersPings = true;

  /**
   * @param {import("ws").WebSocket} socket
   * @param {import("node:http").IncomingMessage} request
   */
  constructor(socket, request) {
    this.socket = socket;
    this.query = new URL(request.url ?? "", "http://localhost").searchParams;
    this.protocols = String(request.headers["sec-websocket-protocol"]).split(/,\s*/);
    this.raw = request.socket;
    this.closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("message", (data) => {
      const text = String(data);
      if (text.startsWith("{")) this.frames.push(JSON.parse(text));
      else this.texts.push(text);
      if (text === "ping" && this.answersPings) socket.send("pong");
      this.#heard.forEach((look) => look());
    });
  }

  /** @type {Set<() => void>} */
  #heard = new Set();

  get cursor() {
    return this.query.get("cursor");
  }

  get token() {
    return this.protocols.find((name) => name.startsWith("bearer."))?.slice("bearer.".length);
  }

  /** @param {...(object | string)} frames */
  send(...frames) {
    for (const frame of frames) this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /**
   * @param {number} code
   * @param {string} [reason]
   */
  close(code, reason) {
    this.socket.close(code, reason);
    // Browsers wait for the TCP connection to end.
    setImmediate(() => this.raw.end());
  }

  /** The line breaks in the middle of a frame. @param {object} frame */
  breakIn(frame) {
    const payload = Buffer.from(JSON.stringify(frame));
    // FIN and text; the length in two bytes (RFC 6455 §5.2); then only half of it comes.
    const head = Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255]);
    this.raw.write(Buffer.concat([head, payload.subarray(0, payload.length / 2)]), () => this.raw.destroy());
  }

  /**
   * Resolves with the first frame of the client that is as described.
   * @param {(frame: any) => boolean} wanted
   */
  async heard(wanted) {
    for (;;) {
      const found = this.frames.find(wanted);
      if (found) return found;
      await new Promise((/** @type {(value?: unknown) => void} */ resolve) => this.#heard.add(resolve));
    }
  }
}

export class HostileServer {
  /** @type {Line[]} in the order in which they came */
  lines = [];
  /** Whether a new line gets an answer at all. */
  accepts = true;
  url = "";
  /** The feed's digest. */
  feed = "megan".padEnd(64, "0");
  /** The time that the first frame says, where it isn't this machine's; milliseconds since 1970. @type {number | undefined} */
  now;
  /** @type {Set<() => void>} */
  #came = new Set();

  static async start() {
    const server = new HostileServer();
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "notifeed.v1" });
    const http = createServer(async ({ url = "/" }, response) => {
      if (url === "/") return response.setHeader("Content-Type", "text/html").end(PAGE);
      try {
        const file = await readFile(new URL(`.${url}`, www));
        // A sandboxed frame is of no origin.
        response.setHeader("Access-Control-Allow-Origin", "*").setHeader("Content-Type", "text/javascript").end(file);
      } catch {
        response.writeHead(404).end();
      }
    });
    http.on("upgrade", (request, socket, head) => {
      if (!server.accepts) return void server.#refused.push(request);
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        const line = new Line(accepted, request);
        line.send({ type: "feed", feed: server.feed, now: new Date(server.now ?? Date.now()).toISOString() });
        server.lines.push(line);
        server.#came.forEach((look) => look());
      });
    });
    await new Promise((resolve) => http.listen(0, "127.0.0.1", () => resolve(undefined)));
    const address = /** @type {import("node:net").AddressInfo} */ (http.address());
    server.url = `http://127.0.0.1:${address.port}`;
    after(() => {
      for (const { socket } of server.lines) socket.terminate();
      http.closeAllConnections();
      http.close();
    });
    return server;
  }

  /** @type {import("node:http").IncomingMessage[]} */
  #refused = [];

  /** How many lines were begun that got no answer. */
  get unanswered() {
    return this.#refused.length;
  }

  /** Resolves with the line of this number, from 0, as soon as it is there. @param {number} number */
  async line(number) {
    while (this.lines.length <= number) {
      await new Promise((/** @type {(value?: unknown) => void} */ resolve) => this.#came.add(resolve));
    }
    return this.lines[number];
  }
}

// --- What a server says

/**
 * @param {string} id
 * @param {object} [members]
 */
export function item(id, members) {
  return {
    id,
    appNotificationId: null,
    targetHostName: "contoso.example",
    groupName: null,
    priority: "High",
    payload: { visualContent: { title: id, body: "x".repeat(200) } },
    targetPolicy: { platformTypes: ["Windows"] },
    fallbackPolicy: null,
    createdDateTime: "2026-11-22T10:00:00Z",
    lastModifiedDateTime: "2026-11-22T10:00:00Z",
    expirationDateTime: "2099-01-01T00:00:00Z",
    displayTimeToLive: null,
    readState: "unread",
    userActionState: "noInteraction",
    status: "active",
    ...members,
  };
}

/**
 * @param {number} seq
 * @param {string} id
 * @param {{ replayed?: boolean, epoch?: string, item?: object }} [more]
 */
export function arrival(seq, id, { replayed = false, epoch = "e", ...more } = {}) {
  return { type: "notification", seq, cursor: `${epoch}${seq}`, replayed, notification: item(id, more.item) };
}

/** @param {string} cursor @param {boolean} [resumed] */
export function ready(cursor, resumed = false) {
  return { type: "ready", cursor, endpoint: null, resumed };
}
