// HTTP/1.1 as plainly as it can be spoken: a kept connection, one request at a time, so that the
// client costs little beside what is measured. And the WebSocket that such a connection becomes.

import { connect } from "node:net";
import { randomBytes } from "node:crypto";

/** @typedef {{ status: number, head: string, body: Buffer }} Answer */

const crlf = Buffer.from("\r\n\r\n");

/** How long an answer is waited for, in milliseconds. */
export const patience = 30_000;

/**
 * A request as bytes.
 * @param {string} method
 * @param {string} path
 * @param {Record<string, string>} [headers]
 * @param {string} [body]
 */
export function request(method, path, headers = {}, body) {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body === undefined ? "" : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${fields.join("")}${length}\r\n${body ?? ""}`);
}

/** A connection. */
export class Line {
  /** @type {((answer: Answer) => void) | undefined} */
  #done;
  /** @type {((error: Error) => void) | undefined} */
  #fail;
  /** @type {Buffer} */
  #received = Buffer.alloc(0);
  #headLength = -1;
  #bodyLength = -1;
  #status = 0;
  #head = "";

  /** @param {number} port */
  constructor(port) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.opened = new Promise((done, fail) => {
      this.socket.once("connect", () => done(undefined));
      this.socket.once("error", fail);
    });
    this.opened.catch(() => {});
    this.socket.on("data", (chunk) => this.#read(chunk));
    this.socket.setTimeout(patience, () => this.socket.destroy(new Error(`no answer within ${patience / 1000} s`)));
    this.socket.on("error", (error) => this.#fail?.(error));
    this.socket.on("close", () => this.#fail?.(new Error("the connection was closed")));
  }

  /** @param {number} port */
  static async open(port) {
    const line = new Line(port);
    await line.opened;
    return line;
  }

  /**
   * Sends one request; only after the answer to the last one.
   * @param {Buffer} bytes
   * @returns {Promise<Answer>}
   */
  ask(bytes) {
    return new Promise((done, fail) => {
      this.#done = done;
      this.#fail = fail;
      this.socket.write(bytes);
    });
  }

  /** @param {Buffer} chunk */
  #read(chunk) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    if (this.#headLength < 0) {
      const end = this.#received.indexOf(crlf);
      if (end < 0) return;
      this.#headLength = end + 4;
      this.#head = this.#received.toString("latin1", 0, end);
      this.#status = Number(this.#head.slice(9, 12));
      const length = /\r\ncontent-length: *(\d+)/i.exec(this.#head);
      const bodyless = this.#status === 204 || this.#status === 101;
      this.#bodyLength = length ? Number(length[1]) : bodyless ? 0 : -1;
    }
    if (this.#bodyLength >= 0) {
      if (this.#received.length < this.#headLength + this.#bodyLength) return;
      this.#finish(this.#received.subarray(this.#headLength, this.#headLength + this.#bodyLength));
    } else {
      const body = dechunked(this.#received.subarray(this.#headLength));
      if (body) this.#finish(body);
    }
  }

  /** @param {Buffer} body */
  #finish(body) {
    const answer = { status: this.#status, head: this.#head, body };
    // Bytes after a switch of protocols are the socket's.
    const rest = this.#status === 101 ? this.#received.subarray(this.#headLength) : Buffer.alloc(0);
    this.#received = Buffer.alloc(0);
    this.#headLength = -1;
    const done = this.#done;
    this.#done = this.#fail = undefined;
    if (answer.status === 101) {
      this.socket.removeAllListeners("data");
      this.socket.setTimeout(0);
      this.rest = rest;
    }
    done?.(answer);
  }

  close() {
    this.#fail = undefined;
    this.socket.destroy();
  }
}

/**
 * The body of a chunked answer; undefined as long as it isn't complete.
 * @param {Buffer} bytes
 */
function dechunked(bytes) {
  const parts = [];
  for (let at = 0; ;) {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return undefined;
    const length = parseInt(bytes.toString("latin1", at, end), 16);
    if (bytes.length < end + 2 + length + 2) return undefined;
    if (length === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}

/** A WebSocket's client side, for text frames as servers send them: whole and unmasked. */
export class Socket {
  /** @type {Buffer} */
  #received = Buffer.alloc(0);

  /**
   * @param {Line} line that was switched to WebSocket
   * @param {(text: Buffer, socket: Socket) => void} onText
   */
  constructor(line, onText) {
    this.line = line;
    this.onText = onText;
    this.closed = new Promise((done) => line.socket.once("close", () => done(undefined)));
    line.socket.on("data", (chunk) => this.#read(chunk));
    if (!line.rest?.length) return;
    // Bytes that came with the answer are read before those that come next.
    this.#received = line.rest;
    setImmediate(() => this.#read(Buffer.alloc(0)));
  }

  /**
   * @param {number} port
   * @param {{ path: string, headers: Record<string, string> }} where
   * @param {(text: Buffer, socket: Socket) => void} onText
   */
  static async open(port, { path, headers }, onText) {
    const line = await Line.open(port);
    const upgrade = {
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
      ...headers,
    };
    const { status, body } = await line.ask(request("GET", path, upgrade));
    if (status !== 101) throw new Error(`the socket was refused with ${status}: ${body}`);
    return new Socket(line, onText);
  }

  /** @param {Buffer} chunk */
  #read(chunk) {
    /** @type {Buffer} */
    let bytes = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (bytes.length >= 2) {
      let length = bytes[1] & 127;
      let start = 2;
      if (length === 126) {
        if (bytes.length < 4) break;
        length = bytes.readUInt16BE(2);
        start = 4;
      } else if (length === 127) {
        if (bytes.length < 10) break;
        length = Number(bytes.readBigUInt64BE(2));
        start = 10;
      }
      if (bytes.length < start + length) break;
      if ((bytes[0] & 15) === 1) this.onText(bytes.subarray(start, start + length), this);
      bytes = bytes.subarray(start + length);
    }
    this.#received = bytes;
  }

  /**
   * A text frame, shorter than 126 bytes.
   * @param {string} text
   */
  send(text) {
    const payload = Buffer.from(text);
    // Masked by zeros: the protocol wants a mask, not a secret.
    this.line.socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
  }

  close() {
    this.line.close();
  }
}
