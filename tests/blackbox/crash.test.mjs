// A panic in wasm must never hang a request or lose a socket: worker/runtime/ sees to it, and renews the
// instance before the next call.
//
// How a panic is made: with the variable DEVELOPMENT_PANIC set (it is, here only), the Worker
// answers `GET /dev/panic/worker` by a panic in its own fetch, and `GET /dev/panic/hub` by one in
// the fetch of the Hub of the token's user, after an await. Without the variable both are 404.

import assert from "node:assert/strict";
import { test } from "node:test";
import { someone } from "./expect.mjs";
import { example, startService } from "./harness.mjs";

const as = "megan@contoso.com";

/** @param {import("./harness.mjs").Answer} answer */
function assertUnavailable(answer) {
  assert.equal(answer.status, 503, answer.text);
  assert.equal(answer.headers.get("retry-after"), "1");
  assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
  const { code, message, innerError, details } = answer.json.error;
  assert.equal(code, "ServiceUnavailable");
  assert.equal(message, "The service can't do this right now. Nothing was lost; try again in a moment.");
  assert.equal(innerError["request-id"], answer.headers.get("request-id"));
  assert.equal(answer.headers.get("cache-control"), "private");
  assert.doesNotMatch(answer.text, /panic|wasm|crash/i);
  assert.deepEqual(Object.keys(innerError), ["date", "request-id", "client-request-id"]);
  assert.deepEqual(details, []);
}

test("without the variable there is no way to make it panic", async () => {
  const service = await startService();
  for (const place of ["worker", "hub"]) {
    assert.equal((await service.request("GET", `/dev/panic/${place}`, { as })).status, 404);
  }
});

test("a panic is answered at once, and everything works afterwards", async () => {
  const service = await startService({ vars: { DEVELOPMENT_PANIC: "true" } });
  const stream = await service.connect({ as });
  await stream.until("ready");
  for (const place of ["worker", "hub", "hub", "worker"]) {
    const before = Date.now();
    const headers = { "client-request-id": "mine" };
    const answer = await service.request("GET", `/dev/panic/${place}`, { as, headers });
    assertUnavailable(answer);
    assert.equal(answer.json.error.innerError["client-request-id"], "mine");
    assert.ok(Date.now() - before < 2000, `the panic in the ${place} took long to be answered`);

    const posted = await service.post(example({ appNotificationId: undefined }), { as });
    assert.equal(posted.status, 201, posted.text);
    const frame = await stream.next();
    assert.equal(frame.type, "notification");
    assert.equal(frame.notification.id, posted.json.id);
  }
});

test("what is under way when another request panics is answered too", async () => {
  const service = await startService({ vars: { DEVELOPMENT_PANIC: "true" } });
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, number) =>
      number === 20
        ? service.request("GET", "/dev/panic/worker", { as })
        : service.post(example({ appNotificationId: `n${number}` }), { as }),
    ),
  );
  for (const answer of answers) {
    if (answer.status !== 201) assertUnavailable(answer);
  }
});

test("the answer to a panic has the headers of any other answer, and is for the pages that may read those", async () => {
  const page = "https://app.example.com";
  for (const [setting, origin, allowed] of [
    ["*", page, "*"],
    [page, page, page],
    [page, "https://evil.example.com", null],
  ]) {
    const service = await startService({ vars: { DEVELOPMENT_PANIC: "true", ALLOWED_ORIGINS: String(setting) } });
    const headers = { Origin: String(origin), "client-request-id": "mine" };
    const fine = await service.request("GET", "/beta/me/notifications/endpoints", { as, headers });
    assert.equal(fine.status, 200, fine.text);
    for (const place of ["worker", "credentials", "hub"]) {
      const answer = await service.request("GET", `/dev/panic/${place}`, { as: someone(), headers });
      assertUnavailable(answer);
      assert.equal(answer.headers.get("access-control-allow-origin"), allowed);
      for (const name of ["client-request-id", "access-control-expose-headers", "vary", "x-content-type-options"])
        assert.equal(answer.headers.get(name), fine.headers.get(name), `${name} after a panic in the ${place}`);
    }
  }
});
