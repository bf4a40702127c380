// What there is in development only: tokens for the console's pages
// (docs/settings.md). The usual ways of a development token are in credentials.test.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertProblem, someone } from "./expect.mjs";
import { example, host, startService } from "./harness.mjs";

const notifications = "/beta/me/notifications";

const service = await startService();

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

test("without the development secret there is none of it, whatever the method", async () => {
  const production = await startService({ vars: { DEVELOPMENT_TOKEN_SECRET: "" } });
  for (const path of ["/dev/token"]) {
    for (const method of ["GET", "POST", "OPTIONS"]) {
      assertProblem(await production.request(method, path, { as: someone() }), { status: 404, code: "ItemNotFound" });
    }
  }
});
