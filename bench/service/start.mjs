// How soon the program of `make binary` answers its first 201, from nothing: a new state folder each time, so that it
// unpacks what it carries.
//
//   node bench/service/start.mjs [PROGRAM]        dist/notifeed by default; ROUNDS=5

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { example, provideDevelopmentSecrets, userToken } from "../../scripts/development.mjs";
import { root } from "../../scripts/local.mjs";

const program = resolve(process.argv[2] ?? join(root, "dist/notifeed"));
const rounds = Number(process.env.ROUNDS ?? 5);
const { DEVELOPMENT_TOKEN_SECRET } = await provideDevelopmentSecrets();
const headers = { Authorization: `Bearer ${await userToken("megan@contoso.com")}`, "Content-Type": "application/json" };
const body = JSON.stringify(example());

/** A port that nobody listens at. @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  return port;
}

/** Milliseconds from the start of the process to the answer of 201. */
async function start() {
  const [state, listen] = [await mkdtemp(join(tmpdir(), "notifeed-start-")), `127.0.0.1:${await freePort()}`];
  const began = performance.now();
  const child = spawn(program, [], {
    env: { DEVELOPMENT_TOKEN_SECRET, STATE: state, LISTEN: listen },
    stdio: "ignore",
  });
  try {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
      // Until the program listens it can't be reached; from then on it lets callers wait.
      const answer = await fetch(`http://${listen}/beta/me/notifications`, { method: "POST", headers, body }).catch(
        () => undefined,
      );
      if (answer?.status === 201) return Math.round(performance.now() - began);
      await sleep(2);
    }
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
    await rm(state, { recursive: true, maxRetries: 5 });
  }
}

const times = [];
while (times.length < rounds) times.push(await start());
times.sort((a, b) => a - b);
console.log(`first 201 after ${times[rounds >> 1]} ms (${times[0]}–${times.at(-1)}, ${rounds} starts)`);
