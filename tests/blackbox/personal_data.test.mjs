// A person's rights by their own token: everything that is stored of them is exported, and erased (CONTRACT §5.9).

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, pushSubscription, someone } from "./expect.mjs";
import { example, host, startService, userToken } from "./harness.mjs";
import { hubMadeBy } from "./hubs.mjs";

const service = await startService();
const registry = await service.miniflare.getKVNamespace("REGISTRY");
const store = await service.miniflare.getKVNamespace("FEED");
const feed = "/beta/me/notifications";
const path = `${feed}/personalData`;

/** An app with a host of its own, and one whose host the registry had once. */
const [second, former] = ["second.example.com", "former.example.com"];
await registry.put("app:notifeed-dev:second", JSON.stringify({ hosts: [second] }));
await registry.put("app:notifeed-dev:former", JSON.stringify({ hosts: [former] }));
await registry.put(`host:${former}`, "1");

/** @param {string} [prefix] */
const copies = async (prefix) => (await store.list({ prefix })).keys.map(({ name }) => name);

/** Someone with an item at each of the hosts; the device of the first is connected. */
async function person() {
  const as = someone();
  const tokens = {
    own: await userToken(as),
    second: await userToken(as, { azp: "second" }),
    former: await userToken(as, { azp: "former" }),
    all: await userToken(as, { scp: "Notifications.ReadWrite.CreatedByApp Notifications.ReadWrite.All" }),
  };
  const post = (/** @type {string} */ token, /** @type {string} */ targetHostName) => async () => {
    const posted = await service.post(example({ targetHostName, displayTimeToLive: null }), { token });
    assert.equal(posted.status, 201, posted.text);
  };
  const hubs = {
    own: await hubMadeBy(service, post(tokens.own, host)),
    second: await hubMadeBy(service, post(tokens.second, second)),
    former: await hubMadeBy(service, post(tokens.former, former)),
  };
  const json = { targetHostName: host, platform: "webpush", pushSubscription };
  assert.equal((await service.request("POST", `${feed}/subscriptions`, { as, json })).status, 201);
  const line = await service.connect({ as });
  await line.until("ready");
  for (const hub of Object.values(hubs))
    await eventually(async () => (await copies(`${hub}:`)).some((key) => !key.includes("!")));
  const list = async (/** @type {string} */ token) => (await service.request("GET", feed, { token })).json.value;
  return { as, tokens, hubs, line, list };
}

/** @param {string} token */
const erase = async (token) => (await service.request("DELETE", path, { token })).status;

test("an export has what its reader may read: of the app's hosts, or of all", async () => {
  const { as, tokens, line, list } = await person();
  const narrow = await service.request("GET", path, { as });
  assert.equal(narrow.status, 200, narrow.text);
  assert.equal(narrow.headers.get("cache-control"), "no-store");
  const endpoints = (await service.request("GET", `${feed}/endpoints`, { as })).json.value;
  assert.ok(endpoints.length === 1 && !narrow.text.includes(pushSubscription.keys.auth));
  const own = { targetHostName: host, endpoints, notifications: await list(tokens.own) };
  assert.deepEqual(narrow.json, { value: [own] });
  const wide = await service.request("GET", path, { token: tokens.all });
  const of = async (/** @type {string} */ targetHostName, /** @type {string} */ token) => ({
    targetHostName,
    endpoints: [],
    notifications: await list(token),
  });
  assert.deepEqual(wide.json, { value: [own, await of(former, tokens.former), await of(second, tokens.second)] });
  const nobody = await service.request("GET", path, { as: someone() });
  assert.deepEqual([nobody.status, nobody.json], [200, { value: [] }]);
  await line.close();
});

test("an export has all pages", async () => {
  const as = someone();
  const ids = new Set();
  for (let number = 0; number < 205; number++)
    ids.add((await service.post(example({ appNotificationId: `n${number}` }), { as })).json.id);
  const { value } = (await service.request("GET", path, { as })).json;
  const found = value[0].notifications.map((/** @type {{ id: string }} */ { id }) => id);
  assert.equal(found.length, ids.size);
  assert.deepEqual(new Set(found), ids);
});

test("an app erases what is its own, a wider scope everything; others keep theirs", async () => {
  const { tokens, hubs, line, list } = await person();
  const other = await person();
  assert.equal(await erase(tokens.second), 204);
  assert.deepEqual(await copies(`${hubs.second}:`), []);
  assert.equal((await list(tokens.own)).length, 1);

  // A Hub that has just been erased refuses calls until it has ended.
  await eventually(async () => (await erase(tokens.all)) === 204);
  const { code, reason } = await line.closed;
  assert.equal(code, 4403, reason);
  for (const hub of Object.values(hubs)) {
    assert.deepEqual(await copies(`${hub}:`), []);
    const marked = Number(await registry.get(`erased:${hub}`));
    assert.ok(Math.abs(marked - Date.now()) < 60_000);
  }
  await eventually(async () => (await service.request("GET", feed, { token: tokens.own })).status === 200);
  for (const token of [tokens.own, tokens.second, tokens.former]) assert.deepEqual(await list(token), []);
  assert.equal(await erase(tokens.all), 204, "nothing is stored");

  for (const token of [other.tokens.own, other.tokens.second, other.tokens.former])
    assert.equal((await other.list(token)).length, 1);
  await other.line.close();
});
