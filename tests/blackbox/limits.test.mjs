// The limits of a feed and of a connection, but for how much is under way (flow.test.mjs): what still goes at each, and what happens past it
// (docs/limits.md).

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { assertProblem, eventually, someone } from "./expect.mjs";
import { follow } from "./following.mjs";
import { example, Refused, startService } from "./harness.mjs";

const feed = "/beta/me/notifications";
const service = await startService();
// Few are enough to see what happens at the limit; that the default is 10 000, and 1000, is the contract's.
const small = await startService({ vars: { MAX_FEED_ITEMS: "5", MAX_SOCKETS: "3" } });

/**
 * @param {string} as
 * @param {Record<string, unknown>} [members]
 */
const post = (as, members = {}) => small.post(example({ appNotificationId: undefined, ...members }), { as });

/** @param {import("./harness.mjs").Answer} answer @param {number} [atMost] seconds */
function assertFull(answer, atMost = 3600) {
  assertProblem(answer, { status: 406, code: "ServerBusy" });
  const seconds = Number(answer.headers.get("retry-after"));
  assert.ok(1 <= seconds && seconds <= atMost, `Retry-After: ${seconds}`);
}

test("items of a feed: one more is refused, nothing that was accepted goes", async () => {
  const as = someone();
  const { stream } = await follow(small).connected({ as });
  const ids = [];
  for (let number = 0; number < 5; number++) {
    const posted = await post(as, { appNotificationId: `n${number}` });
    assert.equal(posted.status, 201, posted.text);
    ids.push(posted.json.id);
    await stream.next();
  }
  for (let time = 0; time < 2; time++) assertFull(await post(as));
  assert.equal((await small.request("GET", `${feed}/$count`, { as })).text, "5");

  // Calls that add nothing go on: the same again, and a replacement.
  const replacement = { ...example(), appNotificationId: "n0", groupName: "other" };
  for (let time = 0; time < 2; time++) assert.equal((await small.post(replacement, { as })).status, 200);
  assertFull(await post(as));
  // So do other users, and what the user does.
  assert.equal((await post(someone())).status, 201);
  const json = { readState: "read" };
  assert.equal((await small.request("PATCH", `${feed}/${ids[1]}`, { as, json })).status, 200);

  // A deletion makes room, for one. Tombstones take none.
  assert.equal((await small.request("DELETE", `${feed}/${ids[2]}`, { as })).status, 204);
  const posted = await post(as);
  assert.equal(posted.status, 201, posted.text);
  assertFull(await post(as));
  // Refused connections left nothing behind.
  const frames = [];
  do frames.push(await stream.next());
  while (frames.at(-1).notification?.id !== posted.json.id);
  assert.deepEqual(
    frames.map(({ type, seq }) => [type, seq]),
    [
      ["notification", 6],
      ["state", 7],
      ["removed", 8],
      ["notification", 9],
    ],
  );
});

test("items of a feed: an expiration makes room, and Retry-After says when", async () => {
  const as = someone();
  for (let number = 0; number < 4; number++) assert.equal((await post(as)).status, 201);
  const expirationDateTime = new Date(Date.now() + 1500).toISOString();
  assert.equal((await post(as, { expirationDateTime })).status, 201);
  const refused = await post(as);
  assertFull(refused, 2);
  await sleep(Number(refused.headers.get("retry-after")) * 1000);
  assert.equal((await post(as)).status, 201);
  assertFull(await post(as));
});

test("items of a feed: posts at the same time don't get past the limit together", async () => {
  const as = someone();
  const answers = await Promise.all(Array.from({ length: 12 }, () => post(as)));
  assert.equal(answers.filter(({ status }) => status === 201).length, 5);
  for (const answer of answers) if (answer.status !== 201) assertFull(answer);
  assert.equal((await small.request("GET", `${feed}/$count`, { as })).text, "5");
});

test("connections of a feed: one more is refused, until one goes", async () => {
  const as = someone();
  const { connected } = follow(small);
  const streams = [];
  for (let number = 0; number < 3; number++) streams.push((await connected({ as })).stream);
  await assert.rejects(small.connect({ as }), (error) => {
    assert.ok(error instanceof Refused);
    assert.equal(error.status, 406);
    assert.equal(error.json.error.code, "ServerBusy");
    return true;
  });
  // A browser sees no status: a close code tells it.
  const inBrowser = await small.connect({ as, bearerProtocol: true });
  assert.deepEqual(await inBrowser.closed, { code: 4429, reason: "ServerBusy retry-after=60" });
  // Another user isn't concerned, nor are those who are connected.
  await connected({ as: someone() });
  assert.equal((await post(as)).status, 201);
  for (const stream of streams) assert.equal((await stream.next()).type, "notification");
  await streams[0].close(1000);
  const back = await eventually(() => small.connect({ as }).catch(() => undefined));
  await back?.until("ready");
});

test("a browser learns from the close code why the Hub refuses it", async () => {
  const endpoint = "00000000-0000-4000-8000-000000000000";
  const stream = await small.connect({ as: someone(), bearerProtocol: true, query: { endpoint } });
  assert.deepEqual(await stream.closed, { code: 4403, reason: "SubscriptionEnded" });
});

test("a client's frame: 20 KiB", async () => {
  const { stream } = await follow(service).connected({ as: someone() });
  const frame = (/** @type {number} */ bytes) => {
    const empty = JSON.stringify({ type: "token", ref: "1", token: "" });
    return JSON.stringify({ type: "token", ref: "1", token: "x".repeat(bytes - empty.length) });
  };
  stream.send(frame(20 * 1024));
  const result = await stream.next();
  assert.deepEqual([result.status, result.error.code], [401, "InvalidAuthenticationToken"]);
  stream.send(frame(20 * 1024 + 1));
  assert.deepEqual(await stream.closed, { code: 4400, reason: "BadRequest" });
});

test("a client's ref: 64 characters", async () => {
  const { stream } = await follow(service).connected({ as: someone() });
  const send = (/** @type {string} */ ref) => stream.send({ type: "delete", ref, id: "none" });
  const longest = "é".repeat(64);
  send(longest);
  const { ref, status } = await stream.next();
  assert.deepEqual([ref, status], [longest, 404]);
  send(`${longest}x`);
  assert.equal((await stream.closed).code, 4400);
});

test("a page: 100 items; without $top, 20", async () => {
  const as = someone();
  for (let first = 0; first < 110; first += 11) {
    await Promise.all(Array.from({ length: 11 }, () => follow(service).post(as)));
  }
  for (const path of [feed, `${feed}/delta`]) {
    for (const [query, size] of [
      ["", 20],
      ["?$top=1", 1],
      ["?$top=100", 100],
    ]) {
      const page = await service.request("GET", `${path}${query}`, { as });
      assert.equal(page.json.value.length, size, `${path}${query}`);
      assert.ok(page.json["@odata.nextLink"]);
    }
    for (const top of ["0", "101"]) {
      assertProblem(await service.request("GET", `${path}?$top=${top}`, { as }), {
        status: 400,
        code: "BadRequest",
        details: [["InvalidQueryOption", "$top"]],
      });
    }
  }
});

test("a filter: 1024 characters and 8 conditions", async () => {
  const as = someone();
  const get = (/** @type {string} */ $filter) =>
    service.request("GET", `${feed}?${new URLSearchParams({ $filter })}`, { as });
  const long = (/** @type {number} */ length) => `groupName eq '${"é".repeat(length - 15)}'`;
  const many = (/** @type {number} */ conditions) => Array(conditions).fill("readState eq 'read'").join(" and ");
  assert.equal(long(1024).length, 1024);
  for (const filter of [long(1024), many(8)]) assert.equal((await get(filter)).status, 200);
  for (const filter of [long(1025), many(9)]) {
    const details = /** @type {[string, string][]} */ ([["InvalidQueryOption", "$filter"]]);
    assertProblem(await get(filter), { status: 400, code: "BadRequest", details });
  }
});

test("a page of the list and of a delta: 1 MiB, passed by the last item at most", async () => {
  const as = someone();
  const payload = { rawContent: "x".repeat(63 * 1024) };
  const ids = [];
  for (let number = 0; number < 20; number++) ids.push(await follow(service).post(as, { payload }));
  for (const [path, order] of /** @type {const} */ ([
    [feed, ids.toReversed()],
    [`${feed}/delta`, ids],
  ])) {
    const listed = [];
    let pages = 0;
    for (let next = `${path}?$top=100`; next; pages++) {
      const { json, text } = await service.request("GET", next, { as });
      assert.ok(text.length < (1024 + 65) * 1024, `${text.length} bytes`);
      listed.push(...json.value.map((/** @type {any} */ { id }) => id));
      next = json["@odata.nextLink"]?.slice(service.url.length);
    }
    assert.deepEqual(listed, order);
    assert.equal(pages, 2, path);
  }
});

test("rows of a feed: those of ended items make room, and a device that wasn't notified of their end gets a reset", async () => {
  const tight = await startService({ vars: { MAX_FEED_ROWS: "5" } });
  const as = someone();
  const post = () => tight.post(example({ appNotificationId: undefined }), { as });
  const ids = [];
  for (let number = 0; number < 5; number++) {
    const posted = await post();
    assert.equal(posted.status, 201, posted.text);
    ids.push(posted.json.id);
  }
  const { ready } = await follow(tight).connected({ as });
  assertFull(await post());
  assert.equal((await tight.request("DELETE", `${feed}/${ids[1]}`, { as })).status, 204);
  assert.equal((await post()).status, 201);
  assertFull(await post());
  assert.equal((await tight.request("GET", `${feed}/$count`, { as })).text, "5");
  const { frames } = await follow(tight).connected({ as, query: { cursor: ready.cursor } });
  assert.deepEqual([frames[0].type, frames.length - 2], ["reset", 5]);
});

test("bytes of a feed: ended items make room for new ones", async () => {
  const tight = await startService({ vars: { MAX_FEED_BYTES: "310000" } });
  const as = someone();
  const payload = { rawContent: "x".repeat(60_000) };
  const post = (members = {}) => tight.post(example({ appNotificationId: undefined, payload, ...members }), { as });
  const expirationDateTime = new Date(Date.now() + 2000).toISOString();
  const ids = [(await post({ expirationDateTime })).json.id];
  for (let number = 1; number < 5; number++) ids.push((await post()).json.id);
  const refused = await post();
  assertFull(refused, 2);
  await sleep(Number(refused.headers.get("retry-after")) * 1000);
  assert.equal((await post()).status, 201);
  assertFull(await post());
  // A deletion makes room at once.
  assert.equal((await tight.request("DELETE", `${feed}/${ids[1]}`, { as })).status, 204);
  assert.equal((await post()).status, 201);
  assertFull(await post());
});
