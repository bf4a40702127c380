// Which paths there are, which methods they have, and what any request gets wherever it goes
// (CONTRACT §1, "Errors").

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertCommonHeaders, assertProblem } from "./expect.mjs";
import { host, startService } from "./harness.mjs";

const service = await startService();
const notifications = "/beta/me/notifications";
const as = "megan@contoso.com";

const paths = /** @type {const} */ ([
  notifications,
  "/v1.0/me/notifications",
  `/beta/users/${as}/notifications`,
  `${notifications}/119081f2-f19d-4fa8-817c-7e01092c0f7d`,
  "/beta/me/activities/119081f2-f19d-4fa8-817c-7e01092c0f7d",
  `${notifications}/subscriptions`,
  `${notifications}/stream`,
]);

test("what has no path is 404, also without a token", async () => {
  for (const path of [
    "/beta",
    "/beta/",
    "/beta/me",
    "/beta/me/activities",
    "/beta/you/notifications",
    "/beta/users/notifications",
    "/beta/me/notifications//",
    "/beta/me/notifications/a/b",
    "/beta/me/notifications/stream/more",
    "/beta/ME/notifications",
    "/beta/me/Notifications",
    "/v1.0/nothing",
    "/beta/me/notifications/%ff",
    "/beta/users/%/notifications",
    "/dev",
    "/dev/",
    "/dev/nothing",
  ]) {
    for (const method of ["GET", "POST", "PUT", "OPTIONS"]) {
      assertProblem(await service.request(method, path), { status: 404, code: "ItemNotFound" });
    }
  }
});

test("a method that a path doesn't have is 405, and says which it has", async () => {
  for (const path of paths) {
    const answer = await service.request("PUT", path);
    assertProblem(answer, { status: 405, code: "MethodNotAllowed" });
    const allowed = (answer.headers.get("allow") ?? "").split(", ");
    assert.ok(allowed.includes("OPTIONS"), `${path}: ${allowed}`);
    assert.ok(!allowed.includes("PUT"));
    // The others answer something else.
    for (const method of ["GET", "POST", "PATCH", "DELETE", "OPTIONS"]) {
      const { status } = await service.request(method, path);
      assert.equal(status === 405, !allowed.includes(method), `${method} ${path}: ${status}, has ${allowed}`);
    }
  }
});

test("OPTIONS is answered as a CORS preflight on every path, without a token", async () => {
  for (const path of paths) {
    const answer = await service.request("OPTIONS", path, {
      headers: {
        Origin: "https://app.example.com",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-uns-id,client-request-id",
      },
    });
    assert.equal(answer.status, 204, path);
    assert.equal(answer.text, "");
    assertCommonHeaders(answer.headers);
    const methods = answer.headers.get("access-control-allow-methods");
    assert.equal(methods, answer.headers.get("allow"));
    assert.match(methods ?? "", /\b(GET|POST)\b/);
    const allowed = (answer.headers.get("access-control-allow-headers") ?? "").toLowerCase().split(/\s*,\s*/);
    for (const name of ["authorization", "content-type", "content-encoding", "x-uns-id", "client-request-id"]) {
      assert.ok(allowed.includes(name), `${path}: ${name}`);
    }
  }
});

test("client-request-id is echoed in refusals too", async () => {
  const answer = await service.request("GET", "/beta/nothing", { headers: { "client-request-id": "mine" } });
  assertProblem(answer, { status: 404, code: "ItemNotFound" });
  assert.equal(answer.json.error.innerError["client-request-id"], "mine");
});

test("a fault of the service is 503 without details", async () => {
  const broken = await startService({ vars: { UNS_KEYS: "nonsense" } });
  const json = { targetHostName: host, platform: "windows" };
  const answer = await broken.request("POST", `${notifications}/subscriptions`, { as, json });
  assertProblem(answer, { status: 503, code: "ServiceUnavailable" });
  assert.doesNotMatch(answer.text, /UNS_KEYS|nonsense/);
  // The operator finds the request in the log.
  const id = answer.headers.get("request-id") ?? "";
  assert.ok(
    broken.log.some((line) => line.includes(id) && line.includes("UNS_KEYS")),
    broken.log.join("\n"),
  );
});
