// An operator: a token of its own for a feed's counters, another one to erase a person.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { eventually, someone } from "./expect.mjs";
import { ended } from "./following.mjs";
import { example, host, startService } from "./harness.mjs";
import { hubMadeBy } from "./hubs.mjs";

const tokens = { feeds: "a token to read", erase: "a token to erase", heal: "a token to erase" };
const digest = (/** @type {string} */ token) => createHash("sha256").update(token).digest("hex");
const service = await startService({
  vars: { KV_LAG_SECONDS: "0", OPERATOR_READ: digest(tokens.feeds), OPERATOR_ERASE: digest(tokens.erase) },
});
const issuer = "notifeed-dev";

/** @param {string} prefix @returns {Promise<string[]>} */
async function copies(prefix = "") {
  const store = await service.miniflare.getKVNamespace("FEED");
  return (await store.list({ prefix })).keys.map(({ name }) => name);
}

/**
 * `make hub`, `make erase` and `make heal`.
 * @param {"feeds" | "erase" | "heal"} action
 * @param {Record<string, string>} environment
 */
async function operate(action, environment) {
  const child = spawn(process.execPath, ["scripts/operator.mjs", action], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, URL: service.url, issuer, hosts: host, TOKEN: tokens[action], ...environment },
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, status };
}

test("a feed's counters, without its contents", async () => {
  const as = someone();
  const line = await service.connect({ as });
  await line.until("ready");
  const title = "Nobody else's business";
  const posted = await service.post(example({ payload: { visualContent: { title } } }), { as });
  assert.equal(posted.status, 201);
  const found = await eventually(async () => {
    const { stdout, stderr } = await operate("feeds", { user: as });
    assert.equal(stderr, "");
    assert.ok(!stdout.includes(title) && !stdout.includes(posted.json.id));
    const [feed] = JSON.parse(stdout);
    return feed.copiedChange === 1 ? feed : undefined;
  });
  const { bytes, bytesOnDisk, firstExpiration, alarm, ...rest } = found;
  assert.ok(bytes > 100 && bytesOnDisk > bytes && firstExpiration && alarm);
  assert.deepEqual(rest, {
    host,
    items: 1,
    rows: 1,
    subscriptions: 0,
    lastChange: 1,
    copiedChange: 1,
    uncopiedItems: 0,
    oldestUncopied: null,
    healing: false,
    connections: 1,
  });
});

test("a person is erased: the devices are told, and neither rows nor copies are left", async () => {
  const as = someone();
  const others = (await copies()).length;
  const line = await service.connect({ as });
  await line.until("ready");
  const json = { targetHostName: host, platform: "windows" };
  assert.equal((await service.request("POST", "/beta/me/notifications/subscriptions", { as, json })).status, 201);
  const count = 450;
  for (let at = 0; at < count; at += 50)
    await Promise.all(
      Array.from({ length: 50 }, () => service.post(example({ appNotificationId: randomUUID() }), { as })),
    );
  await eventually(async () => (await copies()).length > others + 100);

  const wrong = await operate("erase", { user: as, TOKEN: tokens.feeds });
  assert.deepEqual([wrong.status, wrong.stderr], [1, "notifeed: the deployment doesn't know this token\n"]);
  const { status, stdout, stderr } = await operate("erase", { user: as });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /"items": 450/);
  assert.match(stdout, /Feeds erased, with their copies: 1\n$/);
  assert.equal((await line.closed).code, 4403);
  assert.equal((await copies()).length, others);
  const again = await operate("erase", { user: as });
  assert.equal(again.status, 1);
  assert.match(again.stderr, /^notifeed: nothing is stored of [^\n]+; nothing was changed\n$/);
  const { status: read, text: left } = await eventually(async () => {
    const answer = await service.request("GET", "/beta/me/notifications/$count", { as });
    return answer.status === 200 ? answer : undefined;
  });
  assert.deepEqual([read, left], [200, "0"]);
});

test("copies of a feed whose rows are lost are erased too, however many", async () => {
  const as = someone();
  const hub = await hubMadeBy(service, async () => assert.equal((await service.post(example(), { as })).status, 201));
  assert.equal((await operate("erase", { user: as })).status, 0);
  const store = await service.miniflare.getKVNamespace("FEED");
  const keys = Array.from({ length: 1100 }, (_, number) => `${hub}:${number}:1`);
  await Promise.all(keys.map((key) => store.put(key, "left")));
  // The Hub that was erased has ended.
  const { stdout, stderr } = await eventually(async () => {
    const erased = await operate("erase", { user: as });
    return erased.status === 0 && erased;
  });
  assert.match(stdout, /Feeds erased, with their copies: 1\n$/, stderr);
  assert.deepEqual(await copies(`${hub}:`), []);
});

test("a person's feed is healed from its copies, and whoever has none is told so", async () => {
  const as = someone();
  const posted = await service.post(example(), { as });
  const line = await service.connect({ as });
  await line.until("ready");
  await eventually(async () => (await copies()).some((key) => key.includes(posted.json.id)));
  const { status, stdout, stderr } = await operate("heal", { user: as });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /"healing": true[^]*Feeds that are being healed: 1\n$/);
  assert.equal((await ended(line)).code, 1012);
  const item = `/beta/me/notifications/${posted.json.id}`;
  await eventually(async () => (await service.request("GET", item, { as })).status === 200);
  const nobody = await operate("heal", { user: someone() });
  assert.match(nobody.stderr, /^notifeed: nothing is stored of [^\n]+; nothing was changed\n$/);
});

test("the feeds of a person are looked for on all hosts of the registry, also former ones", async () => {
  const as = someone();
  assert.equal((await service.post(example(), { as })).status, 201);
  const nowhere = await operate("feeds", { user: as, hosts: "" });
  assert.match(nowhere.stderr, /nothing is stored/);
  const registry = await service.miniflare.getKVNamespace("REGISTRY");
  for (const [key, value] of [
    ["app:i:a", JSON.stringify({ hosts: [host] })],
    [`host:${host}`, "1"],
  ]) {
    await registry.put(key, value);
    assert.equal((await operate("feeds", { user: as, hosts: "" })).status, 0);
    await registry.delete(key);
  }
});

test("without the secret the operator's calls are 404, and a call that names no person is refused", async () => {
  const production = await startService();
  assert.equal((await production.request("POST", "/operator/feeds", { token: tokens.feeds, json: {} })).status, 404);
  assert.equal((await service.request("POST", "/operator/feeds", { token: tokens.feeds, json: {} })).status, 400);
  assert.equal((await service.request("GET", "/operator/feeds", { token: tokens.feeds })).status, 404);
  const { status, stderr } = await operate("feeds", {});
  assert.deepEqual([status, stderr.split("\n").length], [1, 2]);
});
