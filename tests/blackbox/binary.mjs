// The one program of `make binary`, as scripts/test builds it: started, watched and ended as an operator would.

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { provideDevelopmentSecrets } from "../../scripts/development.mjs";
import { root } from "../../scripts/local.mjs";

export const binary = resolve(root, "target/binary/notifeed");

/**
 * @typedef {object} Started
 * @property {import("node:child_process").ChildProcess} process
 * @property {{ level: string, message: string }[]} lines what it wrote to stdout
 * @property {Promise<{ code: number | null, signal: string | null, stderr: string }>} ended
 */

/**
 * Runs the program with just these settings.
 * @param {Record<string, string>} settings
 * @param {string[]} [args]
 * @param {(line: { level: string, message: string }) => void} [heard]
 * @param {string[]} [under] a command that runs the program
 * @returns {Started}
 */
export function run(settings, args = [], heard = () => {}, under = []) {
  const [command, ...rest] = [...under, binary, ...args];
  const child = spawn(command, rest, { env: settings, stdio: ["ignore", "pipe", "pipe"] });
  /** @type {Started["lines"]} */
  const lines = [];
  createInterface({ input: child.stdout }).on("line", (text) => {
    // The output of a command is for people.
    if (!text.startsWith("{")) return;
    const line = JSON.parse(text);
    lines.push(line);
    heard(line);
  });
  let stderr = "";
  child.stderr.on("data", (data) => (stderr += data));
  const ended = new Promise((done) => child.once("close", (code, signal) => done({ code, signal, stderr })));
  return { process: child, lines, ended: /** @type {Started["ended"]} */ (ended) };
}

/**
 * Starts a service and resolves once it serves.
 * @param {object} options
 * @param {string} options.state the folder of what lasts
 * @param {number} [options.port] 0: any that is free
 * @param {Record<string, string>} [options.vars] settings
 * @param {Record<string, { limit: number, period: number }>} [options.limits]
 * @param {(line: string) => void} [options.log] takes each message
 * @param {string[]} [options.under] a command that runs the program
 */
export async function startBinary({ state, port = 0, vars = {}, limits = {}, log = () => {}, under = [] }) {
  const counts = Object.entries(limits).map(([name, { limit, period }]) => [name, `${limit}/${period}`]);
  const secrets = await provideDevelopmentSecrets();
  // A service for nobody doesn't start; this issuer's tokens don't exist.
  const nobody = [{ issuer: "https://nobody.example", audience: "notifeed", jwksUrl: "https://nobody.example/keys" }];
  const issuers = vars.DEVELOPMENT_TOKEN_SECRET === "" ? { ISSUERS: JSON.stringify(nobody) } : {};
  const settings = {
    ...secrets,
    ...issuers,
    ...Object.fromEntries(counts),
    ...vars,
    STATE: state,
    LISTEN: `127.0.0.1:${port}`,
  };
  /** @type {Started} */
  let started;
  const url = await new Promise((ready, failed) => {
    const heard = (/** @type {{ message: string }} */ { message }) => {
      log(message);
      const [, url] = /^ready at (\S+)/.exec(message) ?? [];
      if (url) ready(url);
    };
    started = run(settings, [], heard, under);
    void started.ended.then(({ code, stderr }) =>
      failed(new Error(`the program ended with ${code}: ${stderr} ${JSON.stringify(started.lines)}`)),
    );
  });
  return {
    /** @type {string} */
    url,
    // @ts-expect-error It is there, since it is ready.
    ...started,
    /** Ends it as a crash would. */
    async stop() {
      started.process.kill("SIGKILL");
      await started.ended;
    },
  };
}

/**
 * The process that serves: the program's child.
 * @param {number | undefined} pid
 */
export async function runtimeOf(pid) {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return Number(children.trim());
}
