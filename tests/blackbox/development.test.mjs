// What there is in development only: tokens for the console's pages, and where bodies lie
// (docs/settings.md). The usual ways of a development token are in credentials.test.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertProblem, eventually, someone } from "./expect.mjs";
import { example, host, startService, userToken } from "./harness.mjs";

const notifications = "/beta/me/notifications";

// As it is by default; and one whose bodies don't leave, or leave at once.
const service = await startService();
const waiting = await startService({ vars: { OUTBOX_DELAY_MS: "600000" } });
const hasty = await startService({ vars: { OUTBOX_DELAY_MS: "10", BODY_GRACE_MS: "20" } });

/**
 * Where a user's bodies lie.
 * @param {typeof service} of
 * @param {string} as
 * @param {string} [query]
 */
async function bodies(of, as, query = "") {
  const answer = await of.request("GET", `/dev/bodies${query}`, { as });
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

test("a body lies in the outbox, then in both, then in KV", async () => {
  const as = someone();
  const post = async (/** @type {typeof service} */ of) => (await of.post(example(), { as })).json.id;

  const id = await post(waiting);
  const [outbox] = await bodies(waiting, as);
  assert.deepEqual(
    { ...outbox, etag: "", dueDateTime: "" },
    {
      id,
      revision: 1,
      etag: "",
      place: "outbox",
      dueDateTime: "",
      attempts: 0,
    },
  );
  assert.ok(Date.parse(outbox.dueDateTime) > Date.now() + 500_000);
  const one = await waiting.request("GET", `${notifications}/${id}`, { as });
  assert.equal(outbox.etag, one.headers.get("etag"));

  await post(service);
  const both = await eventually(async () =>
    (await bodies(service, as)).find((/** @type {any} */ b) => b.place === "both"),
  );
  assert.equal(Date.parse(both.forgetDateTime) - Date.parse(both.confirmedDateTime), 120_000);

  await post(hasty);
  const kv = await eventually(async () => (await bodies(hasty, as)).find((/** @type {any} */ b) => b.place === "kv"));
  assert.deepEqual(Object.keys(kv), ["id", "revision", "etag", "place"]);
  // A replacement is another body, on its way again.
  const changed = example({ groupName: "changed" });
  assert.equal((await hasty.post(changed, { as })).status, 200);
  assert.equal((await bodies(hasty, as))[0].revision, 2);
});

test("a page of bodies is the same page of the list", async () => {
  const as = someone();
  for (const priority of ["High", "Low", "High", "Low", "High"]) {
    await service.post(example({ appNotificationId: undefined, priority }), { as });
  }
  const ids = (/** @type {any[]} */ values) => values.map(({ id }) => id);
  for (const query of ["?$top=2", "?$top=2&$filter=priority%20eq%20%27High%27", `?targetHostName=${host}`]) {
    let path = `${notifications}${query}`;
    do {
      const { json } = await service.request("GET", path, { as });
      assert.deepEqual(ids(await bodies(service, as, new URL(path, service.url).search)), ids(json.value));
      path = json["@odata.nextLink"];
    } while (path);
  }
  const unknown = await service.request("GET", "/dev/bodies?$select=id", { as });
  assertProblem(unknown, { status: 400, code: "BadRequest" });
});

test("nobody sees where another's bodies lie", async () => {
  const as = someone();
  const { id } = (await service.post(example(), { as })).json;
  assert.deepEqual(await bodies(service, someone()), []);
  assertProblem(await service.request("GET", "/dev/bodies"), { status: 401, code: "InvalidAuthenticationToken" });
  const refused = { status: 403, code: "NotAuthorizedForUser" };
  assertProblem(await service.request("GET", "/dev/bodies", { app: "contoso-server" }), refused);
  const token = await userToken(as, { scp: "User.Read" });
  assertProblem(await service.request("GET", "/dev/bodies", { token }), refused);
  const elsewhere = await service.request("GET", "/dev/bodies?targetHostName=other.example.com", { as });
  assert.equal(elsewhere.status, 403);
  assert.ok(!elsewhere.text.includes(id));
});

test("without the development secret there is none of it, whatever the method", async () => {
  const production = await startService({ vars: { DEVELOPMENT_TOKEN_SECRET: "" } });
  for (const path of ["/dev/bodies", "/dev/token"]) {
    for (const method of ["GET", "POST", "OPTIONS"]) {
      assertProblem(await production.request(method, path, { as: someone() }), { status: 404, code: "ItemNotFound" });
    }
  }
});
