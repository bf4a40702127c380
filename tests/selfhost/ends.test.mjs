// How the program of `make binary` ends and begins: in order, by crashes of all kinds, and with everything that was
// answered (docs/self-hosting.md).

import assert from "node:assert/strict";
import { test } from "node:test";
import WebSocket from "ws";
import { startBinary } from "../blackbox/binary.mjs";
import { eventually, someone } from "../blackbox/expect.mjs";
import { temporaryFolder, userToken } from "../blackbox/harness.mjs";
import { kill, post } from "./kills.mjs";

const path = "/beta/me/notifications";

/** @typedef {Awaited<ReturnType<typeof startBinary>>} Program */

/**
 * A program of the test's own, which ends with the test file.
 * @returns {Promise<{ state: string, start: (port?: number) => Promise<Program> }>}
 */
async function programs() {
  /** @type {Program[]} */
  const started = [];
  const state = await temporaryFolder(async () => void (await Promise.all(started.map((program) => program.stop()))));
  return {
    state,
    async start(port) {
      const program = await startBinary({ state, port });
      started.push(program);
      return program;
    },
  };
}

/**
 * @param {string} url
 * @param {string} token
 * @param {string} [cursor]
 * @returns {Promise<{ socket: WebSocket, frames: any[], closed: Promise<number> }>} once it is ready
 */
async function connect(url, token, cursor) {
  const query = new URLSearchParams({ platform: "windows", ...(cursor && { cursor }) });
  const socket = new WebSocket(`${url.replace("http", "ws")}${path}/stream?${query}`, ["notifeed.v1"], {
    headers: { Authorization: `Bearer ${token}` },
  });
  /** @type {any[]} */
  const frames = [];
  const closed = new Promise((done) => socket.once("close", done));
  await new Promise((ready, failed) => {
    socket.once("error", failed);
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data));
      frames.push(frame);
      if (frame.type === "ready") ready(undefined);
    });
  });
  socket.on("error", () => {});
  return { socket, frames, closed };
}

/** @param {Program} program */
async function terminate(program) {
  const told = Date.now();
  program.process.kill("SIGTERM");
  const { code } = await program.ended;
  return { code, took: Date.now() - told };
}

test("from nothing but its one file, it answers 201 at once", async () => {
  const { start } = await programs();
  const program = await start();
  const token = await userToken(someone());
  assert.equal((await post(program.url, token)).status, 201);
  const ready = program.lines.find(({ message }) => message.startsWith("ready at"));
  assert.match(ready?.message ?? "", /after \d{1,3} ms$/, "the runtime took a second to start");
});

test("SIGTERM ends it within 5 seconds, whatever is connected, and every device resumes", async () => {
  const { start } = await programs();
  const program = await start();
  const { url } = program;
  const tokens = await Promise.all([someone(), someone()].map((as) => userToken(as)));
  const devices = await Promise.all([tokens[0], tokens[0], tokens[1]].map((token) => connect(url, token)));
  // A client that never reads again, so never answers the close.
  const silent = await connect(url, tokens[1]);
  silent.socket.pause();
  const { id } = await (await post(url, tokens[0])).json();
  await eventually(async () => devices[0].frames.some(({ notification }) => notification?.id === id));
  const cursor = devices[0].frames.at(-1).cursor;

  const { code, took } = await terminate(program);
  assert.equal(code, 0);
  assert.ok(took < 5000, `it took ${took} ms`);
  assert.deepEqual(await Promise.all(devices.map(({ closed }) => closed)), [1012, 1012, 1012]);
  silent.socket.terminate();

  const { url: again } = await start(Number(new URL(url).port));
  const resumed = await connect(again, tokens[0], cursor);
  assert.equal(resumed.frames.at(-1).resumed, true);
  assert.deepEqual(
    resumed.frames.map(({ type }) => type),
    ["feed", "ready"],
  );
  resumed.socket.terminate();
});

test("requests that are under way when SIGTERM comes are answered", async () => {
  const { start } = await programs();
  const program = await start();
  const token = await userToken(someone());
  // More than can be answered at once.
  const posts = Array.from({ length: 100 }, () =>
    post(program.url, token).then(
      ({ status }) => status,
      () => 0,
    ),
  );
  await Promise.any(posts);
  const { code } = await terminate(program);
  assert.equal(code, 0);
  const statuses = new Set(await Promise.all(posts));
  // Refused posts are known to be refused; those that found no listener, too.
  assert.deepEqual(
    [...statuses].filter((status) => ![201, 503, 0].includes(status)),
    [],
  );
  assert.ok(statuses.has(201));
});

const rounds = Number(process.env.KILLS || 3);
for (const whom of /** @type {const} */ (["the program", "the runtime"])) {
  test(`${rounds} kills of ${whom} under load lose nothing that was answered`, async () => {
    const { start } = await programs();
    const { acknowledged, lost } = await kill(start, whom, rounds);
    assert.deepEqual(lost, [], `${lost.length} of ${acknowledged} are lost`);
  });
}
