// Everything that is told to whoever watches, beside the lines of the log: a point of Analytics Engine for each.

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { eventually, someone } from "./expect.mjs";
import { example, startService } from "./harness.mjs";

const service = await startService({
  around: [resolve(root, "tests/blackbox/workers/analysed.mjs")],
  vars: { LOG_REQUESTS: "all" },
});

/** @param {string} name of an operation or event */
const pointsOf = (name) =>
  eventually(async () => {
    const points = /** @type {any[]} */ (await (await fetch(`${service.url}/points`)).json());
    return points.filter(({ indexes }) => indexes[0] === name).at(-1);
  });

test("each request gives a data point with its duration and rows, and without personal data", async () => {
  const as = someone();
  const posted = await service.post(example(), { as });
  assert.equal(posted.status, 201);
  const point = await pointsOf("PostNotification");
  assert.deepEqual(point.blobs, ["request", "PostNotification", "", "answered"]);
  const [status, ms, feed, read, written] = point.doubles;
  assert.equal(status, 201);
  assert.ok(ms >= feed && read > 0 && written > 0);
  assert.ok(!JSON.stringify(point).includes(as));
  assert.equal((await service.request("GET", "/beta/me/notifications", { token: "a.b.c" })).status, 401);
  assert.deepEqual((await pointsOf("ListNotifications")).blobs.slice(2), ["InvalidAuthenticationToken", "refused"]);
});

test("a connection that the service ends is a line and a point", async () => {
  const line = await service.connect({ as: someone() });
  await line.until("ready");
  line.socket.send("no JSON");
  assert.equal((await line.closed).code, 4400);
  assert.deepEqual((await pointsOf("ConnectionEnded")).blobs, ["event", "ConnectionEnded", "4400"]);
  assert.ok(service.log.includes('{"event":"ConnectionEnded","code":4400}'));
});
