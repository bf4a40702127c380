// Endpoints for development only: tokens for the console's pages, and what is copied to KV
// (docs/settings.md). The usual ways of a development token are in credentials.test.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertProblem, eventually, someone } from "./expect.mjs";
import { example, host, startService, userToken } from "./harness.mjs";

const notifications = "/beta/me/notifications";

// As it is by default; and one that copies nothing for a while.
const service = await startService();
const waiting = await startService({ vars: { COPY_DELAY_MS: "600000" } });

/**
 * The copied part of a user's feed.
 * @param {typeof service} of
 * @param {string} as
 * @param {string} [query]
 */
async function copies(of, as, query = "") {
  const answer = await of.request("GET", `/dev/copies${query}`, { as });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.value;
}

test("a page of this server gets an app's token, and posts with it by a subscription id until that ends", async () => {
  const as = someone();
  const asked = { json: { app: "contoso-server" }, headers: { Origin: service.url } };
  const { status, json } = await service.request("POST", "/dev/token", asked);
  assert.equal(status, 200);
  const { token } = json;
  const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
  assert.equal(claims.idtyp, "app");
  assert.equal(claims.azp, "contoso-server");
  assert.ok(!("scp" in claims) && !("upn" in claims));

  const path = `${notifications}/subscriptions`;
  const subscribed = await service.request("POST", path, { as, json: { targetHostName: host, platform: "windows" } });
  const headers = { "X-UNS-ID": subscribed.json.userNotificationSubscriptionId };
  assertProblem(await service.post(example(), { token }), { status: 400, code: "BadRequest" });
  assert.equal((await service.post(example(), { token, headers })).status, 201);
  assert.equal((await service.request("DELETE", `${path}/${subscribed.json.id}`, { as })).status, 204);
  assertProblem(await service.post(example(), { token, headers }), { status: 403, code: "NotAuthorizedForUser" });

  const foreign = { ...asked, headers: { Origin: "https://evil.example.com" } };
  assert.equal((await service.request("POST", "/dev/token", foreign)).status, 403);
});

test("a development token is of one user or of one app", async () => {
  for (const json of [{}, { as: "a", app: "b" }, { app: "" }, { app: 5 }, { app: "x".repeat(257) }, []]) {
    const answer = await service.request("POST", "/dev/token", { json });
    assertProblem(answer, { status: 400, code: "BadRequest" });
  }
});

test("an item isn't copied, then it is; its replacement is another copy, its states are none", async () => {
  const as = someone();
  const post = async (/** @type {typeof service} */ to, members = {}) =>
    (await to.post(example(members), { as })).json.id;
  const etagOf = async (/** @type {typeof service} */ at, /** @type {string} */ id) =>
    (await at.request("GET", `${notifications}/${id}`, { as })).headers.get("etag");

  const uncopied = await post(waiting);
  const etag = await etagOf(waiting, uncopied);
  assert.deepEqual(await copies(waiting, as), [{ id: uncopied, revision: 1, etag, copy: 1, copied: false }]);

  const id = await post(service);
  await eventually(async () => (await copies(service, as))[0].copied);
  const path = `${notifications}/${id}`;
  assert.equal((await service.request("PATCH", path, { as, json: { readState: "read" } })).status, 200);
  assert.deepEqual(await copies(service, as), [
    { id, revision: 1, etag: await etagOf(service, id), copy: 1, copied: true },
  ]);
  assert.equal(await post(service, { groupName: "changed" }), id);
  await eventually(async () => (await copies(service, as))[0].copied);
  assert.deepEqual(await copies(service, as), [
    { id, revision: 2, etag: await etagOf(service, id), copy: 2, copied: true },
  ]);
});

test("a page of copies is the same page of the list", async () => {
  const as = someone();
  for (const priority of ["High", "Low", "High", "Low", "High"]) {
    await service.post(example({ appNotificationId: undefined, priority }), { as });
  }
  const ids = (/** @type {any[]} */ values) => values.map(({ id }) => id);
  for (const query of ["?$top=2", "?$top=2&$filter=priority%20eq%20%27High%27", `?targetHostName=${host}`]) {
    let path = `${notifications}${query}`;
    do {
      const { json } = await service.request("GET", path, { as });
      assert.deepEqual(ids(await copies(service, as, new URL(path, service.url).search)), ids(json.value));
      path = json["@odata.nextLink"];
    } while (path);
  }
  const unknown = await service.request("GET", "/dev/copies?$select=id", { as });
  assertProblem(unknown, { status: 400, code: "BadRequest" });
});

test("nobody sees what another's copies are", async () => {
  const as = someone();
  const { id } = (await service.post(example(), { as })).json;
  assert.deepEqual(await copies(service, someone()), []);
  assertProblem(await service.request("GET", "/dev/copies"), { status: 401, code: "InvalidAuthenticationToken" });
  const refused = { status: 403, code: "NotAuthorizedForUser" };
  assertProblem(await service.request("GET", "/dev/copies", { app: "contoso-server" }), refused);
  const token = await userToken(as, { scp: "User.Read" });
  assertProblem(await service.request("GET", "/dev/copies", { token }), refused);
  const elsewhere = await service.request("GET", "/dev/copies?targetHostName=other.example.com", { as });
  assert.equal(elsewhere.status, 403);
  assert.ok(!elsewhere.text.includes(id));
});

test("without the development secret there is none of it, whatever the method", async () => {
  const production = await startService({ vars: { DEVELOPMENT_TOKEN_SECRET: "" } });
  for (const path of ["/dev/copies", "/dev/token"]) {
    for (const method of ["GET", "POST", "OPTIONS"]) {
      assertProblem(await production.request(method, path, { as: someone() }), { status: 404, code: "ItemNotFound" });
    }
  }
});
