// The live connection: who gets what, in which order, and how it ends (CONTRACT §4).

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertError, assertGuid, assertProblem, eventually, someone } from "./expect.mjs";
import { about, assertInOrder, follow } from "./following.mjs";
import { appToken, example, host, Refused, startService, userToken } from "./harness.mjs";

const service = await startService();
const { post, connected } = follow(service);
const path = "/beta/me/notifications/stream";
const hour = 60 * 60 * 1000;

/**
 * Fails unless the stream is refused with an answer; hands it over.
 * @param {Promise<unknown>} connecting
 * @returns {Promise<Refused>}
 */
async function refusal(connecting) {
  const refused = await connecting.then(
    () => assert.fail("it was accepted"),
    (error) => error,
  );
  assert.ok(refused instanceof Refused, String(refused));
  return refused;
}

// --- Connecting

for (const bearerProtocol of [false, true]) {
  test(`connects by a token in ${bearerProtocol ? "a subprotocol, as a browser does" : "the header"}`, async () => {
    const { stream, ready, missed } = await connected({ as: someone(), bearerProtocol });
    assert.equal(stream.socket.protocol, "notifeed.v1");
    assert.deepEqual(missed, []);
    const { cursor, now } = ready;
    assert.deepEqual(ready, {
      type: "ready",
      cursor,
      endpoint: null,
      resumed: false,
      now,
      unread: 0,
      unseen: 0,
      seenThrough: 0,
    });
    assert.match(cursor, /^[\w-]+$/);
  });
}

test("connects by the other version, by the user's name, and for a subscription", async () => {
  const as = someone();
  const json = { targetHostName: host, platform: "windows" };
  const subscribed = await service.request("POST", "/beta/me/notifications/subscriptions", { as, json });
  const { ready } = await connected({ as, platform: "WINDOWS", query: { endpoint: subscribed.json.id } });
  assert.equal(ready.endpoint, subscribed.json.id);
});

test("no cursor: the whole live feed, in order, then ready", async () => {
  const as = someone();
  const ids = [
    await post(as),
    await post(as),
    await post(as, { targetPolicy: { platformTypes: ["ios"] } }),
    await post(as),
  ];
  const { ready, missed } = await connected({ as });
  assert.deepEqual(
    missed.map(about),
    [ids[0], ids[1], ids[3]].map((id) => ["notification", id]),
  );
  assert.deepEqual(
    missed.map(({ replayed }) => replayed),
    [true, true, true],
  );
  assertInOrder(missed);
  assert.equal(ready.resumed, false);
});

test("what comes live is the whole item", async () => {
  const as = someone();
  const { stream } = await connected({ as });
  const before = Date.now();
  const expirationDateTime = new Date(before + hour).toISOString().replace(/\.\d+Z/, "Z");
  const id = await post(as, {
    expirationDateTime,
    appNotificationId: "live",
    payload: { rawContent: "raw", visualContent: { title: "Title", body: "Body" } },
  });
  const frame = await stream.next();
  assert.deepEqual(Object.keys(frame), ["type", "seq", "cursor", "replayed", "notification"]);
  const { createdDateTime, displayTimeToLive, ...notification } = frame.notification;
  assert.ok(before <= Date.parse(createdDateTime) && Date.parse(createdDateTime) <= Date.now());
  assert.equal(displayTimeToLive, 59);
  assert.equal(frame.replayed, false);
  assertGuid(id);
  assert.deepEqual(notification, {
    id,
    appNotificationId: "live",
    targetHostName: host,
    groupName: "TestGroup",
    priority: "High",
    payload: { rawContent: "raw", visualContent: { title: "Title", body: "Body" } },
    targetPolicy: { platformTypes: ["Windows", "iOS", "Android"] },
    fallbackPolicy: null,
    lastModifiedDateTime: createdDateTime,
    expirationDateTime,
    readState: "unread",
    userActionState: "noInteraction",
    status: "active",
  });
});

test("each platform gets what targets it", async () => {
  const as = someone();
  const platforms = ["windows", "ios", "android", "webpush"];
  const streams = await Promise.all(platforms.map((platform) => connected({ as, platform })));
  const targets = [["Windows"], ["iOS", "Android"], ["WebPush"], ["windows", "webpush"]];
  const ids = [];
  for (const platformTypes of targets) ids.push(await post(as, { targetPolicy: { platformTypes } }));
  const all = await post(as, { targetPolicy: null });
  for (const [index, { stream }] of streams.entries()) {
    /** @type {string[]} */
    const wanted = ids.filter((_, at) => targets[at].some((name) => name.toLowerCase() === platforms[index]));
    for (const id of [...wanted, all]) assert.deepEqual(about(await stream.next()), ["notification", id]);
  }
});

test("a replacement that no longer aims at a platform is removed there as it happens", async () => {
  const as = someone();
  const [windows, ios] = [await connected({ as }), await connected({ as, platform: "ios" })];
  const replace = (/** @type {string[]} */ ...platformTypes) =>
    post(as, { appNotificationId: "one", targetPolicy: { platformTypes } });
  const id = await replace("windows", "ios");
  const first = await windows.stream.next();
  assert.deepEqual(about(await ios.stream.next()), ["notification", id]);

  assert.equal(await replace("ios"), id);
  const removed = await windows.stream.next();
  assert.deepEqual(removed, { type: "removed", seq: removed.seq, cursor: removed.cursor, id, reason: "retargeted" });
  assertInOrder([first, removed]);
  assert.deepEqual(about(await ios.stream.next()), ["notification", id]);
  // The endpoint may come back.
  await replace("windows");
  assert.deepEqual(about(await windows.stream.next()), ["notification", id]);
  const back = await ios.stream.next();
  assert.deepEqual([...about(back), back.reason], ["removed", id, "retargeted"]);
});

test("another user gets nothing, live or replayed", async () => {
  const [as, other] = [someone(), someone()];
  const { stream } = await connected({ as: other });
  await post(as);
  const own = await post(other);
  assert.deepEqual(about(await stream.next()), ["notification", own]);
  const { missed } = await connected({ as: other });
  assert.deepEqual(missed.map(about), [["notification", own]]);
});

test("each host is a feed of its own, and the app names the one that it means", async () => {
  const registry = await service.miniflare.getKVNamespace("REGISTRY");
  const hosts = [host, "other.example.com"];
  await registry.put("app:notifeed-dev:both", JSON.stringify({ hosts }));
  const token = await userToken(someone(), { azp: "both" });
  const streams = await Promise.all(hosts.map((targetHostName) => connected({ token, query: { targetHostName } })));
  for (const [index, targetHostName] of [...hosts.entries()].toReversed()) {
    const posted = await service.post(example({ targetHostName }), { token });
    assert.deepEqual(about(await streams[index].stream.next()), ["notification", posted.json.id]);
  }
  const unnamed = await refusal(service.connect({ token }));
  assert.equal(unnamed.status, 400);
  assertError(unnamed.json.error, { status: 400, code: "BadRequest" });
  const foreign = await refusal(service.connect({ token, query: { targetHostName: "foreign.example.com" } }));
  assert.equal(foreign.status, 403);
  assertError(foreign.json.error, { status: 403, code: "NotAuthorizedForUser" });
});

test("all sockets of a user get everything, in one order", async () => {
  const as = someone();
  const streams = await Promise.all([connected({ as }), connected({ as }), connected({ as, bearerProtocol: true })]);
  const ids = await Promise.all(Array.from({ length: 30 }, () => post(as)));
  const orders = [];
  for (const { stream } of streams) {
    const frames = [];
    while (frames.length < ids.length) frames.push(await stream.next());
    assertInOrder(frames);
    orders.push(frames.map(({ notification }) => notification.id));
  }
  assert.deepEqual(new Set(orders[0]), new Set(ids));
  for (const order of orders) assert.deepEqual(order, orders[0]);
});

test("a socket that left gets nothing, the others go on", async () => {
  const as = someone();
  const [first, second] = [await connected({ as }), await connected({ as })];
  first.stream.terminate();
  await first.stream.closed;
  for (const id of [await post(as), await post(as)]) {
    assert.deepEqual(about(await second.stream.next()), ["notification", id]);
  }
});

// --- Being refused

for (const [
  name,
  options,
  status,
  code,
  close,
] of /** @type {[string, () => Promise<Parameters<typeof service.connect>[0]>, number, string, number][]} */ ([
  ["garbage for a token", async () => ({ token: "garbage" }), 401, "InvalidAuthenticationToken", 4401],
  [
    "an expired token",
    async () => ({ token: await userToken(someone(), { exp: 1 }) }),
    401,
    "InvalidAuthenticationToken",
    4401,
  ],
  [
    "no scope",
    async () => ({ token: await userToken(someone(), { scp: "User.Read" }) }),
    403,
    "NotAuthorizedForUser",
    4403,
  ],
  ["an app-only token", async () => ({ token: await appToken("contoso-server") }), 403, "NotAuthorizedForUser", 4403],
  [
    "an unknown app",
    async () => ({ token: await userToken(someone(), { azp: "stranger" }) }),
    403,
    "NotAuthorizedForUser",
    4403,
  ],
  [
    "another's host",
    async () => ({ as: someone(), query: { targetHostName: "other.example.com" } }),
    403,
    "NotAuthorizedForUser",
    4403,
  ],
  ["no platform", async () => ({ as: someone(), platform: "" }), 400, "BadRequest", 4400],
  ["an unknown platform", async () => ({ as: someone(), platform: "amiga" }), 400, "BadRequest", 4400],
  ["no number of items", async () => ({ as: someone(), query: { top: "many" } }), 400, "BadRequest", 4400],
  ["an endpoint that is none", async () => ({ as: someone(), query: { endpoint: "x" } }), 400, "BadRequest", 4400],
])) {
  test(`${name}: ${status} in the envelope, or for a browser ${close}`, async () => {
    const refused = await refusal(service.connect(await options()));
    assert.equal(refused.status, status);
    assert.deepEqual(Object.keys(refused.json), ["error"]);
    assertError(refused.json.error, { status, code });

    const stream = await service.connect({ ...(await options()), bearerProtocol: true });
    assert.equal(stream.socket.protocol, "notifeed.v1");
    assert.deepEqual(await stream.closed, { code: close, reason: code });
    assert.deepEqual(await stream.within(0), []);
  });
}

test("no token at all is 401", async () => {
  assert.equal((await refusal(service.connect({}))).status, 401);
});

test("a token in the URL doesn't count", async () => {
  const token = await userToken(someone());
  for (const name of ["access_token", "token", "bearer"]) {
    assert.equal((await refusal(service.connect({ query: { [name]: token } }))).status, 401);
  }
});

test("without Upgrade it is 426", async () => {
  const answer = await service.request("GET", `${path}?platform=windows`, { as: someone() });
  assertProblem(answer, { status: 426, code: "UpgradeRequired" });
});

// --- Ending

for (const [name, frame] of /** @type {[string, string | Buffer][]} */ ([
  ["not JSON", "{"],
  ["empty", ""],
  ["no object", "[]"],
  ["without type", "{}"],
  ["of an unknown type, without a ref", '{"type":"shout"}'],
  ["without the ref that it needs", '{"type":"delete","id":"119081f2-f19d-4fa8-817c-7e01092c0f7d"}'],
  [
    "of a long ref",
    JSON.stringify({ type: "delete", ref: "x".repeat(65), id: "119081f2-f19d-4fa8-817c-7e01092c0f7d" }),
  ],
  ["huge", `{"type":"token","ref":"1","token":"${"x".repeat(64 * 1024)}"}`],
  ["binary", Buffer.from('{"type":"ack","seq":1}')],
])) {
  test(`a client's frame that is ${name} ends the connection with 4400, and only that one`, async () => {
    const as = someone();
    const [bad, good] = [await connected({ as }), await connected({ as })];
    bad.stream.socket.send(frame);
    assert.equal((await bad.stream.closed).code, 4400);
    const id = await post(as);
    assert.deepEqual(about(await good.stream.next()), ["notification", id]);
  });
}

test("ping is answered with pong", async () => {
  const { stream } = await connected({ as: someone() });
  for (let round = 0; round < 3; round++) {
    stream.send("ping");
    assert.equal(await stream.next(), "pong");
  }
});

test("a close is answered at once, with its code", async () => {
  for (const [code, reason, answered] of /** @type {[number | undefined, string | undefined, number][]} */ ([
    [1000, "", 1000],
    [1001, "going away", 1001],
    [4000, "bye", 4000],
    // No code can't be sent back as one.
    [undefined, undefined, 1000],
  ])) {
    const { stream } = await connected({ as: someone() });
    const before = Date.now();
    const closed = await stream.close(code, reason);
    assert.ok(Date.now() - before < 1000, `${code}: it took ${Date.now() - before} ms`);
    assert.deepEqual(closed, { code: answered, reason: reason ?? "" });
  }
});

test("a socket lives no longer than its token: 4401, and the cursor goes on", async () => {
  const as = someone();
  const exp = Math.floor(Date.now() / 1000) + 2;
  const { stream } = await connected({ token: await userToken(as, { exp }) });
  const { stream: other } = await connected({ as });
  await post(as);
  const { cursor } = await stream.next();
  await eventually(async () => stream.socket.readyState !== stream.socket.OPEN);
  const late = Date.now() - exp * 1000;
  // workerd keeps the line itself for some seconds more.
  stream.terminate();
  assert.deepEqual(await stream.closed, { code: 4401, reason: "InvalidAuthenticationToken" });
  assert.ok(-50 <= late && late < 1500, `${late} ms after the token's end`);
  const id = await post(as);
  const { missed } = await connected({ as, query: { cursor } });
  assert.deepEqual(missed.map(about), [["notification", id]]);
  await other.next();
  assert.deepEqual(about(await other.next()), ["notification", id]);
});

test("the server sends nothing unasked", async () => {
  const { stream } = await connected({ as: someone() });
  assert.deepEqual(await stream.within(300), []);
});
