// `make serve` as a process: its port, its end, what it keeps.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { root } from "../../scripts/local.mjs";
import { example, temporaryFolder, userToken } from "./harness.mjs";

const run = promisify(execFile);

/** A port that is free now. */
async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (probe.address());
  await new Promise((done) => probe.close(done));
  return port;
}

/** The servers that were started, by process id. @type {Map<number, Promise<unknown>>} */
const servers = new Map();

/** A state folder; what was started goes before it does. */
const stateFolder = () =>
  temporaryFolder(async () => {
    for (const [pid, ended] of servers) {
      try {
        process.kill(-pid, "SIGKILL");
      } catch {
        // The process has ended already.
      }
      await ended;
    }
  });

/**
 * Runs scripts/serve.mjs in a process group of its own, as make does.
 * @param {number} port
 * @param {string} state
 */
async function serve(port, state) {
  const child = spawn(process.execPath, ["scripts/serve.mjs"], {
    cwd: root,
    env: { ...process.env, PORT: String(port), STATE: state },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const pid = /** @type {number} */ (child.pid);
  let output = "";
  /** @type {Promise<{ code: number | null, signal: string | null, output: string }>} */
  const ended = new Promise((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, output }));
  });
  const ready = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
        if (output.includes("ready at")) resolve(undefined);
      });
    }
  });
  servers.set(pid, ended);
  await Promise.race([ready, ended]);
  return { pid, ended, output: () => output };
}

/** @param {number} port */
async function answers(port) {
  try {
    await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) });
    return true;
  } catch {
    return false;
  }
}

/** @param {number} group */
async function processesOf(group) {
  const { stdout } = await run("ps", ["-eo", "pgid=,stat=,args="]);
  return stdout.split("\n").filter((line) => {
    const [pgid, stat] = line.trim().split(/\s+/);
    return Number(pgid) === group && !stat.startsWith("Z");
  });
}

/** @param {() => Promise<boolean>} condition */
async function eventually(condition) {
  for (let attempt = 0; attempt < 40; attempt++) {
    if (await condition()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail("it didn't come about within 2 seconds");
}

test("a port in use is one clear sentence, and exit code 1", async () => {
  const holder = createServer();
  await new Promise((done) => holder.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (holder.address());
  const { code, output } = await (await serve(port, await stateFolder())).ended;
  holder.close();
  assert.equal(code, 1);
  assert.equal(output, `notifeed: port ${port} is in use: stop what listens there, or choose another with PORT=\n`);
});

for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT"])) {
  test(`${signal} ends it with code 0 and leaves no process`, async () => {
    const port = await freePort();
    const served = await serve(port, await stateFolder());
    assert.ok(await answers(port), served.output());
    process.kill(served.pid, signal);
    assert.equal((await served.ended).code, 0);
    await eventually(async () => (await processesOf(served.pid)).length === 0);
  });
}

test("when only the server's own process is killed, workerd goes with it", async () => {
  const port = await freePort();
  const served = await serve(port, await stateFolder());
  process.kill(served.pid, "SIGKILL");
  await eventually(async () => (await processesOf(served.pid)).length === 0);
  assert.equal(await answers(port), false);
});

test("after SIGKILL of the group it starts again at once, with everything that was answered", async () => {
  const port = await freePort();
  const state = await stateFolder();
  const url = `http://127.0.0.1:${port}/beta/me/notifications`;
  const headers = {
    Authorization: `Bearer ${await userToken("megan@contoso.com")}`,
    "Content-Type": "application/json",
  };
  const first = await serve(port, state);
  const posted = [];
  for (let number = 0; number < 20; number++) {
    const body = JSON.stringify(example({ appNotificationId: `n${number}` }));
    const response = await fetch(url, { method: "POST", headers, body });
    assert.equal(response.status, 201, await response.clone().text());
    posted.push((await response.json()).id);
  }
  process.kill(-first.pid, "SIGKILL");
  const before = Date.now();
  const second = await serve(port, state);
  assert.match(second.output(), /ready at/);
  assert.ok(Date.now() - before < 5000, "it took longer than 5 seconds to start again");
  for (const id of posted) {
    const response = await fetch(`${url}/${id}`, { headers });
    assert.equal(response.status, 200, `${id} is lost`);
  }
});

test("a second server on the same state folder is refused in one clear sentence", async () => {
  const state = await stateFolder();
  const first = await serve(await freePort(), state);
  const { code, output } = await (await serve(await freePort(), state)).ended;
  assert.equal(code, 1);
  assert.equal(
    output,
    `notifeed: another server uses the state folder ${state}: stop it, or choose another with STATE=\n`,
  );
  assert.match(first.output(), /ready at/);
});

test("other files in the state folder are left alone", async () => {
  const state = await stateFolder();
  await writeFile(join(state, "notes.txt"), "mine");
  await mkdir(join(state, "kv"));
  const port = await freePort();
  const served = await serve(port, state);
  assert.ok(await answers(port), served.output());
  process.kill(served.pid, "SIGTERM");
  await served.ended;
  assert.equal(await readFile(join(state, "notes.txt"), "utf8"), "mine");
  assert.deepEqual(await readdir(join(state, "kv")), []);
});

test("make token prints a token and nothing else", async () => {
  for (const argument of ["as=megan@contoso.com", "app=contoso-server"]) {
    const { stdout } = await run("make", ["token", argument], { cwd: root });
    assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const claims = JSON.parse(String(Buffer.from(stdout.split(".")[1], "base64url")));
    assert.equal(claims.iss, "notifeed-dev");
    assert.equal(claims.aud, "notifeed");
    assert.equal(claims.exp - claims.iat, 12 * 60 * 60);
    assert.equal(claims.idtyp, argument.startsWith("app") ? "app" : undefined);
  }
});

test("make token without a name says what to do", async () => {
  const failure = await run("make", ["token"], { cwd: root }).then(
    () => assert.fail("it succeeded"),
    (error) => error,
  );
  assert.match(failure.stderr, /make token as=/);
  assert.equal(failure.stdout, "");
});
