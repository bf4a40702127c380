// The npm package's live client in Node, against the service: no page, no database, no other tabs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../www/notifeed/live.js";
import { eventually, someone } from "./expect.mjs";
import { example, startService, userToken } from "./harness.mjs";

const service = await startService();

/** @typedef {import("../../www/notifeed/live.js").ConnectOptions} ConnectOptions */
/** @typedef {import("../../www/notifeed/live.js").Snapshot} Snapshot */

/**
 * @param {string} as
 * @param {Partial<ConnectOptions>} [options]
 */
function device(as, options) {
  return connect({ url: service.url, platform: "windows", token: () => userToken(as), ...options });
}

/** A store as an app in Node would give one: what is saved is one text. */
class TextStore {
  text = "";
  /** @returns {Promise<Snapshot | null>} */
  async load() {
    return this.text === "" ? null : JSON.parse(this.text);
  }
  /** @param {import("../../www/notifeed/live.js").Difference} difference */
  async save({ clear, put, remove, seq, cursor }) {
    const before = clear ? null : await this.load();
    const items = new Map((before?.items ?? []).map((held) => [held.notification.id, held]));
    for (const id of remove) items.delete(id);
    for (const held of put) items.set(held.notification.id, held);
    this.text = JSON.stringify({ items: [...items.values()], seq, cursor });
  }
  async forget() {
    this.text = "";
  }
}

/** @param {string} as */
async function post(as) {
  const { status, json } = await service.post(example({ appNotificationId: null }), { as });
  assert.equal(status, 201);
  return json.id;
}

test("follows the feed and changes it, through a service that is killed and comes back", async (context) => {
  const as = someone();
  const client = device(as);
  context.after(() => client.close());
  await eventually(() => client.status.state === "live");
  assert.equal(client.leads, true);
  const first = await post(as);
  await eventually(() => client.unread === 1);
  await client.dismiss(first);
  assert.equal(client.unread, 0);
  const [item] = client.items;
  assert.deepEqual([item.readState, item.userActionState], ["read", "dismissed"]);

  await service.stop();
  await eventually(() => client.status.state === "waiting");
  const restored = client.restore(first);
  assert.equal(client.items[0].userActionState, "noInteraction", "what is asked is shown at once");
  await service.start();
  const second = await post(as);
  client.reconnect();
  await restored;
  await eventually(() => client.items.length === 2);
  assert.deepEqual(
    client.items.map(({ id }) => id),
    [second, first],
  );
  const { json } = await service.request("GET", `/beta/me/notifications/${first}`, { as });
  assert.equal(json.userActionState, "noInteraction");
});

test("a store of the app's own: the next run has everything at once, and is told only what is new", async () => {
  const as = someone();
  const store = new TextStore();
  const first = device(as, { store });
  const ids = [await post(as), await post(as)];
  await eventually(() => first.items.length === 2);
  await first.close();
  ids.push(await post(as));

  const second = device(as, { store });
  const news = /** @type {string[]} */ ([]);
  second.on("notification", ({ notification }) => news.push(notification.id));
  const ready = new Promise((resolve) => second.on("ready", resolve));
  assert.deepEqual(await ready, { type: "ready", resumed: true, replayed: 1 });
  assert.deepEqual(news, [ids[2]]);
  assert.equal(second.items.length, 3);
  await second.close({ forget: true });
  assert.equal(store.text, "");
});

test("nobody signed in, and a token that is revoked, are not asked again and again", async (context) => {
  let asked = 0;
  const token = async () => {
    asked += 1;
    return null;
  };
  const client = connect({ url: service.url, platform: "windows", token });
  context.after(() => client.close());
  await eventually(() => client.status.state === "stopped");
  assert.equal(client.status.reason, "nobody is signed in");
  assert.equal(asked, 1);

  const refused = connect({ url: service.url, platform: "windows", user: "megan", token: async () => "not.a.token" });
  context.after(() => refused.close());
  await eventually(() => refused.status.state === "stopped");
  assert.equal(refused.status.code, 4401);
});

test("an invalid `url` throws at once", () => {
  assert.throws(() => device("megan", { url: "not an address" }), TypeError);
});

test("what wasn't answered when the client is closed is rejected", async () => {
  const client = device(someone(), { url: "http://127.0.0.1:9" });
  const asked = client.markRead("a");
  await client.close();
  await assert.rejects(asked, { name: "LiveError", status: 0, code: "Closed" });
  await assert.rejects(client.markRead("a"), { name: "LiveError", status: 0, code: "Closed" });
});

test("what is snoozed is read for now, and new again on every device at its time", async (context) => {
  const as = someone();
  const [client, other] = [device(as), device(as)];
  context.after(() => [client, other].map((one) => one.close()));
  await eventually(() => client.status.state === "live" && other.status.state === "live");
  const id = await post(as);
  await eventually(() => other.unread === 1);
  const arrivals = /** @type {string[]} */ ([]);
  other.on("notification", ({ notification }) => arrivals.push(notification.readState));
  const until = new Date(Date.now() + 2000);
  const snoozed = client.snooze(id, until);
  assert.equal(client.items[0].snoozedUntilDateTime, until.toISOString());
  await snoozed;
  await eventually(() => other.unread === 0);
  assert.equal(Date.parse(other.items[0].snoozedUntilDateTime ?? ""), until.getTime());
  await eventually(() => other.unread === 1 && client.unread === 1, 10_000);
  assert.ok(Date.now() >= until.getTime() - 50);
  assert.deepEqual(arrivals, ["unread"]);
  assert.deepEqual([other.items[0].userActionState, other.items[0].snoozedUntilDateTime], ["noInteraction", undefined]);
  assert.throws(() => client.snooze(id, "soon"), RangeError);
  await assert.rejects(client.snooze(id, Date.now() - 1), { status: 400, code: "BadRequest" });
});

test("items in a list that the user has looked at are seen on every device, and still unread", async (context) => {
  const as = someone();
  const clients = [device(as), device(as)];
  context.after(() => clients.map((client) => client.close()));
  await eventually(() => clients.every(({ status }) => status.state === "live"));
  await post(as);
  await eventually(() => clients.every(({ unseen }) => unseen === 1));
  await clients[0].markAllSeen();
  await eventually(() => clients.every(({ unseen, unread }) => unseen === 0 && unread === 1));
  await post(as);
  await eventually(() => clients.every(({ unseen, unread }) => unseen === 1 && unread === 2));
});
