// A backup that is made while the service works, and what a restore of it brings back.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { cp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { run, startBinary } from "../blackbox/binary.mjs";
import { eventually, healed, someone } from "../blackbox/expect.mjs";
import { appToken, example, host, temporaryFolder, userToken } from "../blackbox/harness.mjs";

/** @type {Awaited<ReturnType<typeof startBinary>>[]} */
const started = [];
const folder = await temporaryFolder(async () => void (await Promise.all(started.map((program) => program.stop()))));
const path = "/beta/me/notifications";

/** @param {string} state */
async function start(state) {
  const program = await startBinary({ state });
  started.push(program);
  return program;
}

/**
 * A command on a state folder.
 * @param {string} state
 * @param {string[]} words
 */
const command = (state, ...words) => run({ STATE: state }, [...words, "--development"]).ended;

/**
 * @param {string} url
 * @param {string} token
 * @param {Record<string, string>} [headers]
 */
async function post(url, token, headers = {}) {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(example({ appNotificationId: randomUUID() })),
  });
  assert.equal(response.status, 201, await response.clone().text());
  return (await response.json()).id;
}

/**
 * @param {string} url
 * @param {string} token
 * @param {string} [query]
 */
async function get(url, token, query = "") {
  const response = await healed(() => fetch(url + path + query, { headers: { Authorization: `Bearer ${token}` } }));
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

test("a restored backup has all that was answered before it began, and devices that are ahead read anew", async () => {
  const state = join(folder, "state");
  const backup = join(folder, "backup");
  const program = await start(state);
  const { url } = program;
  const tokens = await Promise.all([someone(), someone(), someone()].map((as) => userToken(as)));
  const subscribed = await fetch(`${url}${path}/subscriptions`, {
    method: "POST",
    headers: { Authorization: `Bearer ${tokens[0]}`, "Content-Type": "application/json" },
    body: JSON.stringify({ targetHostName: host, platform: "windows" }),
  });
  const headers = { "X-UNS-ID": (await subscribed.json()).userNotificationSubscriptionId };
  /** @type {{ token: string, id: string }[]} */
  const answered = [];
  let working = true;
  const work = tokens.map(async (token) => {
    while (working) answered.push({ token, id: await post(url, token) });
  });
  await eventually(async () => answered.length >= 30);
  const before = answered.slice();
  const { code, stderr } = await command(state, "backup", backup);
  working = false;
  await Promise.all(work);
  assert.equal(code, 0, stderr);
  const late = await post(url, tokens[0]);
  const ahead = (await get(url, tokens[0], "/delta"))["@odata.deltaLink"];

  const running = await command(state, "restore", backup);
  assert.equal(running.code, 1);
  assert.match(running.stderr, /^notifeed: STATE: another notifeed uses the folder [^\n]+\n$/);
  await get(url, tokens[0]);
  program.process.kill("SIGTERM");
  await program.ended;
  const restored = await command(state, "restore", backup);
  assert.equal(restored.code, 0, restored.stderr);

  const again = await start(state);
  for (const { token, id } of before) await get(again.url, token, `/${id}`);
  const lost = await fetch(`${again.url}${path}/${late}`, { headers: { Authorization: `Bearer ${tokens[0]}` } });
  assert.equal(lost.status, 404);
  const { search } = new URL(ahead);
  const delta = await fetch(`${again.url}${path}/delta${search}`, {
    headers: { Authorization: `Bearer ${tokens[0]}` },
  });
  assert.equal(delta.status, 410, "a device that is ahead goes on by its cursor");
  // Subscription ids still lead to their users.
  await post(again.url, await appToken("contoso-server"), headers);
  assert.ok((await readdir(state)).includes("replaced-by-generation-1"));
  again.process.kill("SIGTERM");
  await again.ended;
});

test("a backup of another deployment, and what is none, is refused, and nothing has changed", async () => {
  const [state, backup] = [join(folder, "other"), join(folder, "other-backup")];
  const program = await start(state);
  const token = await userToken(someone());
  const id = await post(program.url, token);
  assert.equal((await command(state, "backup", backup)).code, 0);
  program.process.kill("SIGTERM");
  await program.ended;
  const stranger = join(folder, "stranger");
  const other = await start(stranger);
  other.process.kill("SIGTERM");
  await other.ended;
  const own = await readFile(join(stranger, "deployment"), "utf8");
  for (const from of [backup, join(folder, "nothing"), state]) {
    const { code, stderr } = await command(stranger, "restore", from);
    assert.equal(code, 1);
    assert.match(stderr, /^notifeed: [^\n]+\n$/);
  }
  assert.equal(await readFile(join(stranger, "deployment"), "utf8"), own);
  assert.equal((await command(state, "backup", backup)).code, 1, "a backup was overwritten");
  assert.equal((await command(join(folder, "nowhere"), "backup", join(folder, "x"))).code, 1);
  // On a machine that has nothing yet, it is taken as it is.
  const fresh = join(folder, "fresh");
  const { code, stderr } = await command(fresh, "restore", backup);
  assert.equal(code, 0, stderr);
  const moved = await start(fresh);
  await get(moved.url, token, `/${id}`);
});

test("a Hub whose file is older than its copy in kv/ has again what was copied", async () => {
  const state = join(folder, "older");
  const hubs = join(state, "hubs");
  const first = await start(state);
  const token = await userToken(someone());
  const kept = await post(first.url, token);
  first.process.kill("SIGTERM");
  await first.ended;
  const saved = join(folder, "older-hubs");
  await cp(hubs, saved, { recursive: true });

  const second = await start(state);
  const late = await post(second.url, token);
  const gone = await post(second.url, token);
  await fetch(`${second.url}${path}/${gone}`, { method: "DELETE", headers: { Authorization: `Bearer ${token}` } });
  await eventually(async () => {
    const copies = await fetch(`${second.url}/dev/copies`, { headers: { Authorization: `Bearer ${token}` } });
    const { value } = await copies.json();
    return value.length === 2 && value.every((/** @type {{ copied: boolean }} */ { copied }) => copied);
  });
  second.process.kill("SIGTERM");
  await second.ended;
  await rm(hubs, { recursive: true });
  await cp(saved, hubs, { recursive: true });

  const third = await startBinary({ state, vars: { GENERATION: "1" } });
  started.push(third);
  const { value } = await get(third.url, token);
  assert.deepEqual(
    value.map((/** @type {{ id: string }} */ { id }) => id),
    [late, kept],
  );
});
