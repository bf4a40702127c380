// Callers, and for whom they call: tokens, apps, subscription ids (CONTRACT §1 and §3).

import assert from "node:assert/strict";
import { test } from "node:test";
import { SignJWT, UnsecuredJWT } from "jose";
import { provideDevelopmentSecrets } from "../../scripts/development.mjs";
import { assertProblem, someone } from "./expect.mjs";
import { appToken, example, host, startService, userToken } from "./harness.mjs";

const service = await startService();
const notifications = "/beta/me/notifications";
// The user whom everything here is about, and who gets none of it.
const as = "victim@contoso.com";
// Apps that are registered in the store, as in a deployment.
const registry = await service.miniflare.getKVNamespace("REGISTRY");
const second = "second.example.com";
await registry.put("app:notifeed-dev:blocked", JSON.stringify({ hosts: [host], blocked: true }));
await registry.put("app:notifeed-dev:two-hosts", JSON.stringify({ hosts: [host, second] }));

const unproven = { status: 401, code: "InvalidAuthenticationToken" };
const forbidden = { status: 403, code: "NotAuthorizedForUser" };

/**
 * @param {string} user
 * @param {{ app?: string, targetHostName?: string }} [options]
 * @returns {Promise<string>}
 */
async function subscriptionOf(user, { app = "contoso-client", targetHostName = host } = {}) {
  const token = await userToken(user, { azp: app });
  const json = { targetHostName, platform: "windows" };
  const answer = await service.request("POST", `${notifications}/subscriptions`, { token, json });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.userNotificationSubscriptionId;
}

// --- Tokens

const secret = Buffer.from((await provideDevelopmentSecrets()).DEVELOPMENT_TOKEN_SECRET, "base64url");
const now = Math.floor(Date.now() / 1000);
const usual = {
  iss: "notifeed-dev",
  aud: "notifeed",
  sub: as,
  upn: as,
  azp: "contoso-client",
  scp: "Notifications.ReadWrite.CreatedByApp",
  iat: now,
  nbf: now,
  exp: now + 3600,
};

/**
 * @param {Record<string, unknown>} claims go before the usual ones
 * @param {{ key?: Uint8Array, header?: Record<string, unknown> }} [options]
 */
function signed(claims, { key = secret, header = {} } = {}) {
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: "HS256", typ: "JWT", ...header }).sign(key);
}

const genuine = await signed({});
const [header, claims, signature] = genuine.split(".");
/** @param {unknown} value */
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

for (const [name, token] of /** @type {[string, string][]} */ ([
  ["garbage", "garbage"],
  ["of two parts", `${header}.${claims}`],
  ["of four parts", `${genuine}.${signature}`],
  ["of empty parts", ".."],
  ["not base64url", `${header}.${claims}.${signature.slice(0, -1)}!`],
  ["padded", `${header}.${claims}.${signature}=`],
  ["not JSON within", `${header}.${Buffer.from("text").toString("base64url")}.${signature}`],
  ["of an array within", `${header}.${part([1])}.${signature}`],
  ["unsigned, alg none", new UnsecuredJWT(usual).encode()],
  ["unsigned, alg NONE", `${part({ alg: "NONE" })}.${claims}.`],
  ["unsigned, alg HS256", `${header}.${claims}.`],
  ["said to be RS256", `${part({ alg: "RS256" })}.${claims}.${signature}`],
  ["without alg", `${part({ typ: "JWT" })}.${claims}.${signature}`],
  ["of another's signature", `${header}.${claims}.${(await signed({ sub: "other" })).split(".")[2]}`],
  ["changed after signing", `${header}.${part({ ...usual, sub: "other" })}.${signature}`],
  ["signed with another key", await signed({}, { key: Buffer.alloc(32, 7) })],
  ["signed with the key's text", await signed({}, { key: Buffer.from(secret.toString("base64url")) })],
  ["HS512", await signed({}, { key: Buffer.concat([secret, secret]), header: { alg: "HS512" } })],
  ["of an extension", `${part({ alg: "HS256", crit: ["x"], x: 1 })}.${claims}.${signature}`],
  ["expired", await signed({ exp: now - 120 })],
  ["without expiry", await signed({ exp: undefined })],
  ["with an expiry in words", await signed({ exp: /** @type {any} */ ("tomorrow") })],
  ["not valid yet", await signed({ nbf: now + 600 })],
  ["for another service", await signed({ aud: "https://graph.microsoft.com" })],
  ["for several others", await signed({ aud: ["a", "b"] })],
  ["for nobody", await signed({ aud: undefined })],
  ["of another issuer", await signed({ iss: "https://login.example.com" })],
  ["of no issuer", await signed({ iss: undefined })],
  ["of no app", await signed({ azp: undefined })],
  ["over 16 KiB", await signed({ padding: "x".repeat(16 * 1024) })],
])) {
  test(`a token that is ${name} is 401`, async () => {
    assertProblem(await service.post(example(), { token }), unproven);
  });
}

test("no token, or none where it belongs, is 401", async () => {
  const json = example();
  assertProblem(await service.post(json, {}), unproven);
  for (const authorization of ["", "Bearer", "Bearer ", genuine, `Basic ${genuine}`, `Token ${genuine}`]) {
    assertProblem(await service.post(json, { headers: { Authorization: authorization } }), unproven);
  }
  for (const name of ["access_token", "token"]) {
    const path = `${notifications}?${name}=${genuine}`;
    assertProblem(await service.request("POST", path, { json }), unproven);
  }
});

test("a token for several services, and the scheme in any case, are fine", async () => {
  const [user, other] = [someone(), someone()];
  const token = await signed({ sub: user, aud: ["other", "notifeed"], scp: `User.Read ${usual.scp}` });
  assert.equal((await service.post(example(), { token })).status, 201);
  const headers = { Authorization: `bearer ${await userToken(other)}` };
  assert.equal((await service.post(example(), { headers })).status, 201);
});

test("without the development secret no development token counts, and none is given", async () => {
  const production = await startService({ vars: { DEVELOPMENT_TOKEN_SECRET: "" } });
  assertProblem(await production.post(example(), { as }), unproven);
  const answer = await production.request("POST", "/dev/token", { json: { as } });
  assertProblem(answer, { status: 404, code: "ItemNotFound" });
});

test("a page of this server gets a development token, no other page does", async () => {
  const json = { as: someone() };
  for (const headers of /** @type {Record<string, string>[]} */ ([{}, { Origin: service.url }])) {
    const answer = await service.request("POST", "/dev/token", { json, headers });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
    assert.deepEqual(Object.keys(answer.json), ["token", "expires"]);
    const posted = await service.post(example(), { token: answer.json.token });
    assert.ok(posted.status < 300, posted.text);
  }
  const headers = { Origin: "https://evil.example.com" };
  assert.equal((await service.request("POST", "/dev/token", { json, headers })).status, 403);
});

// --- Apps, users and subscription ids

test("an app that isn't registered, or not for the host, is 403", async () => {
  const stranger = await userToken(as, { azp: "stranger" });
  /** @type {import("./expect.mjs").Problem} */
  const unregistered = { ...forbidden, details: [["HostNotRegistered", "targetHostName"]] };
  assertProblem(await service.post(example(), { token: stranger }), unregistered);
  const json = example({ targetHostName: second });
  assertProblem(await service.post(json, { as }), unregistered);
  // Faults of the request come before the question of its host.
  assertProblem(await service.post([], { token: stranger }), {
    status: 400,
    code: "MultipleNotificationsNotSupported",
  });
  assertProblem(await service.request("GET", "/beta/me/notifications", { token: stranger }), unregistered);
});

test("a user with an object id is addressed by it, by subject and by principal name", async () => {
  const name = someone();
  const token = await userToken(name, { sub: "a-subject", oid: "an-object-id" });
  for (const id of [name, "a-subject", "an-object-id"]) {
    const path = `/beta/users/${id}/notifications`;
    const answer = await service.request("POST", path, { token, json: example({ appNotificationId: id }) });
    assert.equal(answer.status, 201, `${id}: ${answer.text}`);
  }
});

test("an app posts to each of its hosts, and a subscription id only to its own", async () => {
  const user = someone();
  const token = await userToken(user, { azp: "two-hosts" });
  for (const targetHostName of [host, second]) {
    const answer = await service.post(example({ targetHostName }), { token });
    assert.equal(answer.status, 201, answer.text);
  }
  const headers = { "X-UNS-ID": await subscriptionOf(user, { app: "two-hosts", targetHostName: second }) };
  for (const caller of [{ token }, { app: "two-hosts" }]) {
    const right = await service.post(example({ targetHostName: second, appNotificationId: "by-id" }), {
      ...caller,
      headers,
    });
    assert.ok(right.status < 300, right.text);
    assertProblem(await service.post(example(), { ...caller, headers }), forbidden);
  }
});

test("a blocked app is 403 CallerBlocked everywhere", async () => {
  const token = await userToken(as, { azp: "blocked" });
  const blocked = { status: 403, code: "CallerBlocked" };
  assertProblem(await service.post(example(), { token }), blocked);
  assertProblem(await service.post(example(), { app: "blocked" }), blocked);
  assertProblem(
    await service.request("GET", `${notifications}/119081f2-f19d-4fa8-817c-7e01092c0f7d`, { token }),
    blocked,
  );
  const json = { targetHostName: host, platform: "windows" };
  assertProblem(await service.request("POST", `${notifications}/subscriptions`, { token, json }), blocked);
});

test("a subscription id that is forged, cut, of another user or not one at all is 403", async () => {
  const id = await subscriptionOf(as);
  const flipped = (/** @type {number} */ at) => {
    const letter = id.at(at) === "A" ? "B" : "A";
    return id.slice(0, at) + letter + id.slice(at < 0 ? id.length + at + 1 : at + 1);
  };
  const [version, key, claims, signature] = id.split(".");
  const wrong = [
    flipped(-10),
    flipped(-60),
    flipped(version.length + key.length + 4),
    id.slice(0, -1),
    id.slice(0, 40),
    `${id}A`,
    `${id}.`,
    `${version}.${key}.${claims}`,
    `${version}.${key}.${claims}.`,
    `${version}.2.${claims}.${signature}`,
    `v2.${key}.${claims}.${signature}`,
    "x",
    "...",
    "x".repeat(5000),
  ];
  for (const uns of wrong) {
    assertProblem(await service.post(example(), { app: "contoso-server", headers: { "X-UNS-ID": uns } }), forbidden);
    assertProblem(await service.post(example(), { as, headers: { "X-UNS-ID": uns } }), forbidden);
  }
  // Another user's, though it is genuine.
  const other = { "X-UNS-ID": await subscriptionOf(someone()) };
  assertProblem(await service.post(example(), { as, headers: other }), forbidden);
});

test("an app-only token without a subscription id is 400", async () => {
  const problem = {
    status: 400,
    code: "BadRequest",
    details: /** @type {[string, string][]} */ ([["RequiredHeaderMissing", "X-UNS-ID"]]),
  };
  for (const headers of /** @type {Record<string, string>[]} */ ([{}, { "X-UNS-ID": "" }, { "X-UNS-ID": "  " }])) {
    assertProblem(await service.post(example(), { app: "contoso-server", headers }), problem);
  }
});

test("a token that proves neither a user nor an app is 403", async () => {
  for (const claims of [{ scp: undefined }, { sub: undefined }, { idtyp: "device" }]) {
    const token = await userToken(as, claims);
    assertProblem(await service.post(example(), { token }), forbidden);
  }
});

test("what needs a signed-in user is 403 for an app", async () => {
  const json = { targetHostName: host, platform: "windows" };
  const token = await appToken("contoso-server");
  assertProblem(await service.request("POST", `${notifications}/subscriptions`, { token, json }), forbidden);
});

test("afterwards nothing is stored: the feed is empty", async () => {
  const stream = await service.connect({ as });
  assert.deepEqual(
    (await stream.until("ready")).map(({ type }) => type),
    ["ready"],
  );
  const { log } = service;
  assert.deepEqual(log, [], "no refusal is a fault of ours");
});
