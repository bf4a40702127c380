// The key from which the ids of Hubs are derived: each deployment has its own, and keeps it.

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { run, startBinary } from "../blackbox/binary.mjs";
import { eventually } from "../blackbox/expect.mjs";
import { appToken, example, host, temporaryFolder, userToken } from "../blackbox/harness.mjs";

/** @type {Awaited<ReturnType<typeof startBinary>>[]} */
const started = [];
const folder = await temporaryFolder(async () => void (await Promise.all(started.map((program) => program.stop()))));
const path = "/beta/me/notifications";
const token = await userToken("megan@contoso.com");

/** @param {string} state */
async function start(state) {
  const program = await startBinary({ state });
  started.push(program);
  return program;
}

/** @param {Awaited<ReturnType<typeof startBinary>>} program */
async function end(program) {
  program.process.kill("SIGTERM");
  await program.ended;
}

/**
 * @param {string} url
 * @param {unknown} [body] posted where there is one
 * @param {Record<string, string>} [headers]
 */
async function ask(url, body, headers = { Authorization: `Bearer ${token}` }) {
  const answer = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, json: await answer.json() };
}

/** @param {string} state @param {string[]} words */
const command = (state, ...words) => run({ STATE: state, LISTEN: "127.0.0.1:0" }, [...words, "--development"]).ended;

/** The folders of Hubs, and the ids in them. @param {string} state */
async function hubs(state) {
  const names = await readdir(join(state, "hubs"));
  const files = await Promise.all(names.map((name) => readdir(join(state, "hubs", name))));
  return { names, ids: files.flat().filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file)) };
}

test("the same user has another Hub in each deployment, and one's subscription id leads nowhere in the other", async () => {
  const states = [join(folder, "one"), join(folder, "other")];
  const [one, other] = await Promise.all(states.map(start));
  const subscriptions = [];
  for (const { url } of [one, other]) {
    const device = { targetHostName: host, platform: "windows" };
    subscriptions.push((await ask(`${url}${path}/subscriptions`, device)).json.userNotificationSubscriptionId);
  }
  const found = await Promise.all(states.map(hubs));
  assert.deepEqual(
    found.map(({ names, ids }) => [names.length, ids.length]),
    [
      [1, 1],
      [1, 1],
    ],
  );
  assert.notEqual(found[0].names[0], found[1].names[0]);
  assert.notEqual(found[0].ids[0], found[1].ids[0]);
  const foreign = { Authorization: `Bearer ${await appToken("contoso-server")}`, "X-UNS-ID": subscriptions[0] };
  assert.equal((await ask(one.url + path, example(), foreign)).status, 201);
  assert.equal((await ask(other.url + path, example(), foreign)).status, 403);

  // Hubs without their deployment's name, in a backup or in the state, are refused before anything is changed.
  await Promise.all([end(one), end(other)]);
  const backup = join(folder, "backup");
  assert.equal((await command(states[0], "backup", backup)).code, 0);
  await rename(join(backup, "hubs", found[0].names[0]), join(backup, "hubs", found[1].names[0]));
  const before = await readFile(join(states[0], "deployment"), "utf8");
  const restored = await command(states[0], "restore", backup);
  assert.equal(restored.code, 1);
  assert.match(restored.stderr, /^notifeed: \S+ is no whole backup: the folder \w+ in \S+ is another deployment's\n$/);
  assert.equal(await readFile(join(states[0], "deployment"), "utf8"), before);
  assert.deepEqual(await hubs(states[0]), found[0]);
  await rename(join(states[0], "deployment"), join(states[0], "lost"));
  const { code, stderr } = await command(states[0]);
  assert.equal(code, 1);
  assert.match(stderr, /^notifeed: STATE: its feeds can't be used: the folder \w+ in \S+ is another deployment's\n$/);
});

test("a state that was begun under the common key goes on with it, in a backup too", async () => {
  const [state, backup, moved] = ["begun", "begun-backup", "moved"].map((name) => join(folder, name));
  const common = join(state, "hubs/notifeed-Hub");
  await mkdir(common, { recursive: true });
  const program = await start(state);
  const { json } = await ask(program.url + path, example());
  assert.deepEqual((await hubs(state)).names, ["notifeed-Hub"]);
  await end(program);
  assert.equal((await command(state, "backup", backup)).code, 0);
  const { code, stderr } = await command(moved, "restore", backup);
  assert.equal(code, 0, stderr);
  for (const folder of [state, moved]) {
    const again = await start(folder);
    // A restored feed is healed first.
    await eventually(async () => (await ask(`${again.url}${path}/${json.id}`)).status === 200);
    await end(again);
  }
});
