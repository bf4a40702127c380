// A disk that is full, or can't be written: nothing is acknowledged that isn't kept, and all goes on as soon as there
// is room.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { runtimeOf, startBinary } from "../blackbox/binary.mjs";
import { eventually, someone } from "../blackbox/expect.mjs";
import { example, temporaryFolder, userToken } from "../blackbox/harness.mjs";

const path = "/beta/me/notifications";
/** @type {Awaited<ReturnType<typeof startBinary>> | undefined} */
let program;
const state = await temporaryFolder(async () => void (await program?.stop()));
// A write beyond the process's limit fails, instead of ending it.
const under = ["bash", "-c", `trap "" XFSZ; exec "$0" "$@"`];

/**
 * How long files may become, in bytes, for the runtime that serves.
 * @param {number | "unlimited"} bytes
 */
async function limitFiles(bytes) {
  const runtime = await runtimeOf(program?.process.pid);
  execFileSync("prlimit", ["--pid", String(runtime), `--fsize=${bytes}:unlimited`]);
}

test("on a full disk posts are 503, reads go on, and nothing that was acknowledged is lost", async (t) => {
  program = await startBinary({ state, under });
  const token = await userToken(someone());
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const url = () => `${program?.url}${path}`;
  /** @type {string[]} */
  const acknowledged = [];
  const post = async () => {
    const body = JSON.stringify(
      example({ appNotificationId: randomUUID(), payload: { rawContent: "x".repeat(20_000) } }),
    );
    const response = await fetch(url(), { method: "POST", headers, body });
    const { id } = await response.json();
    if (response.status === 201) acknowledged.push(id);
    return response.status;
  };
  const posts = async (/** @type {number} */ count) => {
    const statuses = new Set();
    for (let number = 0; number < count; number++) statuses.add(await post());
    return [...statuses];
  };

  assert.deepEqual(await posts(5), [201]);
  // A full disk, and one that takes no write at all: SQLite can't even open a database then.
  for (const [bytes, reads] of /** @type {const} */ ([
    [300_000, 200],
    [0, 503],
  ])) {
    await limitFiles(bytes);
    await eventually(async () => (await post()) === 503);
    const count = await fetch(`${url()}/$count`, { headers });
    assert.equal(count.status, reads);
    if (reads === 200) assert.equal(await count.text(), String(acknowledged.length));
    await limitFiles("unlimited");
    await eventually(async () => (await post()) === 201);
    assert.deepEqual(await posts(5), [201]);
  }
  await program.stop();
  program = await startBinary({ state, under });
  const page = await (await fetch(`${url()}?$top=100`, { headers })).json();
  const kept = new Set(page.value.map((/** @type {{ id: string }} */ { id }) => id));
  const lost = acknowledged.filter((id) => !kept.has(id));
  t.diagnostic(`${acknowledged.length} acknowledged, ${lost.length} lost`);
  assert.deepEqual(lost, []);
});
