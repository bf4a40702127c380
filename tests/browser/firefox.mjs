// Debian's Firefox, driven by WebDriver BiDi over its own WebSocket.

import { spawn, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { WebSocket } from "ws";
import { temporaryFolder } from "../blackbox/harness.mjs";

/** The program, where there is one. */
const program = spawnSync("sh", ["-c", "command -v firefox-esr"], { encoding: "utf8" }).stdout.trim();

/** Why tests of Firefox are skipped; `false`: they aren't. */
export const missing = program
  ? false
  : "there is no firefox-esr: scripts/setup test installs it where Debian's packages have it";

export class Firefox {
  /** @type {Map<number, { resolve(result: any): void, reject(error: Error): void }>} */
  #asked = new Map();
  #asks = 0;
  #socket;

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      const { id, result, error, message } = JSON.parse(String(data));
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      if (error) asked?.reject(new Error(`${error}: ${message}`));
      else asked?.resolve(result);
    });
  }

  /**
   * Starts it; it ends with the test file.
   * @param {Record<string, string | number | boolean>} preferences
   */
  static async launch(preferences) {
    /** @type {import("node:child_process").ChildProcess | undefined} */
    let running;
    const profile = await temporaryFolder(async () => {
      if (!running || running.exitCode !== null) return;
      running.kill("SIGKILL");
      await new Promise((ended) => running?.once("close", ended));
    });
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    await writeFile(join(profile, "user.js"), lines.join("\n"));
    const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0", "about:blank"];
    running = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    const said = /** @type {import("node:stream").Readable} */ (running.stderr);
    const address = await new Promise((resolve, reject) => {
      running?.once("exit", () => reject(new Error("Firefox ended")));
      createInterface(said).on("line", (line) => {
        const listening = /WebDriver BiDi listening on (\S+)/.exec(line);
        if (listening) resolve(listening[1]);
      });
    });
    const socket = new WebSocket(`${address}/session`);
    await new Promise((opened, failed) => socket.once("open", opened).once("error", failed));
    after(() => socket.terminate());
    const firefox = new Firefox(socket);
    await firefox.#ask("session.new", { capabilities: {} });
    return firefox;
  }

  /** Opens a tab. @param {string} url */
  async open(url) {
    const { context } = await this.#ask("browsingContext.create", { type: "tab" });
    const tab = {
      go: (/** @type {string} */ url) => this.#ask("browsingContext.navigate", { context, url, wait: "complete" }),
      close: () => this.#ask("browsingContext.close", { context }),
      /** The value of an expression, awaited, as JSON has it; evaluated as if a person had just acted. */
      evaluate: async (/** @type {string} */ expression) => {
        const whole = `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`;
        const asked = { expression: whole, target: { context }, awaitPromise: true, userActivation: true };
        const { result, exceptionDetails } = await this.#ask("script.evaluate", asked);
        if (exceptionDetails) throw new Error(exceptionDetails.text);
        return JSON.parse(result.value);
      },
    };
    await tab.go(url);
    return tab;
  }

  /** @param {string} method @param {object} params @returns {Promise<any>} */
  #ask(method, params) {
    const id = ++this.#asks;
    const answer = new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer;
  }
}
