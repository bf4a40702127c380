// `make app`: an operator registers an app, blocks it, and lets it in again.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { root } from "../../scripts/local.mjs";
import { assertProblem, someone } from "./expect.mjs";
import { example, startService, userToken } from "./harness.mjs";

const run = promisify(execFile);

// Each `make app` starts wrangler, which takes seconds.
test("an app is registered, shown, blocked and unblocked", { timeout: 180_000 }, async () => {
  const service = await startService();
  const app = async (/** @type {string[]} */ ...words) =>
    (await run("make", ["app", "LOCAL=1", `STATE=${service.state}`, ...words], { cwd: root })).stdout;
  const issuer = "issuer=notifeed-dev";
  const token = await userToken(someone(), { azp: "shop 1" });
  const post = () =>
    service.post(example({ targetHostName: "shop.example.com", appNotificationId: undefined }), { token });

  assertProblem(await post(), { status: 403, code: "NotAuthorizedForUser" });
  await service.stop();
  assert.match(await app("add=shop 1", issuer, "hosts=Shop.example.com,other.example.com"), /shop\.example\.com/);
  await service.start();
  assert.equal((await post()).status, 201);
  await service.stop();
  await app("block=shop 1", issuer);
  assert.match(await app(), /shop 1 of notifeed-dev: .*"blocked":true/);
  await service.start();
  assertProblem(await post(), { status: 403, code: "CallerBlocked" });
  await service.stop();
  assert.match(await app("unblock=shop 1", issuer), /"blocked":false/);
  await assert.rejects(app("show=nobody", issuer), ({ stderr }) => /isn't registered/.test(stderr));
});

for (const [words, sentence] of /** @type {[string[], RegExp][]} */ ([
  [["add=x", "issuer=i", "hosts=é"], /no host name/],
  [["add=x", "issuer=i", "hosts=a.example,10.0.0.1"], /10\.0\.0\.1 is no host name/],
  [["add=x", "issuer=i"], /for which hosts/],
  [["add=x"], /whose app/],
  [["add=x", "block=y", "issuer=i"], /one at a time/],
])) {
  test(`make app ${words.join(" ")} says what is wrong`, async () => {
    const failure = run("make", ["app", "LOCAL=1", ...words], { cwd: root });
    await assert.rejects(failure, ({ stderr }) => sentence.test(stderr));
  });
}
