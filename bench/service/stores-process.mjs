// Starts the local stores (stores.mjs) as a process of their own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Line, request } from "./line.mjs";

export class Stores {
  /** @param {string} keySet an issuer's key set, as JSON text */
  static async start(keySet) {
    const path = fileURLToPath(new URL("stores.mjs", import.meta.url));
    const child = spawn(process.execPath, [path, keySet], { stdio: ["pipe", "pipe", "inherit"] });
    const [port] = await once(child.stdout, "data");
    return new Stores(child, Number(port));
  }

  /**
   * @param {import("node:child_process").ChildProcess} child
   * @param {number} port
   */
  constructor(child, port) {
    this.child = child;
    this.port = port;
    this.keySetUrl = `http://127.0.0.1:${port}/-/keys`;
  }

  /**
   * @param {string} namespace
   * @param {string} key
   * @param {string} value
   */
  async put(namespace, key, value) {
    const path = `/${encodeURIComponent(key)}?urlencoded=true`;
    await this.#ask(request("PUT", path, { "kv-namespace": namespace }, value));
  }

  /**
   * The operations on each namespace so far; `read` counts keys, also those of one bulk read.
   * @returns {Promise<Record<string, import("./stores.mjs").Operations>>}
   */
  async operations() {
    return JSON.parse(String(await this.#ask(request("GET", "/-/operations"))));
  }

  /** @param {Buffer} bytes */
  async #ask(bytes) {
    const line = await Line.open(this.port);
    const { body } = await line.ask(bytes);
    line.close();
    return body;
  }

  stop() {
    this.child.kill();
  }
}
