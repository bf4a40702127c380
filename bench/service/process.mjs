// A contender's process: started in a folder in memory, and what the kernel says of it.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @type {Set<string>} */
const folders = new Set();
process.on("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder in memory, where the machine has one; it ends with the run. */
export function memoryFolder() {
  const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = mkdtempSync(join(place, "notifeed-bench-"));
  folders.add(folder);
  return folder;
}

/** A contender that ended though nobody asked it to, or never began. */
export class Died extends Error {}

/** A running process. */
export class Running {
  port = 0;
  /** The last of what it logged. */
  log = "";
  #stopping = false;
  /** @type {Died | undefined} how it ended, if it did by itself */
  #end;

  /** @param {{ name: string, folder: string, command: string[], env?: Record<string, string> }} options */
  constructor({ name, folder, command, env = {} }) {
    this.name = name;
    this.folder = folder;
    this.started = performance.now();
    // As many files as it may have: a user's Durable Object opens three or four.
    this.process = spawn("/bin/sh", ["-c", 'ulimit -n "$(ulimit -H -n)"; exec "$@"', "sh", ...command], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    this.process.stderr?.on("data", (text) => (this.log = (this.log + text).slice(-10_000)));
    this.ended = new Promise((done) => {
      this.process.once("error", (error) => done(error.message));
      this.process.once("close", (code, signal) => done(signal ?? code));
    });
    /** Rejects when it ends by itself. @type {Promise<never>} */
    this.failed = this.ended.then((how) => {
      if (this.#stopping) return new Promise(() => {});
      const lines = this.log.trim().split("\n");
      const words = lines.find((line) => /error/i.test(line)) ?? lines.at(-1);
      this.#end = new Died(`${name} ended with ${how}${words ? `: ${words.slice(0, 300)}` : ""}`);
      throw this.#end;
    });
    this.failed.catch(() => {});
  }

  /** Throws if the process has ended. */
  assertAlive() {
    if (this.#end) throw this.#end;
  }

  /** @param {string} name */
  #told(name) {
    this.assertAlive();
    return readFileSync(`/proc/${this.process.pid}/${name}`, "latin1");
  }

  /** Processor time that the process has taken, of all its threads, in microseconds. */
  cpu() {
    this.assertAlive();
    let nanoseconds = 0;
    for (const task of readdirSync(`/proc/${this.process.pid}/task`)) {
      nanoseconds += Number(this.#told(`task/${task}/schedstat`).split(" ")[0]);
    }
    return nanoseconds / 1000;
  }

  /** Memory that it holds, in KiB. */
  memory() {
    return Number(/VmRSS:\s+(\d+)/.exec(this.#told("status"))?.[1]);
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
