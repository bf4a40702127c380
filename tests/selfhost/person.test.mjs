// A person's rights: what is stored of them is handed out, and erased so that nothing of it is left in any file, nor
// comes back by a backup.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import WebSocket from "ws";
import { binary, startBinary } from "../blackbox/binary.mjs";
import { eventually, healed, someone } from "../blackbox/expect.mjs";
import { example, host, temporaryFolder, userToken } from "../blackbox/harness.mjs";

/** @type {Awaited<ReturnType<typeof startBinary>>[]} */
const started = [];
const folder = await temporaryFolder(async () => void (await Promise.all(started.map((program) => program.stop()))));
const state = join(folder, "state");

async function start() {
  const program = await startBinary({ state });
  started.push(program);
  return program;
}

/** @param {string[]} words */
async function command(...words) {
  const child = spawn(binary, [...words, "--development"], {
    env: { STATE: state },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  const code = await new Promise((done) => child.once("close", done));
  return { code, stdout, stderr };
}

/**
 * @param {string} url
 * @param {string} token
 * @param {string} title
 */
async function post(url, token, title) {
  const response = await fetch(`${url}/beta/me/notifications`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(
      example({ appNotificationId: randomUUID(), payload: { visualContent: { title, body: "Body" } } }),
    ),
  });
  assert.equal(response.status, 201, await response.clone().text());
  return (await response.json()).id;
}

/**
 * @param {string} url
 * @param {string} token
 */
async function count(url, token) {
  const headers = { Authorization: `Bearer ${token}` };
  return (await healed(() => fetch(`${url}/beta/me/notifications/$count`, { headers }))).text();
}

/**
 * The files of the state in which a text is.
 * @param {string} text
 */
async function filesWith(text) {
  const found = [];
  for (const entry of await readdir(state, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.includes("/runtime/")) continue;
    if ((await readFile(path).catch(() => Buffer.alloc(0))).includes(text)) found.push(path);
  }
  return found;
}

test("a person is exported, and erased for good", async () => {
  const program = await start();
  const [megan, alex, sam] = [someone(), someone(), someone()];
  const [meganToken, alexToken, samToken] = await Promise.all([megan, alex, sam].map((name) => userToken(name)));
  const title = "A title of Megan's alone";
  await post(program.url, meganToken, title);
  // Long enough for pages of its own.
  await post(program.url, meganToken, title.repeat(40));
  await post(program.url, alexToken, "A title of Alex's");
  await post(program.url, samToken, "A title of Sam's");
  const who = ["issuer=notifeed-dev", `subject=${megan}`];
  // The copies are there.
  await eventually(async () => (await filesWith(title)).some((path) => path.includes("/kv/")));

  const url = `${program.url.replace("http", "ws")}/beta/me/notifications/stream?platform=windows`;
  const socket = new WebSocket(url, ["notifeed.v1"], { headers: { Authorization: `Bearer ${meganToken}` } });
  const closed = new Promise((done) => socket.once("close", done));
  await new Promise((open, failed) => socket.once("open", open).once("error", failed));

  const exported = await command("export", ...who);
  assert.equal(exported.code, 0, exported.stderr);
  assert.ok(Array.isArray(JSON.parse(exported.stdout)));
  for (const text of [title, megan, host]) assert.ok(exported.stdout.includes(text), `${text} isn't exported`);
  assert.ok(!exported.stdout.includes(alex) && !exported.stdout.includes("Alex's"));

  const counted = await command("hub", ...who);
  assert.equal(counted.code, 0, counted.stderr);
  const [{ items, connections }] = JSON.parse(counted.stdout);
  assert.deepEqual([items, connections], [2, 1]);
  assert.ok(!counted.stdout.includes(title) && !counted.stdout.includes(megan));

  const backup = join(folder, "backup");
  assert.equal((await command("backup", backup)).code, 0);
  const erased = await command("erase", ...who);
  assert.equal(erased.code, 0, erased.stderr);
  assert.equal(erased.stdout, "Feeds erased, with their copies: 1. Backups that were made before still have them.\n");
  assert.equal(await closed, 4403);
  for (const text of [title, megan]) assert.deepEqual(await filesWith(text), [], `${text} is left`);
  for (const words of [
    ["export", ...who],
    ["erase", ...who],
  ]) {
    const again = await command(...words);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /^notifeed: nothing is stored of [^\n]+; nothing was changed\n$/);
  }
  assert.equal(await count(program.url, alexToken), "1");
  // Sam needs no operator.
  const erasedBySam = await fetch(`${program.url}/beta/me/notifications/personalData`, {
    method: "DELETE",
    headers: { Authorization: `Bearer ${samToken}` },
  });
  assert.equal(erasedBySam.status, 204);
  program.process.kill("SIGTERM");
  await program.ended;

  const restored = await command("restore", backup);
  assert.equal(restored.code, 0, restored.stderr);
  const again = await start();
  assert.equal(await count(again.url, alexToken), "1");
  for (const token of [meganToken, samToken]) assert.equal(await count(again.url, token), "0");
});

test("an unknown person or invalid arguments change nothing, and print one sentence", async () => {
  for (const words of [["subject=nobody"], ["issuer=notifeed-dev"], ["issuer=notifeed-dev", "subject=nobody"]]) {
    const { code, stdout, stderr } = await command("erase", ...words);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^notifeed: [^\n]+\n$/);
  }
});
