// Tokens of real issuers: their shapes, their algorithms, their keys, and what attackers make of
// them (docs/credentials.md). The issuers are small servers of the test's own.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { assertProblem, eventually, someone } from "./expect.mjs";
import { example, startService, userToken } from "./harness.mjs";

const host = "app.example.com";
const scope = "Notifications.ReadWrite.CreatedByApp";
const unproven = { status: 401, code: "InvalidAuthenticationToken" };
const forbidden = { status: 403, code: "NotAuthorizedForUser" };
const unavailable = { status: 503, code: "ServiceUnavailable" };

/** An issuer: its keys, how often they were asked for, and how it answers. */
class TestIssuer {
  asked = 0;
  /** @type {import("jose").JWK[]} */
  jwks = [];
  /** @type {((response: import("node:http").ServerResponse) => void) | undefined} instead of the keys */
  answer;

  async start() {
    const server = createServer((_request, response) => {
      this.asked++;
      if (this.answer) return this.answer(response);
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ keys: this.jwks }));
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
    after(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    this.url = `http://127.0.0.1:${port}/keys`;
    return this;
  }

  /**
   * A new key of this issuer's; from then on it is in its key set.
   * @param {string} alg
   * @param {string} kid
   */
  async newKey(alg, kid) {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    this.jwks.push({ ...(await exportJWK(publicKey)), kid, use: "sig" });
    return { privateKey, publicKey, alg, kid };
  }
}

/** @typedef {Awaited<ReturnType<TestIssuer["newKey"]>>} Key */

const now = Math.floor(Date.now() / 1000);

/**
 * @param {Key} key
 * @param {Record<string, unknown>} claims
 * @param {Record<string, unknown>} [header] goes before the usual one
 */
function sign(key, claims, header = {}) {
  return new SignJWT({ iat: now, nbf: now, exp: now + 3600, ...claims })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "JWT", ...header })
    .sign(key.privateKey);
}

/**
 * A service that knows these issuers, and an app of each, `app`.
 * @param {Record<string, unknown>[]} issuers
 * @param {Record<string, string>} [vars]
 */
async function serviceOf(issuers, vars = {}) {
  const service = await startService({
    vars: { ISSUERS: JSON.stringify(issuers), JWKS_PAUSE_SECONDS: "1", ...vars },
  });
  const registry = await service.miniflare.getKVNamespace("REGISTRY");
  for (const { issuer } of issuers) {
    const key = `app:${encodeURIComponent(String(issuer))}:app`;
    await registry.put(key, JSON.stringify({ hosts: [host] }));
  }
  return service;
}

const theirs = await new TestIssuer().start();
const rs = await theirs.newKey("RS256", "rs");
const ps = await theirs.newKey("PS256", "ps");
const es = await theirs.newKey("ES256", "es");
const ed = await theirs.newKey("EdDSA", "ed");
const iss = "https://id.example.com/";
const tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const entra1 = `https://sts.windows.net/${tenant}/`;
const entra2 = `https://login.microsoftonline.com/${tenant}/v2.0`;
const auth0 = "https://contoso.eu.auth0.com/";
const keycloak = "https://id.contoso.com/realms/main";

const service = await serviceOf([
  { issuer: iss, audience: "notifeed", algorithms: ["RS256", "PS256", "ES256", "EdDSA"], jwksUrl: theirs.url },
  { issuer: entra1, audience: "api://notifeed", jwksUrl: theirs.url },
  { issuer: entra2, audience: "0a1b2c3d-0000-4000-8000-000000000001", jwksUrl: theirs.url },
  {
    issuer: auth0,
    audience: "https://notifeed.contoso.com",
    jwksUrl: theirs.url,
    claims: { principalName: ["https://contoso.com/email"] },
  },
  { issuer: keycloak, audience: "notifeed", jwksUrl: theirs.url },
]);

/** @param {Record<string, unknown>} [claims] */
const usual = (claims = {}) => ({ iss, aud: "notifeed", azp: "app", sub: someone(), scp: scope, ...claims });

/**
 * @param {string} token
 * @param {typeof service} [to]
 * @param {Record<string, string>} [headers]
 */
function post(token, to = service, headers = {}) {
  const json = example({ targetHostName: host, appNotificationId: undefined });
  return to.post(json, { token, headers });
}

// --- Algorithms

for (const key of [rs, ps, es, ed]) {
  test(`${key.alg}: a genuine token is taken, a changed one isn't`, async () => {
    const token = await sign(key, usual());
    assert.equal((await post(token)).status, 201);
    assert.equal(
      (await post(await sign(key, usual(), { kid: undefined }))).status,
      key === rs || key === ps ? 401 : 201,
    );
    const [header, claims, signature] = token.split(".");
    const other = (await sign(key, usual({ sub: "x" }))).split(".");
    for (const forged of [
      `${header}.${other[1]}.${signature}`,
      `${header}.${claims}.${other[2]}`,
      `${header}.${claims}.${signature.slice(0, -4)}`,
      `${header}.${claims}.${signature}AAAA`,
      `${header}.${claims}.`,
      `${header}.${claims}.${Buffer.alloc(64).toString("base64url")}`,
    ]) {
      assertProblem(await post(forged), unproven);
    }
  });
}

test("an algorithm belongs to its key", async () => {
  const modulus = Buffer.from(String(theirs.jwks[0].n), "base64url");
  const secrets = [modulus, Buffer.from(JSON.stringify(theirs.jwks[0])), Buffer.from(String(theirs.jwks[0].n))];
  for (const secret of secrets) {
    const token = await new SignJWT({ ...usual(), exp: now + 60 })
      .setProtectedHeader({ alg: "HS256", kid: "rs" })
      .sign(secret);
    assertProblem(await post(token), unproven);
  }
  for (const header of [{ kid: "es" }, { kid: "no-such" }, { kid: "" }]) {
    assertProblem(await post(await sign(rs, usual(), header)), unproven);
  }
  // Theirs, but not what this issuer may use.
  assertProblem(await post(await sign(es, usual({ iss: entra1, aud: "api://notifeed" }))), unproven);
  // A key that comes with the token is nobody's.
  const own = await generateKeyPair("ES256", { extractable: true });
  const stranger = { ...es, privateKey: own.privateKey };
  const jwk = await exportJWK(own.publicKey);
  for (const header of [{}, { jwk }, { jku: "https://evil.example.com/keys" }]) {
    assertProblem(await post(await sign(stranger, usual(), header)), unproven);
  }
});

test("another issuer's name, audience or type of token is 401", async () => {
  for (const claims of [
    { iss: iss.slice(0, -1) },
    { iss: entra1 },
    { aud: "api://notifeed" },
    { iss: "notifeed-dev" },
  ]) {
    assertProblem(await post(await sign(rs, usual(claims))), unproven);
  }
  assertProblem(await post(await sign(rs, usual(), { typ: "logout+jwt" })), unproven);
});

// --- The shapes of real tokens

for (const [name, claims, principal] of /** @type {[string, Record<string, unknown>, string][]} */ ([
  [
    "Entra ID v1",
    {
      iss: entra1,
      aud: "api://notifeed",
      ver: "1.0",
      appid: "app",
      appidacr: "0",
      idp: entra1,
      oid: "6f0a7d9c-0000-4000-8000-0000000000v1",
      sub: "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
      tid: tenant,
      scp: `User.Read ${scope}`,
      unique_name: "megan@contoso.com",
      upn: "megan@contoso.com",
    },
    "megan@contoso.com",
  ],
  [
    "Entra ID v2",
    {
      iss: entra2,
      aud: "0a1b2c3d-0000-4000-8000-000000000001",
      ver: "2.0",
      azp: "app",
      azpacr: "1",
      idtyp: "user",
      oid: "6f0a7d9c-0000-4000-8000-0000000000v2",
      sub: "kzqFVrSaSaFHy782bbtaQAAAAAAAAAAAAAAAAAAAAAI",
      tid: tenant,
      scp: scope,
      preferred_username: "megan@contoso.com",
    },
    "megan@contoso.com",
  ],
  [
    "Auth0",
    {
      iss: auth0,
      aud: ["https://notifeed.contoso.com", "https://contoso.eu.auth0.com/userinfo"],
      azp: "app",
      sub: "auth0|5f7c8ec7c33c6c004bbafe82",
      scope: `openid profile ${scope}`,
      "https://contoso.com/email": "megan@contoso.com",
    },
    "megan@contoso.com",
  ],
  [
    "Keycloak",
    {
      iss: keycloak,
      aud: ["notifeed", "account"],
      typ: "Bearer",
      azp: "app",
      sub: "0f6b3d2e-5a7c-4b0e-9b1a-6b2f0c8d1e3f",
      sid: "x",
      realm_access: { roles: ["user"] },
      scope: `profile email ${scope}`,
      preferred_username: "megan",
      email: "megan@contoso.com",
    },
    "megan",
  ],
])) {
  test(`${name}: a user's token names its user`, async () => {
    const answer = await post(await sign(rs, claims));
    assert.equal(answer.status, 201, answer.text);
    assert.ok(answer.json["@odata.context"].includes(`users('${encodeURIComponent(principal)}')`));
  });
}

const apps = /** @type {[string, Record<string, unknown>][]} */ ([
  [
    "Entra ID",
    { iss: entra2, aud: "0a1b2c3d-0000-4000-8000-000000000001", azp: "app", idtyp: "app", sub: "s", oid: "s" },
  ],
  [
    "Auth0",
    {
      iss: auth0,
      aud: "https://notifeed.contoso.com",
      azp: "app",
      sub: "app@clients",
      gty: "client-credentials",
      scope,
    },
  ],
  ["Keycloak with a hard-coded claim", { iss: keycloak, aud: "notifeed", azp: "app", sub: "s", idtyp: "app", scope }],
]);

test("an app-only token is one by evidence, and notifies by a subscription id", async () => {
  for (const [name, claims] of apps) {
    const token = await sign(rs, claims);
    assert.equal((await post(token)).json.error.details[0].target, "X-UNS-ID", name);
    const user = await sign(rs, { ...claims, sub: someone(), oid: undefined, scope, idtyp: undefined, gty: undefined });
    const json = { targetHostName: host, platform: "windows" };
    const subscribed = await service.request("POST", "/beta/me/notifications/subscriptions", { token: user, json });
    assert.equal(subscribed.status, 201, subscribed.text);
    const headers = { "X-UNS-ID": subscribed.json.userNotificationSubscriptionId };
    assert.equal((await post(token, service, headers)).status, 201, name);
  }
});

test("without that evidence an app's token is neither, and 403", async () => {
  for (const claims of [
    { iss: keycloak, azp: "app", sub: "x", preferred_username: "service-account-app", scope },
    { iss: keycloak, azp: "app", sub: "app", scope },
    { iss: keycloak, azp: "app", sub: "x", scope, idtyp: "device" },
    { iss: keycloak, azp: "app", sub: "x" },
  ]) {
    assertProblem(await post(await sign(rs, { aud: "notifeed", ...claims })), forbidden);
  }
});

test("the same subject of another issuer is another user", async () => {
  const sub = someone();
  const one = await sign(rs, { iss: keycloak, aud: "notifeed", azp: "app", sub, scope });
  const posted = await post(one);
  assert.equal(posted.status, 201, posted.text);
  const other = await sign(rs, usual({ sub }));
  const path = `/beta/me/notifications/${posted.json.id}`;
  assert.equal((await service.request("GET", path, { token: one })).status, 200);
  assertProblem(await service.request("GET", path, { token: other }), { status: 404, code: "ItemNotFound" });
});

// --- Keys

test("keys are asked for once, and again for one that isn't there, but not for each", async () => {
  const issuer = await new TestIssuer().start();
  const first = await issuer.newKey("ES256", "1");
  const entry = { issuer: iss, audience: "notifeed", algorithms: "ES256", jwksUrl: issuer.url };
  const service = await serviceOf([entry], { JWKS_PAUSE_SECONDS: "2" });
  const tokens = await Promise.all(Array.from({ length: 20 }, () => sign(first, usual())));
  const answers = await Promise.all(tokens.map((token) => post(token, service)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
  assert.equal(issuer.asked, 1);

  const second = await issuer.newKey("ES256", "2");
  const fresh = await sign(second, usual());
  await eventually(async () => (await post(fresh, service)).status === 201);
  assert.equal(issuer.asked, 2);
  for (let number = 0; number < 10; number++) {
    assertProblem(await post(await sign(second, usual(), { kid: `unknown ${number}` }), service), unproven);
  }
  assert.equal(issuer.asked, 2);

  // Down, and gone from memory: KV has them.
  issuer.answer = (response) => void response.writeHead(500).end();
  await service.restart();
  assert.equal((await post(await sign(first, usual()), service)).status, 201);
  await sleep(2100);
  assertProblem(await post(await sign(first, usual(), { kid: "3" }), service), unproven);
  assert.equal((await post(await sign(second, usual()), service)).status, 201);
  assert.equal(issuer.asked, 3);
});

test("a key that its issuer has withdrawn counts no longer", async () => {
  const issuer = await new TestIssuer().start();
  const stolen = await issuer.newKey("EdDSA", "stolen");
  const entry = { issuer: iss, audience: "notifeed", algorithms: "EdDSA", jwksUrl: issuer.url };
  const service = await serviceOf([entry], { JWKS_LIFETIME_SECONDS: "1", JWKS_PAUSE_SECONDS: "1" });
  assert.equal((await post(await sign(stolen, usual()), service)).status, 201);
  issuer.jwks = [];
  await issuer.newKey("EdDSA", "fresh");
  await sleep(1100);
  assertProblem(await post(await sign(stolen, usual()), service), unproven);
});

for (const [name, answer] of /** @type {[string, (response: import("node:http").ServerResponse) => void][]} */ ([
  ["hang", () => {}],
  ["stop in the middle", (response) => void response.write('{"keys":[')],
  ["are 10 MB", (response) => void response.end(`{"keys":[],"x":"${"x".repeat(10_000_000)}"}`)],
  ["are a redirect", (response) => void response.writeHead(302, { Location: theirs.url }).end()],
  ["are an error", (response) => void response.writeHead(500).end()],
  ["are no key set", (response) => void response.end("<html>")],
])) {
  test(`keys that ${name} are 503 in time, and nobody gets in`, async () => {
    const issuer = await new TestIssuer().start();
    issuer.answer = answer;
    const entry = { issuer: iss, audience: "notifeed", jwksUrl: issuer.url };
    const service = await serviceOf([entry]);
    const before = Date.now();
    const tokens = await Promise.all(Array.from({ length: 5 }, () => sign(rs, usual())));
    const answers = await Promise.all(tokens.map((token) => post(token, service)));
    for (const answer of answers) assertProblem(answer, unavailable);
    assert.ok(Date.now() - before < 6000, "it took too long");
    // Other issuers' tokens are none the worse.
    const as = await userToken(someone());
    const posted = await service.post(example(), { token: as });
    assert.equal(posted.status, 201, posted.text);
    assert.ok(issuer.asked <= 1, `it was asked ${issuer.asked} times`);
    for (const line of service.log) assert.ok(!tokens.some((token) => line.includes(token.slice(-40))), line);
  });
}

// --- Configuration

test("a deployment without an issuer refuses everybody and says what to do", async () => {
  const service = await startService({ vars: { DEVELOPMENT_TOKEN_SECRET: "" } });
  for (const token of [await sign(rs, usual()), await userToken(someone())]) {
    const answer = await post(token, service);
    assertProblem(answer, unproven);
    assert.match(answer.json.error.message, /ISSUERS/);
  }
  assert.equal(service.log.filter((line) => line.includes("ISSUERS")).length, 1);
});

test("a mistake in ISSUERS lets nobody in, and the log says where it is", async () => {
  const ISSUERS = JSON.stringify([{ issuer: iss, audience: "notifeed", jwksUrl: "http://id.example.com/keys" }]);
  const service = await startService({ vars: { ISSUERS } });
  assertProblem(await service.post(example(), { as: someone() }), unavailable);
  assert.ok(service.log.some((line) => line.includes("ISSUERS[0].jwksUrl must be an https URL")));
});
