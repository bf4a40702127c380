// The npm package's live client where no WebSocket gets through, against the service: by server-sent events, what it changes
// by requests.

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../www/notifeed/live.js";
import { eventually, someone } from "./expect.mjs";
import { example, startService, userToken } from "./harness.mjs";

const service = await startService();

/** A socket whose upgrade a proxy refuses. */
class Blocked extends EventTarget {
  static tried = 0;
  readyState = 0;
  constructor() {
    super();
    Blocked.tried++;
    setTimeout(() => this.dispatchEvent(Object.assign(new Event("close"), { code: 1006, reason: "" })));
  }
  close() {}
}

/**
 * @param {import("node:test").TestContext} context
 * @param {string} as
 * @param {Partial<import("../../www/notifeed/live.js").ConnectOptions>} [options]
 */
async function device(context, as, options) {
  const { WebSocket } = globalThis;
  globalThis.WebSocket = /** @type {any} */ (Blocked);
  const client = connect({ url: service.url, platform: "windows", token: () => userToken(as), ...options });
  globalThis.WebSocket = WebSocket;
  context.after(() => client.close());
  await eventually(() => client.status.state === "live", 20_000);
  return client;
}

/** @param {string} as */
async function post(as, members = {}) {
  const { status, json } = await service.post(example({ appNotificationId: null, ...members }), { as });
  assert.equal(status, 201);
  return json.id;
}

test("follows the feed, changes it, and misses nothing of what happens while the service is down", async (context) => {
  const as = someone();
  const first = await post(as);
  const client = await device(context, as);
  assert.equal(Blocked.tried, 2);
  assert.deepEqual(
    client.items.map(({ id }) => id),
    [first],
  );
  const second = await post(as);
  await eventually(() => client.unread === 2);

  await client.markRead(first);
  assert.equal(client.items.find(({ id }) => id === first)?.readState, "read", "what is resolved is shown");
  const { json } = await service.request("GET", `/beta/me/notifications/${first}`, { as });
  assert.equal(json.readState, "read");
  await client.markAllRead();
  assert.equal(client.unread, 0);
  await client.remove(second);
  assert.deepEqual(
    client.items.map(({ id }) => id),
    [first],
  );
  const actions = [{ id: "yes", title: "Yes" }];
  await post(as, { payload: { visualContent: { title: "Well?", actions } } });
  await eventually(() => client.items.length === 2);
  await client.answer(client.items[0], "yes");
  assert.equal(client.items[0].answer?.actionId, "yes");

  await service.restart();
  const last = await post(as);
  client.reconnect();
  await eventually(() => client.items[0].id === last, 20_000);
});

test("what was asked offline isn't done where the item has changed since", async (context) => {
  const as = someone();
  const [id, other] = [await post(as), await post(as)];
  const client = await device(context, as);
  await service.stop();
  await eventually(() => client.status.state === "waiting");
  const dismissed = assert.rejects(client.dismiss(id), { code: "ItemChanged" });
  const read = client.markRead(other);
  await service.start();
  const json = { readState: "read", userActionState: "activated" };
  assert.equal((await service.request("PATCH", `/beta/me/notifications/${id}`, { as, json })).status, 200);
  client.reconnect();
  await dismissed;
  await read;
  const states = client.items.map(({ readState, userActionState }) => [readState, userActionState]);
  assert.deepEqual(states, [
    ["read", "noInteraction"],
    ["read", "activated"],
  ]);
});
