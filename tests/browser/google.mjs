// As much of Google's push service as Chromium needs to have push subscriptions and get pushes: a check-in, the registration
// of a token for each subscription, and the line on which messages come (MCS: a version byte, then frames of a tag, a length
// and a protocol buffer).

import { execFileSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { temporaryFolder } from "../blackbox/harness.mjs";

const VERSION = 41;
const TAG = { heartbeatPing: 0, heartbeatAck: 1, loginRequest: 2, loginResponse: 3, dataMessage: 8 };

/** @param {number | bigint} number */
function varint(number) {
  const bytes = [];
  let rest = BigInt(number);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

/** @param {number} field @param {number | bigint} number */
const integer = (field, number) => Buffer.concat([varint(field << 3), varint(number)]);

/** @param {number} field @param {string | Buffer} text */
function bytes(field, text) {
  const value = Buffer.from(text);
  return Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);
}

/** @param {number} field @param {bigint} number */
function fixed64(field, number) {
  const value = Buffer.alloc(8);
  value.writeBigUInt64LE(number);
  return Buffer.concat([varint((field << 3) | 1), value]);
}

/** @param {Record<string, string>} pairs */
const appData = (pairs) =>
  Buffer.concat(Object.entries(pairs).map(([key, value]) => bytes(7, Buffer.concat([bytes(1, key), bytes(2, value)]))));

/**
 * @typedef {{ app: string, subtype: string, sender: string }} Registration
 */

export class Google {
  /** Subscriptions by their token, the end of their URL. @type {Map<string, Registration>} */
  registrations = new Map();
  /** @type {Set<import("node:tls").TLSSocket>} */
  #lines = new Set();
  #stream = 0;
  /** Messages that wait for the browser. @type {Buffer[]} */
  #waiting = [];

  static async start() {
    const google = new Google();
    const folder = await temporaryFolder();
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
    const asked = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    execFileSync("openssl", [...asked, "-subj", "/CN=localhost", "-keyout", key, "-out", cert], { stdio: "ignore" });
    const web = createServer((request, response) => void google.#answer(request, response));
    const line = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) =>
      google.#serve(socket),
    );
    const [webPort, linePort] = await Promise.all([web, line].map(listening));
    after(() => {
      for (const socket of google.#lines) socket.destroy();
      web.close();
      line.close();
    });
    return { google, flags: google.#flags(webPort, linePort) };
  }

  /** Whether a browser is connected. */
  get isConnected() {
    return this.#lines.size > 0;
  }

  /**
   * Takes a push as a server sends it. @returns whether there is such a subscription
   * @param {string} token
   * @param {Buffer} body
   */
  push(token, body) {
    const registration = this.registrations.get(token);
    if (!registration) return false;
    const { app, subtype, sender } = registration;
    const message = Buffer.concat([
      ...[bytes(2, randomUUID()), bytes(3, sender), bytes(4, "x"), bytes(5, app)],
      appData({ subtype, "content-encoding": "aes128gcm" }),
      ...[bytes(9, randomUUID()), integer(10, ++this.#stream), integer(17, 3600), integer(18, Date.now())],
      bytes(21, body),
    ]);
    const frame = Buffer.concat([Buffer.from([TAG.dataMessage]), varint(message.length), message]);
    if (this.#lines.size === 0) this.#waiting.push(frame);
    for (const line of this.#lines) line.write(frame);
    return true;
  }

  /** @param {number} web @param {number} line */
  #flags(web, line) {
    return [
      `--gcm-checkin-url=http://127.0.0.1:${web}/checkin`,
      `--gcm-registration-url=http://127.0.0.1:${web}/register`,
      `--gcm-mcs-endpoint=https://127.0.0.1:${line}`,
      "--ignore-certificate-errors",
    ];
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async #answer(request, response) {
    const body = Buffer.concat(await request.toArray());
    if (request.url?.startsWith("/checkin")) {
      const device = [fixed64(7, 2n ** 62n + 1n), fixed64(8, 2n ** 62n + 3n)];
      response.writeHead(200, { "Content-Type": "application/x-protobuffer" });
      return response.end(Buffer.concat([integer(1, 1), integer(3, Date.now()), ...device, bytes(11, "x")]));
    }
    const form = new URLSearchParams(body.toString());
    const app = form.get("app") ?? "";
    if (form.has("delete")) return response.end(`deleted=${app}`);
    const subtype = form.get("X-subtype") ?? app;
    const token = randomBytes(16).toString("base64url");
    this.registrations.set(token, { app, subtype, sender: form.get("sender") ?? "" });
    response.end(`token=${token}`);
  }

  /** @param {import("node:tls").TLSSocket} socket */
  #serve(socket) {
    let received = Buffer.alloc(0);
    let hasVersion = false;
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#lines.delete(socket));
    socket.on("data", (data) => {
      received = Buffer.concat([received, data]);
      if (!hasVersion) {
        hasVersion = true;
        received = received.subarray(1);
      }
      for (let tag = takeFrame(); tag !== undefined; tag = takeFrame()) {
        if (tag === TAG.heartbeatPing) socket.write(Buffer.from([TAG.heartbeatAck, 0]));
        if (tag !== TAG.loginRequest) continue;
        const login = Buffer.concat([bytes(1, "1"), bytes(2, "device@mcs"), integer(8, Date.now())]);
        socket.write(Buffer.concat([Buffer.from([VERSION, TAG.loginResponse]), varint(login.length), login]));
        this.#lines.add(socket);
        this.#stream = 1;
        for (const frame of this.#waiting.splice(0)) socket.write(frame);
      }
    });
    /** @returns the tag of the next whole frame */
    function takeFrame() {
      let [length, at] = [0, 1];
      for (let shift = 0; ; shift += 7) {
        if (at >= received.length) return undefined;
        const byte = received[at++];
        length |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      if (received.length < at + length) return undefined;
      const [tag] = received;
      received = received.subarray(at + length);
      return tag;
    }
  }
}

/** @param {import("node:net").Server | import("node:http").Server} server @returns {Promise<number>} */
const listening = (server) =>
  new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(/** @type {import("node:net").AddressInfo} */ (server.address()).port)),
  );
