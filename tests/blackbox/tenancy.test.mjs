// Rights on every route: the table in docs/access.md is what the service really answers.
// UPDATE=1 writes the table anew.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { someone } from "./expect.mjs";
import { ended } from "./following.mjs";
import { appToken, example, host, Refused, startService, userToken } from "./harness.mjs";

const service = await startService();
const registry = await service.miniflare.getKVNamespace("REGISTRY");
await registry.put("app:notifeed-dev:blocked", JSON.stringify({ hosts: [host], blocked: true }));
await registry.put("app:notifeed-dev:other-app", JSON.stringify({ hosts: ["other.example.com"] }));

const description = JSON.parse(await readFile(resolve(root, "www/openapi.json"), "utf8"));

// The user whom all things here belong to.
const owner = someone();
const notifications = "/beta/me/notifications";
const expiry = Math.floor(Date.now() / 1000) - 3600;

const title = "Only for the owner";
const posted = await service.post(example({ payload: { visualContent: { title } } }), { as: owner });
const id = posted.json.id;
const subscription = await subscribe();

/** A subscription of the owner's. */
async function subscribe() {
  const json = { targetHostName: host, platform: "windows", deviceId: "mine" };
  const answer = await service.request("POST", `${notifications}/subscriptions`, { as: owner, json });
  assert.ok(answer.status < 300, answer.text);
  return answer.json;
}

/** The place up to which the owner knows the feed. */
const { cursor } = (await service.request("POST", `${notifications}/markAllSeen`, { as: owner, json: {} })).json;

/** @typedef {{ token?: string, headers?: Record<string, string> }} Credentials */

/** The columns: who calls. The last one may. @type {[string, Credentials][]} */
const callers = [
  ["no token", {}],
  ["bad token", { token: `${(await userToken(owner)).slice(0, -6)}AAAAAA` }],
  ["expired", { token: await userToken(owner, { exp: expiry, nbf: expiry - 60 }) }],
  ["app-only", { token: await appToken("contoso-server") }],
  ["other user", { token: await userToken(someone()) }],
  ["other app", { token: await userToken(owner, { azp: "other-app" }) }],
  ["unknown app", { token: await userToken(owner, { azp: "stranger" }) }],
  ["missing scope", { token: await userToken(owner, { scp: "User.Read" }) }],
  ["blocked", { token: await userToken(owner, { azp: "blocked" }) }],
  ["its user", { token: await userToken(owner) }],
];

const json = { readState: "read" };
const byId = { "X-UNS-ID": subscription.userNotificationSubscriptionId };
const userPath = `/beta/users/${encodeURIComponent(owner)}/notifications`;

/** The requests, a row each. Those that end things come last. @type {[string, string, string, object?][]} */
const routes = [
  ["POST /me/notifications", "POST", notifications, { json: example() }],
  ["POST /me/notifications, with the user's UNS id", "POST", notifications, { json: example(), headers: byId }],
  ["POST /users/{owner}/notifications", "POST", userPath, { json: example() }],
  ["GET /me/notifications", "GET", notifications],
  ["GET /users/{owner}/notifications", "GET", userPath],
  ["GET /me/notifications/$count", "GET", `${notifications}/$count`],
  ["GET /me/notifications/delta", "GET", `${notifications}/delta`],
  ["GET /me/notifications/endpoints", "GET", `${notifications}/endpoints`],
  ["POST /me/notifications/markAllRead", "POST", `${notifications}/markAllRead`, { json: {} }],
  ["POST /me/notifications/markAllSeen", "POST", `${notifications}/markAllSeen`, { json: {} }],
  ["POST /me/notifications/ack", "POST", `${notifications}/ack?endpoint=${subscription.id}`, { json: { cursor } }],
  ["GET /dev/copies, in development", "GET", "/dev/copies"],
  ["GET /me/notifications/{id}", "GET", `${notifications}/${id}`],
  ["GET /me/activities/{id}", "GET", `/beta/me/activities/${id}`],
  ["PATCH /me/notifications/{id}", "PATCH", `${notifications}/${id}`, { json }],
  ["GET /me/notifications/stream", "STREAM", `${notifications}/stream`],
  [
    "POST /me/notifications/subscriptions",
    "POST",
    `${notifications}/subscriptions`,
    { json: { targetHostName: host, platform: "ios", deviceId: "matrix" } },
  ],
  ["GET /me/notifications/subscriptions", "GET", `${notifications}/subscriptions`],
  [
    "GET /me/notifications/subscriptions/applicationServerKey",
    "GET",
    `${notifications}/subscriptions/applicationServerKey`,
  ],
  ["GET /me/notifications/personalData", "GET", `${notifications}/personalData`],
  ["DELETE /me/notifications/{id}", "DELETE", `${notifications}/${id}`],
  ["DELETE /me/notifications/subscriptions/{id}", "DELETE", `${notifications}/subscriptions/${subscription.id}`],
  ["DELETE /me/notifications/subscriptions", "DELETE", `${notifications}/subscriptions`],
  ["DELETE /me/notifications/personalData", "DELETE", `${notifications}/personalData`],
];

/** The rows of the operations that an app may call by itself, as far as the description says so. */
const forApps = new Set(
  routes
    .filter(([, , path]) => path.startsWith("/beta/"))
    .filter(([name]) => {
      const [method, path] = name.split(", ")[0].split(" ");
      const security = description.paths[path.replace("{owner}", "{user}")][method.toLowerCase()].security;
      return security.some((/** @type {object} */ scheme) => "app" in scheme);
    })
    .map(([name]) => name),
);

/**
 * The status, and for a problem its code.
 * @param {string} method
 * @param {string} path
 * @param {object} options
 * @param {Credentials} credentials
 */
async function ask(method, path, options, credentials) {
  if (method === "STREAM") return connect(credentials);
  const headers = { .../** @type {any} */ (options).headers };
  const answer = await service.request(method, path, { ...options, token: credentials.token, headers });
  return { status: answer.status, code: answer.json?.error?.code, text: answer.text };
}

/** @param {Credentials} credentials */
async function connect({ token }) {
  try {
    const stream = await service.connect({ token });
    const frames = await stream.until("ready");
    await stream.close();
    return { status: 101, code: undefined, text: JSON.stringify(frames) };
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    return { status: refused.status, code: refused.json.error.code, text: "" };
  }
}

/** The user's view: to find out that nobody else changed it. */
async function state() {
  const of = async (/** @type {string} */ path) => (await service.request("GET", path, { as: owner })).json;
  const { value: items } = await of(notifications);
  const { value: endpoints } = await of(`${notifications}/endpoints`);
  const states = items.map((/** @type {any} */ item) => [item.id, item.readState, item.lastModifiedDateTime]);
  const devices = endpoints.map((/** @type {any} */ one) => [one.id, one.expirationDateTime]);
  return { states, devices: devices.sort() };
}

test("every route answers every caller as the table says, and nobody reads or writes what isn't theirs", async () => {
  let before = await state();
  const secrets = [id, subscription.id, title];
  const rows = new Map(routes.map(([name]) => [name, /** @type {string[]} */ ([])]));
  for (const [caller, credentials] of callers) {
    for (const [name, method, path, options = {}] of routes) {
      const { status, code, text } = await ask(method, path, options, credentials);
      rows.get(name)?.push(code ? `${status} ${code}` : String(status));
      if (caller === "app-only" && !forApps.has(name)) assert.equal(status, 403, name);
      if (caller === "its user") {
        assert.ok(status < 300, `${name}: ${text}`);
        continue;
      }
      for (const secret of secrets) assert.ok(!text.includes(secret), `${caller}: ${name} tells ${secret}: ${text}`);
    }
    if (caller === "app-only") {
      // The app was given the user's subscription id, and may post with it.
      const after = await state();
      assert.deepEqual(after.states.slice(1), before.states);
      before = after;
    } else if (caller !== "its user") {
      assert.deepEqual(await state(), before, caller);
    }
  }
  const shown = table(rows);
  const file = resolve(root, "docs/access.md");
  const document = await readFile(file, "utf8");
  const [start, end] = ["<!-- table -->\n", "<!-- end of the table -->"];
  const [head, rest] = document.split(start);
  const [documented, tail] = rest.split(end);
  if (process.env.UPDATE) await writeFile(file, `${head}${start}${shown}${end}${tail}`);
  else assert.equal(documented, shown, "docs/access.md isn't true any longer; UPDATE=1 writes it anew");
});

test("the table has a row for every operation that is about a user's feed", () => {
  const names = new Set(routes.map(([name]) => name));
  for (const [path, item] of Object.entries(description.paths)) {
    // A receipt is the right to itself, whoever returns it: push.test.mjs has forged ones.
    if (!path.startsWith("/me/notifications") || path.endsWith("/receipts")) continue;
    const methods = ["get", "post", "patch", "delete"].filter((method) => method in item);
    for (const method of methods) assert.ok(names.has(`${method.toUpperCase()} ${path}`), `${method} ${path}`);
  }
});

/** @param {Map<string, string[]>} rows */
function table(rows) {
  const all = [["", ...callers.map(([name]) => name)], ...[...rows].map(([name, cells]) => [`\`${name}\``, ...cells])];
  const widths = all[0].map((_, column) => Math.max(3, ...all.map((row) => row[column].length)));
  const line = (/** @type {string[]} */ row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |\n`;
  const [names, ...cells] = all;
  return `\n${line(names)}${line(widths.map((width) => "-".repeat(width)))}${cells.map(line).join("")}\n`;
}

test("what isn't there and what isn't yours is the same answer", async () => {
  const as = someone();
  const mine = (await service.post(example(), { as })).json.id;
  const device = (
    await service.request("POST", `${notifications}/subscriptions`, {
      as,
      json: { targetHostName: host, platform: "ios" },
    })
  ).json.id;
  const absent = "119081f2-f19d-4fa8-817c-7e01092c0f7d";
  const stranger = someone();
  for (const [method, path] of [
    ["GET", notifications],
    ["PATCH", notifications],
    ["DELETE", notifications],
    ["DELETE", `${notifications}/subscriptions`],
  ]) {
    const ask = (/** @type {string} */ one) =>
      service.request(method, `${path}/${one}`, { as: stranger, ...(method === "PATCH" ? { json } : {}) });
    const [theirs, nothing] = [await ask(path === notifications ? mine : device), await ask(absent)];
    assert.equal(theirs.status, 404);
    assert.equal(theirs.json.error.message, nothing.json.error.message);
  }
});

test("a device lists its subscriptions, renews and ends one, and its connection and id end with it", async () => {
  const as = someone();
  const path = `${notifications}/subscriptions`;
  const subscribed = async (/** @type {string} */ deviceId) =>
    (await service.request("POST", path, { as, json: { targetHostName: host, platform: "windows", deviceId } })).json;
  const [one, two, three] = [await subscribed("one"), await subscribed("two"), await subscribed("three")];
  const list = await service.request("GET", path, { as });
  assert.deepEqual(
    list.json.value.map((/** @type {any} */ entry) => [entry.id, entry.deviceId]),
    [one, two, three].map((entry) => [entry.id, entry.deviceId]),
  );
  const post = (/** @type {string} */ uns) =>
    service.post(example({ appNotificationId: undefined }), { app: "contoso-server", headers: { "X-UNS-ID": uns } });
  assert.equal((await post(list.json.value[0].userNotificationSubscriptionId)).status, 201);

  const streams = [];
  for (const { id } of [one, two, three]) streams.push(await service.connect({ as, query: { endpoint: id } }));
  const plain = await service.connect({ as });
  for (const stream of [...streams, plain]) await stream.until("ready");

  assert.equal((await service.request("DELETE", `${path}/${one.id}`, { as })).status, 204);
  assert.deepEqual(await ended(streams[0]), { code: 4403, reason: "SubscriptionEnded" });
  assert.equal((await post(one.userNotificationSubscriptionId)).status, 403);
  assert.equal((await service.request("DELETE", `${path}/${one.id}`, { as })).status, 404);
  assert.equal((await post(two.userNotificationSubscriptionId)).status, 201);
  await assert.rejects(service.connect({ as, query: { endpoint: one.id } }), { status: 404 });

  assert.equal((await service.request("DELETE", path, { as })).status, 204);
  for (const stream of streams.slice(1)) assert.equal((await ended(stream)).code, 4403);
  for (const { userNotificationSubscriptionId } of [two, three]) {
    assert.equal((await post(userNotificationSubscriptionId)).status, 403);
  }
  assert.deepEqual((await service.request("GET", path, { as })).json.value, []);
  assert.equal((await service.request("DELETE", path, { as })).status, 204);

  // Ended is ended: the same device gets another id, and the old ones stay dead.
  const again = await subscribed("one");
  assert.notEqual(again.id, one.id);
  assert.equal((await post(again.userNotificationSubscriptionId)).status, 201);
  assert.equal((await post(one.userNotificationSubscriptionId)).status, 403);
  // A connection that named no subscription is none of this.
  const posted = await service.post(example(), { as });
  assert.ok((await plain.within(200)).some((frame) => frame.notification?.id === posted.json.id));
});
