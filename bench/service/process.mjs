// The process of a contender, with its files in memory, and what the kernel says of it.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder in memory, where the machine has one. */
export function memoryFolder() {
  const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = mkdtempSync(join(place, "notifeed-bench-"));
  folders.add(folder);
  return folder;
}

/** @type {Set<string>} */
const folders = new Set();
process.on("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A contender that ended though nobody asked it to, or never began. */
export class Died extends Error {}

/** A running contender. */
export class Contending {
  #errors = "";
  #stopping = false;
  /** @type {string | undefined} how it ended, if it did by itself */
  #end;

  /**
   * @param {string} name
   * @param {string} folder it runs there, and the folder goes with it
   * @param {string[]} command
   * @param {Record<string, string>} [env]
   */
  constructor(name, folder, command, env = {}) {
    this.name = name;
    this.folder = folder;
    this.started = performance.now();
    // As many files as it may have: a user's Durable Object opens three or four.
    const shell = ["-c", 'ulimit -n "$(ulimit -H -n)"; exec "$@"', "sh", ...command];
    this.process = spawn("/bin/sh", shell, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    this.process.stderr?.on("data", (text) => (this.#errors = (this.#errors + text).slice(-10_000)));
    this.ended = new Promise((done) =>
      this.process.once("exit", (code, signal) => {
        if (!this.#stopping) this.#end = `${this.name} ended with ${signal ?? code}${this.lastWords()}`;
        done(undefined);
      }),
    );
  }

  /** The last line that it logged, for a sentence. */
  lastWords() {
    const line = this.#errors.trim().split("\n").at(-1);
    return line ? `: ${line.slice(0, 300)}` : "";
  }

  /** All that it logged, as far as it is kept. */
  get log() {
    return this.#errors;
  }

  /** Throws if the process has ended. */
  assertAlive() {
    if (this.#end) throw new Died(this.#end);
  }

  /** Processor time that the process has taken, of all its threads, in microseconds. */
  cpu() {
    this.assertAlive();
    const tasks = `/proc/${this.process.pid}/task`;
    let nanoseconds = 0;
    for (const task of readdirSync(tasks)) {
      nanoseconds += Number(readFileSync(`${tasks}/${task}/schedstat`, "latin1").split(" ")[0]);
    }
    return nanoseconds / 1000;
  }

  /** Memory that it holds, in KiB. */
  memory() {
    this.assertAlive();
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.process.pid}/status`, "latin1"))?.[1]);
  }

  /** How many files and sockets it has open. */
  files() {
    this.assertAlive();
    return readdirSync(`/proc/${this.process.pid}/fd`).length;
  }

  async stop() {
    this.#stopping = true;
    this.process.kill("SIGKILL");
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
    folders.delete(this.folder);
  }
}
