// Everything read or seen in one step, and the counts of a badge (CONTRACT §5.4).

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertProblem, someone } from "./expect.mjs";
import { example, startService } from "./harness.mjs";

const service = await startService();
const feed = "/beta/me/notifications";

/**
 * Posts so many items, each a new one.
 * @param {string} as
 * @param {number} count
 * @param {object} [members]
 */
async function post(as, count, members) {
  const ids = [];
  for (let place = 0; place < count; place++) {
    const posted = await service.post(example({ appNotificationId: undefined, ...members }), { as });
    assert.equal(posted.status, 201, posted.text);
    ids.push(posted.json.id);
  }
  return ids;
}

/**
 * @param {string} as
 * @param {string} what
 * @param {object} [body]
 */
const mark = (as, what, body = {}) => service.request("POST", `${feed}/${what}`, { as, json: body });

/**
 * A connection that has caught up, and its `ready`.
 * @param {string} as
 * @param {string} platform
 */
async function connect(as, platform) {
  const stream = await service.connect({ as, query: { platform } });
  const frames = await stream.until("ready");
  return { stream, ready: frames.at(-1) };
}

test("everything is read by one call, and each device is told by one frame", async () => {
  const as = someone();
  await post(as, 3);
  const { stream, ready } = await connect(as, "ios");
  assert.deepEqual([ready.unread, ready.unseen, ready.seenThrough], [3, 3, 0]);
  const [late] = await post(as, 1);
  assert.equal((await stream.next()).notification.id, late);

  const marked = await mark(as, "markAllRead", { cursor: ready.cursor });
  assert.equal(marked.status, 200, marked.text);
  assert.deepEqual(Object.keys(marked.json), ["cursor", "unread", "unseen"]);
  assert.deepEqual([marked.json.unread, marked.json.unseen], [1, 1]);
  const frame = await stream.next();
  assert.deepEqual(frame, { type: "readAll", seq: 7, cursor: marked.json.cursor, through: 3, platform: null });

  const unread = await service.request("GET", `${feed}?$filter=readState eq 'unread'`, { as });
  assert.deepEqual(
    unread.json.value.map((/** @type {{ id: string }} */ item) => item.id),
    [late],
  );
  const badge = await service.request(
    "GET",
    `${feed}/$count?platform=ios&$filter=readState eq 'unread' and userActionState ne 'dismissed'`,
    { as },
  );
  assert.equal(badge.text, "1");
});

test("a frame acts for its connection's platform", async () => {
  const as = someone();
  await post(as, 1, { targetPolicy: { platformTypes: ["iOS"] } });
  await post(as, 1, { targetPolicy: { platformTypes: ["Windows", "iOS"] } });
  const windows = await connect(as, "windows");
  const ios = await connect(as, "ios");
  assert.deepEqual([windows.ready.unread, ios.ready.unread], [1, 2]);

  windows.stream.send({ type: "markAllRead", ref: "r", cursor: windows.ready.cursor });
  const result = await windows.stream.next();
  const { cursor, ...rest } = result;
  assert.deepEqual(rest, { type: "result", ref: "r", status: 200, seq: 3, through: 2, unread: 0, unseen: 0 });
  assert.deepEqual(await ios.stream.next(), { type: "readAll", seq: 3, cursor, through: 2, platform: "Windows" });
  assert.equal((await connect(as, "ios")).ready.unread, 1);

  ios.stream.send({ type: "markAllSeen", ref: "s" });
  const seen = await ios.stream.next();
  assert.deepEqual(seen, { type: "result", ref: "s", status: 200, through: 3, unread: 1, unseen: 0 });
  assert.deepEqual(await windows.stream.next(), { type: "seenAll", through: 3, platform: "iOS" });
  const again = await connect(as, "ios");
  assert.deepEqual([again.ready.unread, again.ready.unseen, again.ready.seenThrough], [1, 0, 3]);
});

test("a token of a platform's delta is of no use to another reader", async () => {
  const as = someone();
  await post(as, 1, { targetPolicy: { platformTypes: ["iOS"] } });
  const first = await service.request("GET", `${feed}/delta?platform=windows`, { as });
  assert.deepEqual(first.json.value, []);
  const link = new URL(first.json["@odata.deltaLink"]);
  assert.equal(link.searchParams.get("platform"), "windows");
  assert.equal((await service.request("GET", link.pathname + link.search, { as })).status, 200);
  link.searchParams.set("platform", "ios");
  assertProblem(await service.request("GET", link.pathname + link.search, { as }), {
    status: 410,
    code: "SyncStateNotFound",
  });
});

test("bad input marks nothing", async () => {
  const as = someone();
  await post(as, 1);
  const { ready } = await connect(as, "ios");
  const stranger = someone();
  await post(stranger, 1);
  assertProblem(await mark(stranger, "markAllRead", { cursor: ready.cursor }), {
    status: 410,
    code: "SyncStateNotFound",
  });
  assertProblem(await mark(as, "markAllSeen", { cursor: "nonsense" }), { status: 410, code: "SyncStateNotFound" });
  const typed = await mark(as, "markAllRead", { cursor: 1 });
  assert.deepEqual([typed.status, typed.json.error.code], [401, "InvalidActivityDataType"]);
  const platform = await mark(as, "markAllRead?platform=toaster");
  assert.deepEqual([platform.status, platform.json.error.details[0].target], [400, "platform"]);
  assert.equal((await service.request("GET", `${feed}/markAllRead`, { as })).status, 405);
  assert.deepEqual([ready.unread, (await connect(as, "ios")).ready.unread], [1, 1]);
});
