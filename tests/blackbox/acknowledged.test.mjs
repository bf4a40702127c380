// Acknowledgements of a device that follows the feed by server-sent events (CONTRACT §5.5): a held push goes by them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsOf } from "./events.mjs";
import { assertProblem, eventually, someone } from "./expect.mjs";
import { follow } from "./following.mjs";
import { host, startService } from "./harness.mjs";
import { PushServices } from "./push_services.mjs";

const services = new PushServices();
const service = await startService({ outbound: services.outbound, vars: { PUSH_HOLD_MS: "60000" } });
const { post } = follow(service);
const feed = "/beta/me/notifications";

test("a frame that was written to the stream counts as delivered only when the client acknowledges it", async () => {
  const as = someone();
  const browser = services.browser("events");
  const json = { targetHostName: host, platform: "webpush", pushSubscription: browser.subscription };
  const { id: endpoint } = (await service.request("POST", `${feed}/subscriptions`, { as, json })).json;
  const events = await eventsOf(service, { as, query: { platform: "webpush", endpoint } });
  await events.until("ready");
  const ack = (/** @type {object} */ body, query = `endpoint=${endpoint}`) =>
    service.request("POST", `${feed}/ack?${query}`, { as, json: body });
  const webPush = { targetPolicy: { platformTypes: ["WebPush"] } };
  await post(as, webPush);
  const seen = (await events.until("notification")).at(-1);
  assert.equal(seen?.data.ack, true);
  assert.equal((await ack({ cursor: seen?.id, visible: true })).status, 204);
  const unseen = await post(as, webPush);
  const told = (await events.until("notification")).at(-1);
  assert.deepEqual([told?.data.notification.id, services.to(browser).length], [unseen, 0]);
  assert.equal((await ack({ cursor: told?.id })).status, 204);
  await eventually(() => services.to(browser).length === 1);

  assertProblem(await ack({ cursor: told?.id }, ""), { status: 400, code: "BadRequest" });
  assertProblem(await ack({ cursor: told?.id }, "endpoint=x"), { status: 404, code: "ItemNotFound" });
  assertProblem(await ack({ cursor: "x" }), { status: 410, code: "SyncStateNotFound" });
  assertProblem(await ack({}), { status: 400, code: "BadRequest" });
  const other = await service.request("POST", `${feed}/ack?endpoint=${endpoint}`, {
    as: someone(),
    json: { cursor: told?.id },
  });
  assertProblem(other, { status: 404, code: "ItemNotFound" });
});
