// A gradual deployment, and the way back: the Worker of this release and that of the one before, as tests/releases keeps
// it, over each other's feeds.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import { root } from "../../scripts/local.mjs";
import { someone } from "./expect.mjs";
import { follow } from "./following.mjs";
import { example, host, startService } from "./harness.mjs";

const folder = resolve(root, "target/earlier");
mkdirSync(folder, { recursive: true });
for (const file of ["index.js", "bindings_bg.wasm"])
  writeFileSync(resolve(folder, file), brotliDecompressSync(readFileSync(resolve(root, `tests/releases/${file}.br`))));
const [now, before] = ["../../worker/build/index.js", "./index.js"];

/**
 * The modules of a service whose Worker is of one release and whose feeds are of another.
 * @param {string} worker
 * @param {string} hub
 */
function modules(worker, hub) {
  writeFileSync(resolve(folder, "main.js"), `export { default } from "${worker}";\nexport { Hub } from "${hub}";\n`);
  return ["main.js", "index.js", "bindings_bg.wasm"].map((file) => resolve(folder, file));
}

const service = await startService({ around: modules(before, before) });
const { post, connected } = follow(service);
const [as, feed] = [someone(), "/beta/me/notifications"];

/**
 * Asks, and takes success only.
 * @param {string} method
 * @param {string} path
 * @param {any} [options]
 */
async function ask(method, path, options = { as }) {
  const answer = await service.request(method, path, options);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.text}`);
  return answer.json;
}

/** A notification that asks. */
const payload = { visualContent: { title: "Deploy?", actions: [{ id: "approve", title: "Approve" }] } };
/** The feed as it must be, the newest first: each item's id, `readState` and answer. @type {[string, string, string?][]} */
let expected = [];
/** The ids that changed since {@link link} and {@link cursor} were given. */
let changed = new Set();
/** The device's own. */
let [link, cursor, unsId, endpoint] = ["", "", "", ""];

/** The life of the feed in a stage: all that the stage before left is there, and devices and a sender use it. */
async function live() {
  const shown = async () =>
    (await ask("GET", feed)).value.map((/** @type {any} */ item) => [item.id, item.readState, item.answer?.actionId]);
  assert.deepEqual(await shown(), expected);
  if (link) {
    const delta = await ask("GET", link);
    assert.deepEqual(new Set(delta.value.map((/** @type {any} */ { id }) => id)), changed);
  }
  const device = { targetHostName: host, platform: "windows", deviceId: "mine" };
  const subscribed = await ask("POST", `${feed}/subscriptions`, { as, json: device });
  endpoint ||= subscribed.id;
  assert.equal(subscribed.id, endpoint);
  unsId ||= subscribed.userNotificationSubscriptionId;
  const { stream, missed } = await connected({ as, query: cursor ? { cursor } : {} });
  if (cursor) assert.deepEqual(new Set(missed.map(({ id, notification }) => id ?? notification.id)), changed);

  const own = await post(as, { groupName: "stage" });
  const headers = { "X-UNS-ID": unsId };
  const json = example({ appNotificationId: own, payload });
  const byApp = { app: "contoso-server", headers };
  const { id } = await ask("POST", feed, { ...byApp, json });
  const ended = await post(as);
  for (const told of [own, id, ended]) {
    const frame = await stream.next();
    assert.equal(frame.notification.id, told);
    cursor = frame.cursor;
  }
  assert.equal((await ask("POST", feed, { ...byApp, json })).id, id, "a repeated post made another");
  assert.equal((await ask("GET", `/beta/me/activities/${id}`, byApp)).id, id);
  await ask("POST", `${feed}/markAllSeen`, { as, json: {} });
  link = (await ask("GET", `${feed}/delta`))["@odata.deltaLink"].slice(service.url.length);
  await ask("PATCH", `${feed}/${own}`, { as, json: { readState: "read" } });
  const answer = { actionId: "approve", revision: 1, key: own };
  await ask("PATCH", `${feed}/${id}?endpoint=${endpoint}`, { as, json: { answer } });
  await ask("DELETE", `${feed}/${ended}`);
  changed = new Set([own, id, ended]);
  const { type } = await stream.next();
  assert.equal(type, "seenAll");
  for (const told of changed) {
    const frame = await stream.next();
    assert.equal(frame.id ?? frame.notification?.id, told, JSON.stringify(frame));
  }
  stream.terminate();
  expected = [[id, "read", "approve"], [own, "read", undefined], ...expected];
  assert.deepEqual(await shown(), expected);
  assert.equal(await ask("GET", `${feed}/$count`), expected.length);
  const requests = [{ id: "1", method: "GET", url: `/me/notifications/${own}` }];
  assert.equal((await ask("POST", "/beta/$batch", { as, json: { requests } })).responses[0].status, 200);
}

/** From the release before to this one, and back. @type {[string, string, string][]} */
const stages = [
  ["the release before", before, before],
  ["this release's Worker over its feeds", now, before],
  ["its Worker over feeds of this release", before, now],
  ["the release before, on what this one wrote", before, before],
  ["this release on that", now, now],
];
test("a feed lives on through every pair of releases", async (t) => {
  for (const [number, [name, worker, hub]] of stages.entries()) {
    t.diagnostic(name);
    if (number > 0) {
      service.options.around = modules(worker, hub);
      await service.restart();
    }
    await live();
  }
});

test("a feed of the first protocol, which says no numbers, is understood", async () => {
  const around = [resolve(root, "tests/blackbox/workers/first_protocol.mjs")];
  const service = await startService({ around, vars: { LOG_REQUESTS: "all" } });
  const as = someone();
  const posted = await service.post(example(), { as });
  assert.equal(posted.status, 201);
  const line = service.requests.find(({ request }) => request === posted.headers.get("request-id"));
  assert.equal(line.written, undefined);
});
