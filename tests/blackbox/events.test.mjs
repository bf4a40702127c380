// Server-sent events (CONTRACT §5.5): the live feed where WebSockets are blocked.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ask, eventsOf } from "./events.mjs";
import { assertProblem, eventually, someone } from "./expect.mjs";
import { follow } from "./following.mjs";
import { host, startService, userToken } from "./harness.mjs";

/** A module of the Worker, whose types aren't those of Node. */
const { eventsOf: eventsOfSocket } = await import(
  `${new URL("../../worker/runtime/server_sent.mjs", import.meta.url)}`
);
const service = await startService();
const { post } = follow(service);
const feed = "/beta/me/notifications";

/** @param {{ response: Response }} asked @returns {Promise<import("./harness.mjs").Answer>} */
async function answerOf({ response }) {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : undefined };
}

test("the same frames as over a WebSocket: their type, their cursor and their text", async () => {
  const as = someone();
  const ids = [await post(as), await post(as)];
  const events = await eventsOf(service, { as });
  const { headers } = events.response;
  assert.deepEqual(
    ["content-type", "cache-control", "content-encoding", "access-control-allow-origin"].map((name) =>
      headers.get(name),
    ),
    ["text/event-stream", "no-store", null, "*"],
  );
  const replayed = await events.until("ready");
  const stream = await service.connect({ as });
  const rest = await stream.until("ready");
  const frames = [stream.first, ...rest];
  /** @param {any} frame */
  const timeless = (frame) => ({ ...frame, now: undefined });
  assert.deepEqual(
    replayed.map(({ data }) => timeless(data)),
    frames.map(timeless),
  );
  assert.deepEqual(
    replayed.map(({ event, id }) => [event, id]),
    frames.map(({ type, cursor }) => [type, cursor]),
  );

  ids.push(await post(as));
  // Changes by HTTP are told to every connection, its own too.
  await service.request("PATCH", `${feed}/${ids[0]}`, { as, json: { readState: "read" } });
  await service.request("DELETE", `${feed}/${ids[1]}`, { as });
  await service.request("POST", `${feed}/markAllRead?platform=windows`, { as, json: {} });
  for (const type of ["notification", "state", "removed", "readAll"]) {
    const told = await stream.next();
    assert.equal(told.type, type);
    assert.deepEqual(await events.next(), { event: type, id: told.cursor, data: told });
  }
});

test("a client that comes back misses nothing; the last event's id wins over the cursor in the query", async () => {
  const as = someone();
  const first = await post(as);
  const events = await eventsOf(service, { as });
  const cursors = (await events.until("ready")).map(({ id }) => id ?? "");
  events.leave();
  const second = await post(as);
  const headers = { "Last-Event-ID": cursors[cursors.length - 1] };
  const again = await eventsOf(service, { as, headers, query: { cursor: "nonsense" } });
  const told = await again.until("ready");
  assert.deepEqual(
    told.map(({ event, data }) => [event, data.notification?.id]),
    [
      ["feed", undefined],
      ["notification", second],
      ["ready", undefined],
    ],
  );
  assert.equal(told[2].data.resumed, true);
  // Without an id the cursor in the query counts, and with neither all of the feed.
  const one = await (await eventsOf(service, { as, query: { cursor: cursors[1] } })).until("ready");
  assert.deepEqual(
    one.flatMap(({ data }) => data.notification?.id ?? []),
    [second],
  );
  const all = await (await eventsOf(service, { as, headers: { "Last-Event-ID": "" } })).until("ready");
  assert.deepEqual(
    all.flatMap(({ data }) => data.notification?.id ?? []),
    [first, second],
  );
  const lost = await (await eventsOf(service, { as, headers: { "Last-Event-ID": "nonsense" } })).until("ready");
  assert.equal(lost[1].event, "reset");
});

test("refusals are answers with a status", async () => {
  const as = someone();
  const token = await userToken(as);
  const gone = "119081f2-f19d-4fa8-817c-7e01092c0f7d";
  for (const [options, problem] of /** @type {[any, any][]} */ ([
    [{}, { status: 401, code: "InvalidAuthenticationToken" }],
    [{ headers: { "Sec-WebSocket-Protocol": `bearer.${token}` } }, { status: 401, code: "InvalidAuthenticationToken" }],
    [
      { as, headers: { Accept: "*/*" } },
      { status: 426, code: "UpgradeRequired" },
    ],
    [
      { as, query: { platform: "linux" } },
      { status: 400, code: "BadRequest" },
    ],
    [
      { as, query: { endpoint: gone } },
      { status: 404, code: "ItemNotFound" },
    ],
    [{ token: await userToken(as, { azp: "stranger" }) }, { status: 403, code: "NotAuthorizedForUser" }],
  ]))
    assertProblem(await answerOf(await ask(service, options)), problem);
  const head = await ask(service, { as, method: "HEAD" });
  assert.equal(head.response.status, 426);
  const many = { Accept: "application/json, Text/Event-Stream;q=0.5" };
  assert.equal((await eventsOf(service, { as, headers: many })).response.status, 200);
});

test("the last event says how the connection ends", async () => {
  const as = someone();
  const json = { targetHostName: host, platform: "windows" };
  const subscribed = await service.request("POST", `${feed}/subscriptions`, { as, json });
  const events = await eventsOf(service, { as, query: { endpoint: subscribed.json.id } });
  await events.until("ready");
  await service.request("DELETE", `${feed}/subscriptions/${subscribed.json.id}`, { as });
  assert.deepEqual((await events.until("close")).at(-1), {
    event: "close",
    data: { code: 4403, reason: "SubscriptionEnded" },
  });
  assert.equal(await events.next(), undefined);
});

test("a client that has left is found out by what is written next", async () => {
  const as = someone();
  const json = { targetHostName: host, platform: "windows" };
  const { id: endpoint } = (await service.request("POST", `${feed}/subscriptions`, { as, json })).json;
  const events = await eventsOf(service, { as, query: { endpoint } });
  await events.until("ready");
  const isLive = async () => (await service.request("GET", `${feed}/endpoints`, { as })).json.value[0].live;
  assert.equal(await isLive(), true);
  events.leave();
  await eventually(async () => {
    await post(as);
    return !(await isLive());
  });
});

test("a client that reads slowly is told everything, and holds up nobody", async () => {
  const as = someone();
  const events = await eventsOf(service, { as });
  await events.until("ready");
  const payload = { rawContent: "x".repeat(63 * 1024) };
  const ids = [];
  // More than the sockets between here and there hold.
  for (let number = 0; number < 200; number++) ids.push(await post(as, { payload }));
  const told = [];
  while (told.length < ids.length) told.push(await events.next());
  assert.deepEqual(
    told.map((event) => event?.data.notification.id),
    ids,
  );
  // The client fell behind, and was told the rest from the feed.
  assert.equal(told.at(-1)?.data.replayed, true);
});

test("a comment every 25 s while nothing waits to be read, and flow control by what was taken", async () => {
  Object.assign(globalThis, { IdentityTransformStream: TransformStream });
  mock.timers.enable({ apis: ["setInterval"] });
  /** @type {string[]} */
  const sent = [];
  const socket = Object.assign(new EventTarget(), {
    accept() {},
    send: (/** @type {string} */ text) => void sent.push(text),
    close: (/** @type {number} */ code) => void sent.push(`closed ${code}`),
  });
  const tell = (/** @type {object} */ frame) =>
    socket.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  const reader = eventsOfSocket(socket).pipeThrough(new TextDecoderStream()).getReader();
  const read = async () => (await reader.read()).value;
  mock.timers.tick(24_999);
  const first = read();
  mock.timers.tick(1);
  assert.equal(await first, ": \n\n");

  tell({ type: "notification", seq: 1, cursor: "a" });
  tell({ type: "notification", seq: 2, cursor: "b" });
  tell({ type: "notification", seq: 3, cursor: "c", ack: true });
  assert.deepEqual(sent, []);
  mock.timers.tick(25_000);
  assert.equal(await read(), 'event: notification\nid: a\ndata: {"type":"notification","seq":1,"cursor":"a"}\n\n');
  const ack = (/** @type {number} */ seq) => JSON.stringify({ type: "ack", seq, delivered: false });
  await eventually(() => sent.length === 1);
  assert.deepEqual(
    [await read(), await read()].map((text) => /id: (.)/.exec(text ?? "")?.[1]),
    ["b", "c"],
  );
  await eventually(() => sent.length === 2);
  assert.deepEqual(sent, [ack(1), ack(3)]);
  await reader.cancel();
  await eventually(() => sent.at(-1) === "closed 1000");
  mock.timers.reset();
});
