// The installed sender against the real service, when things go wrong on the way.

import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { host, startService, userToken } from "../blackbox/harness.mjs";
import { install } from "./install.mjs";

const { send, SendError } = await import(join(await install(), "node_modules/notifeed/send.node.js"));
const service = await startService({ vars: { POSTS_PER_SECOND: "2", POST_BURST: "1" } });

/**
 * @param {string} user
 * @param {Record<string, unknown>} [options]
 */
async function sent(user, options) {
  const notification = { targetHostName: host, payload: { visualContent: { title: "Hello" } } };
  return send(notification, { url: service.url, token: () => userToken(user), ...options });
}

/** @param {string} user */
const count = async (user) =>
  Number((await service.request("GET", "/beta/me/notifications/$count", { as: user })).text);

test("a throttled sender waits as it is told, and gets all through", async () => {
  const answers = await Promise.all([1, 2, 3].map(() => sent("throttled@contoso.com")));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201, 201],
  );
  assert.ok(answers.some(({ attempts }) => attempts > 1));
  assert.equal(await count("throttled@contoso.com"), 3);
});

test("a notification whose answer was lost is there once", async () => {
  let lost = 0;
  const proxy = createServer((client) => {
    const line = connect(Number(new URL(service.url).port), "127.0.0.1");
    client.pipe(line);
    line.on("data", (data) => (lost++ === 0 ? client.destroy() : client.write(data)));
    for (const socket of [client, line])
      socket.on("error", () => {}).on("close", () => (client.destroy(), line.destroy()));
  });
  await new Promise((listening) => proxy.listen(0, "127.0.0.1", () => listening(undefined)));
  after(() => proxy.close());
  const url = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (proxy.address()).port}`;
  const { status, attempts } = await sent("unlucky@contoso.com", { url });
  // The service throttles besides.
  assert.ok(status === 200 && attempts >= 2, `${status} after ${attempts}`);
  assert.equal(await count("unlucky@contoso.com"), 1);
});

test("a service that is down is waited for, but not for ever", async () => {
  await service.stop();
  const error = await sent("early@contoso.com", { attempts: 1 }).catch((/** @type {unknown} */ error) => error);
  assert.ok(error instanceof SendError);
  assert.deepEqual([error.status, error.code], [0, "NetworkError"]);
  const sending = sent("early@contoso.com", { attempts: 50 });
  await service.start();
  assert.equal((await sending).status, 201);
  assert.equal(await count("early@contoso.com"), 1);
});

test("what the service refuses, it says", async () => {
  const error = await sent("megan@contoso.com", { unsId: "1.1.forged" }).catch((/** @type {unknown} */ error) => error);
  assert.ok(error instanceof SendError);
  assert.deepEqual([error.status, error.code, error.attempts], [403, "NotAuthorizedForUser", 1]);
  assert.match(error.requestId, /^[0-9a-f-]{36}$/);
});
