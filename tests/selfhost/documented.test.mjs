// The commands of docs/self-hosting.md and docs/operations.md do what is said of them.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { binary, run } from "../blackbox/binary.mjs";
import { healed, someone } from "../blackbox/expect.mjs";
import { appToken, example, host, temporaryFolder, userToken } from "../blackbox/harness.mjs";
import { provideDevelopmentSecrets } from "../../scripts/development.mjs";

const path = "/beta/me/notifications";
/** @param {string} name */
const read = (name) => readFile(new URL(`../../${name}`, import.meta.url), "utf8");
const selfHosting = await read("docs/self-hosting.md");
const operations = await read("docs/operations.md");

/** @type {import("../blackbox/binary.mjs").Started | undefined} */
let service;
const folder = await temporaryFolder(async () => void service?.process.kill("SIGKILL"));
await symlink(binary, join(folder, "notifeed"));
const { DEVELOPMENT_TOKEN_SECRET } = await provideDevelopmentSecrets();
/** @type {Record<string, string>} */
const settings = { STATE: join(folder, "state"), LISTEN: "127.0.0.1:0", DEVELOPMENT_TOKEN_SECRET };
const subject = someone();

/** The documented commands that were run. @type {Set<string>} */
const ran = new Set();

/** The program's commands as docs/self-hosting.md has them, without what is said of them. */
const documented = [...selfHosting.matchAll(/^ {4}(\.\/notifeed .*?)(?: +#.*)?$/gm)].map(([, command]) => command);

/**
 * Runs the documented command that begins so, with the placeholders filled in.
 * @param {string} beginning
 */
async function follow(beginning) {
  const command = documented.includes(beginning)
    ? beginning
    : documented.find((command) => command.startsWith(beginning));
  assert.ok(command, `docs/self-hosting.md has no ${beginning}`);
  ran.add(command);
  const isPersons = command.includes("subject=");
  return shell(
    command
      .replace("SUBJECT", subject)
      .replace("issuer=https://id.example.com", isPersons ? "issuer=notifeed-dev" : "$&")
      .replace("/backups/", `${folder}/backup-of-`),
  );
}

/** @param {string} command */
async function shell(command) {
  const env = { ...settings, PATH: process.env.PATH };
  return (await promisify(execFile)("bash", ["-euc", command], { cwd: folder, env })).stdout;
}

/** Starts the service as it is documented. @returns {Promise<string>} its URL */
function start() {
  const command = "./notifeed --settings notifeed.env";
  assert.ok(documented.includes(command));
  ran.add(command);
  return new Promise((ready, failed) => {
    const started = run(settings, ["--settings", join(folder, "notifeed.env")], ({ message }) => {
      const [, url] = /^ready at (\S+)/.exec(message) ?? [];
      if (url) ready(url);
    });
    service = started;
    void started.ended.then(({ stderr }) => failed(new Error(stderr)));
  });
}

async function stop() {
  service?.process.kill("SIGTERM");
  assert.equal((await service?.ended)?.code, 0);
}

/**
 * @param {string} url
 * @param {string} token
 * @param {Record<string, string>} [headers]
 * @param {string} [appNotificationId]
 */
const post = (url, token, headers, appNotificationId = "before the backup") =>
  fetch(url + path, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(example({ appNotificationId })),
  });

/**
 * @param {string} url
 * @param {string} token
 */
const count = async (url, token) =>
  (await healed(() => fetch(`${url}${path}/$count`, { headers: { Authorization: `Bearer ${token}` } }))).text();

test("an operator who follows docs/self-hosting.md alone sets it up, restores yesterday's backup, changes keys and erases a person", async () => {
  const block = /^ {4}cat >notifeed\.env [\s\S]*?\n {4}END$/m.exec(selfHosting)?.[0];
  assert.ok(block);
  await shell(block.replace(/^ {4}/gm, ""));
  await follow("./notifeed check --settings");
  let url = await start();
  await follow("./notifeed app add");
  assert.match(await follow("./notifeed app block"), /"blocked":true/);
  assert.match(await follow("./notifeed app"), /APP-ID/);

  const [user, app] = await Promise.all([userToken(subject), appToken("contoso-server")]);
  assert.equal((await post(url, user)).status, 201);
  const subscribed = await fetch(`${url}${path}/subscriptions`, {
    method: "POST",
    headers: { Authorization: `Bearer ${user}`, "Content-Type": "application/json" },
    body: JSON.stringify({ targetHostName: host, platform: "windows" }),
  });
  const { userNotificationSubscriptionId: id } = await subscribed.json();
  assert.ok(id, "a subscription has an id");
  assert.match(await follow("./notifeed export"), /Hello World!/);
  assert.match(await follow("./notifeed hub"), /"items": 1/);
  await follow("./notifeed backup");
  assert.equal((await post(url, user, {}, "after the backup")).status, 201);
  assert.equal(await count(url, user), "2");
  await stop();
  await follow("./notifeed restore");

  // The keys of subscription ids: the old one under the name 1, and a new one.
  const [, first, second] = /the first: (.+?); the second: (.+)$/m.exec(selfHosting) ?? [];
  const keys = [await shell(first.replace("STATE", settings.STATE)), await shell(second)].map((key) => key.trim());
  settings.UNS_KEYS = JSON.stringify({ 1: keys[0], 2: keys[1] });
  url = await start();
  assert.equal(await count(url, user), "1");
  const byOldId = await post(url, app, { "X-UNS-ID": id });
  assert.ok([200, 201].includes(byOldId.status), await byOldId.text());

  await follow("./notifeed erase");
  assert.equal(await count(url, user), "0");
  await stop();
  // All other tests start it so.
  ran.add("./notifeed --development");
  assert.deepEqual(new Set(documented), ran, "every documented command was run");
});

test("what docs/operations.md names is there: commands of the program, targets of make, tests", async () => {
  const makefile = await read("Makefile");
  const commands = new Set([...operations.matchAll(/`notifeed (\w+)/g)].map(([, command]) => command));
  for (const command of commands)
    assert.ok(
      [...ran].some((line) => line.startsWith(`./notifeed ${command}`)),
      `notifeed ${command} is run by no test`,
    );
  const targets = new Set([...operations.matchAll(/(?:`|^ {4}|TOKEN=… )make ([a-z-]+)/gm)].map(([, target]) => target));
  assert.ok(commands.size > 4 && targets.size > 3);
  for (const target of targets) assert.match(makefile, new RegExp(`^${target}:.*##`, "m"), `make ${target}`);
});
