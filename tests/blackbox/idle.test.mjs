// A feed that nothing needs ends, with all that is stored of it.

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { eventually, someone } from "./expect.mjs";
import { example, startService, host } from "./harness.mjs";

const service = await startService({ around: [resolve(root, "tests/blackbox/workers/ringing.mjs")] });
const path = "/beta/me/notifications";

/** How many rows each table of the feed has. @returns {Promise<Record<string, number>>} */
async function rows() {
  return (await fetch(`${service.url}/rows`)).json();
}

const ring = () => fetch(`${service.url}/ring`, { method: "POST" });

test("an alarm that finds nothing ends the feed; its next life begins with the next post", async () => {
  const as = someone();
  const count = async () => (await service.request("GET", `${path}/$count`, { as })).text;
  const json = { targetHostName: host, platform: "windows" };
  assert.equal((await service.request("POST", `${path}/subscriptions`, { as, json })).status, 201);
  assert.equal((await service.request("DELETE", `${path}/subscriptions`, { as })).status, 204);
  // The row of a subscription that has ended goes as soon as KV knows.
  await eventually(async () => (await rows()).feed_subscription === 0);
  await service.restart();
  assert.equal(await count(), "0");
  await ring();
  await eventually(async () => Object.keys(await rows()).length === 0);

  assert.equal((await service.post(example(), { as })).status, 201);
  await ring();
  assert.equal(await count(), "1");
});
