// Push services in this process: what the Worker fetches from elsewhere ends here, under its real host name. They
// check what RFC 8030, 8188, 8291 and 8292 ask of a sender, and decrypt, with libraries of others.

import assert from "node:assert/strict";
import { createECDH, createPublicKey, randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { jwtVerify } from "jose";
import { Response } from "miniflare";

/** The library has no types. @type {any} */
const ece = createRequire(import.meta.url)("http_ece");

/** The bytes of a body's parts (RFC 8188 §2.1): salt, header, and the tag at the end. */
const [SALT, HEADER, TAG] = [16, 86, 16];

/**
 * @typedef {object} Pushed a push as a browser gets it
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {any} message
 * @property {number} length of the decrypted text, padding included
 * @property {string[]} once the salt and the sender's key, of this message alone
 * @property {{ aud: string, exp: number, sub: string }} claims
 * @property {string} publicKey that signed
 */

export class PushServices {
  /** The pushes that were sent, in order. @type {Pushed[]} */
  pushed = [];
  /** The addresses outside the services that were fetched. @type {string[]} */
  strangers = [];
  /** @type {Map<string, Browser>} */
  #browsers = new Map();

  /** Answers the Worker's fetches. */
  outbound = async (/** @type {import("miniflare").Request} */ request) => {
    const browser = this.#browsers.get(request.url);
    if (!browser) {
      this.strangers.push(request.url);
      return new Response("no such endpoint", { status: 404 });
    }
    const body = Buffer.from(await request.arrayBuffer());
    this.pushed.push(await browser.read(request, body));
    return browser.answer();
  };

  /**
   * A browser that can be pushed to.
   * @param {string} name
   * @param {string} [host]
   */
  browser(name, host = "fcm.googleapis.com") {
    const browser = new Browser(`https://${host}/fcm/send/${name}`);
    this.#browsers.set(browser.endpoint, browser);
    return browser;
  }

  /** @param {Browser} browser */
  to(browser) {
    return this.pushed.filter(({ url }) => url === browser.endpoint);
  }
}

export class Browser {
  #keys = createECDH("prime256v1");
  #auth = randomBytes(16);

  /** The service's answer: 201, unless a test says otherwise. @type {() => Response | Promise<Response>} */
  answer = () => new Response(null, { status: 201 });

  /** @param {string} endpoint */
  constructor(endpoint) {
    this.endpoint = endpoint;
    this.#keys.generateKeys();
  }

  /** As the page gives it to its app. */
  get subscription() {
    const keys = { p256dh: this.#keys.getPublicKey("base64url"), auth: this.#auth.toString("base64url") };
    return { endpoint: this.endpoint, expirationTime: null, keys };
  }

  /**
   * @param {import("miniflare").Request} request
   * @param {Buffer} body
   * @returns {Promise<Pushed>}
   */
  async read(request, body) {
    assert.equal(request.method, "POST");
    const headers = Object.fromEntries(request.headers);
    assert.equal(headers["content-encoding"], "aes128gcm");
    assert.match(headers.ttl, /^\d+$/);
    assert.ok(Number(headers.ttl) <= 2_419_200);
    assert.match(headers.urgency, /^(high|normal|low)$/);
    assert.match(headers.topic, /^[A-Za-z0-9_-]{32}$/);
    const authorization = /^vapid t=([^,]+), k=([A-Za-z0-9_-]{87})$/.exec(headers.authorization);
    assert.ok(authorization, headers.authorization);
    const [, token, publicKey] = authorization;
    const raw = Buffer.from(publicKey, "base64url");
    const [x, y] = [raw.subarray(1, 33), raw.subarray(33)].map((half) => half.toString("base64url"));
    const key = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
    const { payload } = await jwtVerify(token, key, { algorithms: ["ES256"], audience: new URL(request.url).origin });
    assert.ok(Number(payload.exp) * 1000 - Date.now() < 24 * 60 * 60 * 1000);
    assert.match(String(payload.sub), /^(mailto:|https:)/);
    assert.ok(body.length <= 2744, `${body.length} bytes`);
    assert.ok(body.readUInt32BE(SALT) >= body.length - HEADER, "one record");
    const keys = { privateKey: this.#keys, authSecret: this.#auth.toString("base64url") };
    const text = ece.decrypt(body, { version: "aes128gcm", ...keys });
    return {
      ...{ url: request.url, headers, publicKey, message: JSON.parse(text.toString()) },
      ...{ claims: /** @type {any} */ (payload), length: body.length - HEADER - TAG },
      once: [body.subarray(0, SALT), body.subarray(SALT + 5, HEADER)].map((bytes) => bytes.toString("base64url")),
    };
  }

  /**
   * The body of a push with any text, as whoever knows the subscription can send it.
   * @param {{ p256dh: string, auth: string }} keys
   * @param {string} text
   * @returns {Buffer}
   */
  static encrypted({ p256dh, auth }, text) {
    const own = createECDH("prime256v1");
    own.generateKeys();
    return ece.encrypt(Buffer.from(text), { version: "aes128gcm", privateKey: own, dh: p256dh, authSecret: auth });
  }
}
