// What an endpoint is told when it comes back: every case there is, to the frame (DESIGN "Sequence,
// resume, delta" and "Frames"). The same table runs natively against the rules in src/feed.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually, someone } from "./expect.mjs";
import { about, assertInOrder, follow } from "./following.mjs";
import { host, startService } from "./harness.mjs";

// Bodies leave the Hub while the tests run, so that replays read from KV as well; and a Hub can be
// made to crash.
const service = await startService({
  vars: { OUTBOX_DELAY_MS: "1", BODY_GRACE_MS: "1", DEVELOPMENT_PANIC: "true" },
});

const followed = follow(service);
const feed = "/beta/me/notifications";

/**
 * Posts; the text is the content. A key is the `appNotificationId`: the same again replaces.
 * @param {string} as
 * @param {string} text
 * @param {{ key?: string, platforms?: string[], lives?: number }} [options] `lives`: in milliseconds
 * @returns {Promise<string>} its id
 */
async function post(as, text, { key, platforms = ["windows", "ios"], lives } = {}) {
  const posted = await service.post(
    {
      targetHostName: host,
      appNotificationId: key,
      payload: { rawContent: text },
      targetPolicy: { platformTypes: platforms },
      ...(lives === undefined ? {} : { expirationDateTime: new Date(Date.now() + lives).toISOString() }),
    },
    { as },
  );
  assert.ok(posted.status === 201 || posted.status === 200, posted.text);
  return posted.json.id;
}

/**
 * @param {string} as
 * @param {string} id
 * @param {Record<string, string>} states
 */
async function patch(as, id, states) {
  const patched = await service.request("PATCH", `${feed}/${id}`, { as, json: states });
  assert.equal(patched.status, 200, patched.text);
}

/**
 * @param {string} as
 * @param {string} id
 */
async function remove(as, id) {
  assert.equal((await service.request("DELETE", `${feed}/${id}`, { as })).status, 204);
}

/**
 * Waits for the instant at which an item expires.
 * @param {string} as
 * @param {string} id
 */
function expired(as, id) {
  return eventually(async () => (await service.request("GET", `${feed}/${id}`, { as })).status === 404);
}

/**
 * A frame in short, after a look at its shape: nothing may be missing in it, or be there besides.
 * @param {any} frame
 * @returns {unknown[]}
 */
function inShort(frame) {
  const { type, seq, cursor, id } = frame;
  const change = ["type", "seq", "cursor"];
  const members = /** @type {Record<string, string[]>} */ ({
    reset: ["type"],
    notification: [...change, "replayed", "notification"],
    state: [...change, "id", "readState", "userActionState"],
    removed: [...change, "id", "reason"],
    ready: ["type", "cursor", "endpoint", "resumed"],
    result: ["type", "ref", "status", ...(seq === undefined ? [] : ["seq", "cursor"])],
  })[type];
  assert.deepEqual(Object.keys(frame), members);
  if (members.includes("cursor")) assert.match(cursor, /^[\w-]{20,}$/);
  switch (type) {
    case "notification": {
      const { notification, replayed } = frame;
      assert.equal(replayed, true);
      return [type, seq, notification.id, notification.payload.rawContent, notification.readState];
    }
    case "state":
      return [type, seq, id, frame.readState, frame.userActionState];
    case "removed":
      return [type, seq, id, frame.reason];
    case "ready":
      return [type, frame.resumed];
    case "result":
      return seq === undefined ? [type, frame.ref, frame.status] : [type, frame.ref, frame.status, seq];
    default:
      return [type];
  }
}

/**
 * Connects, and reads up to `ready`.
 * @param {string} as
 * @param {string} [cursor]
 * @param {string} [platform]
 */
async function comeBack(as, cursor, platform) {
  const stream = await service.connect({ as, platform, query: cursor === undefined ? {} : { cursor } });
  const frames = await stream.until("ready");
  stream.terminate();
  return { told: frames.map(inShort), frames, cursor: String(frames.at(-1).cursor) };
}

/**
 * A user of the test's own, and how their Hub is evicted from memory: as it is when it has been idle,
 * or the runtime moves it. Its sockets stay open.
 */
async function someoneWithHub() {
  const hubs = () => service.miniflare.listDurableObjectIds("Hub", "notifeed");
  const others = await hubs();
  const as = someone();
  await upToDate(as);
  const [id, ...more] = (await hubs()).filter((id) => !others.includes(id));
  assert.deepEqual(more, []);
  const evict = () =>
    service.miniflare.unsafeEvictDurableObject("notifeed", "Hub", { id: String(id), webSockets: "hibernate" });
  return { as, evict };
}

/** All items, in the order of their last change. @param {string} as */
async function delta(as) {
  const items = [];
  let path = `${feed}/delta?$top=100`;
  while (path) {
    const { json } = await service.request("GET", path, { as });
    items.push(...json.value);
    path = json["@odata.nextLink"]?.slice(service.url.length);
  }
  return items;
}

/** The cursor of an endpoint that has been told everything. @param {string} as @param {string} [platform] */
async function upToDate(as, platform) {
  return (await comeBack(as, undefined, platform)).cursor;
}

const resumed = ["ready", true];
const begun = ["ready", false];

test("an empty feed: nothing but ready, and its cursor resumes", async () => {
  const as = someone();
  const first = await comeBack(as);
  assert.deepEqual(first.told, [begun]);
  assert.deepEqual((await comeBack(as, first.cursor)).told, [resumed]);
  const id = await post(as, "a");
  assert.deepEqual((await comeBack(as, first.cursor)).told, [["notification", 1, id, "a", "unread"], resumed]);
});

test("no cursor: the whole live feed of the platform, in the order of change, and no tombstones", async () => {
  const as = someone();
  const [a, b, gone] = [await post(as, "a"), await post(as, "b"), await post(as, "gone")];
  await post(as, "not for windows", { platforms: ["ios"] });
  await remove(as, gone);
  await patch(as, a, { readState: "read" });
  for (const cursor of [undefined, ""]) {
    const { told, frames } = await comeBack(as, cursor);
    assert.deepEqual(told, [["notification", 2, b, "b", "unread"], ["notification", 6, a, "a", "read"], begun]);
    const got = await service.request("GET", `${feed}/${a}`, { as });
    const { "@odata.context": _context, ...item } = got.json;
    assert.deepEqual(frames[1].notification, item);
  }
});

test("from a position: what came after it, once", async () => {
  const as = someone();
  await post(as, "a");
  const cursor = await upToDate(as);
  const b = await post(as, "b");
  const c = await post(as, "c");
  const { told, frames } = await comeBack(as, cursor);
  assert.deepEqual(told, [["notification", 2, b, "b", "unread"], ["notification", 3, c, "c", "unread"], resumed]);
  // The cursor of each frame is a position too.
  assert.deepEqual((await comeBack(as, frames[0].cursor)).told, told.slice(1));
  assert.deepEqual((await comeBack(as, frames[1].cursor)).told, [resumed]);
});

test("the same position: nothing", async () => {
  const as = someone();
  await post(as, "a");
  const cursor = await upToDate(as);
  const again = await comeBack(as, cursor);
  assert.deepEqual(again.told, [resumed]);
  assert.equal(again.cursor, cursor);
});

test("a cursor that can't be honoured: reset, then the whole live feed", async () => {
  const as = someone();
  const a = await post(as, "a");
  const cursor = Buffer.from(await upToDate(as), "base64url");
  assert.equal(cursor.length, 24);
  const notYet = Buffer.from(cursor);
  notYet.writeBigInt64BE(2n, 16);
  const foreignEpoch = Buffer.from(cursor);
  foreignEpoch[0] ^= 1;
  const negative = Buffer.from(cursor);
  negative.writeBigInt64BE(-1n, 16);
  const other = someone();
  await post(other, "another's");
  for (const [what, text] of [
    ["a position that doesn't exist yet", notYet.toString("base64url")],
    ["a foreign epoch", foreignEpoch.toString("base64url")],
    ["another user's", await upToDate(other)],
    ["a position before the first", negative.toString("base64url")],
    ["too short", cursor.subarray(0, 23).toString("base64url")],
    ["too long", Buffer.concat([cursor, Buffer.alloc(9)]).toString("base64url")],
    [
      "more content than position",
      Buffer.concat([cursor, cursor.subarray(16, 23), Buffer.from([2])]).toString("base64url"),
    ],
    ["garbage", "not a cursor!"],
  ]) {
    const { told, cursor: next } = await comeBack(as, text);
    assert.deepEqual(told, [["reset"], ["notification", 1, a, "a", "unread"], begun], what);
    assert.deepEqual((await comeBack(as, next)).told, [resumed], what);
  }
});

test("expired while away: nothing, the endpoint knows its instant", async () => {
  const as = someone();
  const id = await post(as, "short", { lives: 400 });
  const cursor = await upToDate(as);
  await patch(as, id, { readState: "read" });
  const unseen = await post(as, "came and went", { lives: 400 });
  await expired(as, unseen);
  await expired(as, id);
  assert.deepEqual((await comeBack(as, cursor)).told, [resumed]);
  assert.deepEqual((await comeBack(as)).told, [begun]);
});

test("deleted while away: removed, also what the endpoint never saw", async () => {
  const as = someone();
  const [a, b] = [await post(as, "a"), await post(as, "b")];
  const cursor = await upToDate(as);
  await remove(as, b);
  const unseen = await post(as, "came and went");
  await remove(as, unseen);
  await remove(as, await post(as, "not for windows", { platforms: ["ios"] }));
  assert.deepEqual((await comeBack(as, cursor)).told, [
    ["removed", 3, b, "deleted"],
    ["removed", 5, unseen, "deleted"],
    resumed,
  ]);
  assert.deepEqual((await comeBack(as)).told, [["notification", 1, a, "a", "unread"], begun]);
});

test("deleted while away, and its appNotificationId used again: another item", async () => {
  const as = someone();
  const first = await post(as, "one", { key: "k" });
  const cursor = await upToDate(as);
  await remove(as, first);
  const second = await post(as, "two", { key: "k" });
  assert.notEqual(first, second);
  assert.deepEqual((await comeBack(as, cursor)).told, [
    ["removed", 2, first, "deleted"],
    ["notification", 3, second, "two", "unread"],
    resumed,
  ]);
});

test("replaced twice while away: the last content, once, unread", async () => {
  const as = someone();
  const id = await post(as, "one", { key: "k" });
  await patch(as, id, { readState: "read" });
  const cursor = await upToDate(as);
  const other = await post(as, "other");
  for (const text of ["two", "three", "three"]) assert.equal(await post(as, text, { key: "k" }), id);
  assert.deepEqual((await comeBack(as, cursor)).told, [
    ["notification", 3, other, "other", "unread"],
    ["notification", 5, id, "three", "unread"],
    resumed,
  ]);
});

test("states changed while away: only the states, as they are now", async () => {
  const as = someone();
  const id = await post(as, "a");
  const cursor = await upToDate(as);
  await patch(as, id, { readState: "read" });
  await patch(as, id, { userActionState: "snoozed" });
  await patch(as, id, { userActionState: "dismissed" });
  assert.deepEqual((await comeBack(as, cursor)).told, [["state", 4, id, "read", "dismissed"], resumed]);
});

test("replaced and its states changed while away: the whole item, with its states", async () => {
  const as = someone();
  const id = await post(as, "one", { key: "k" });
  const cursor = await upToDate(as);
  await post(as, "two", { key: "k" });
  await patch(as, id, { readState: "read" });
  assert.deepEqual((await comeBack(as, cursor)).told, [["notification", 3, id, "two", "read"], resumed]);
});

test("replaced while away by one that has expired since: removed, for the endpoint shows the one before", async () => {
  const as = someone();
  const id = await post(as, "lives on", { key: "k", lives: 3_600_000 });
  const cursor = await upToDate(as);
  await post(as, "short", { key: "k", lives: 300 });
  const { told, cursor: later } = await comeBack(as, cursor);
  if (told.length === 2) assert.deepEqual(told, [["notification", 2, id, "short", "unread"], resumed]);
  await expired(as, id);
  assert.deepEqual((await comeBack(as, cursor)).told, [["removed", 2, id, "deleted"], resumed]);
  // One that saw the replacement knows when it goes.
  assert.deepEqual((await comeBack(as, later)).told, [resumed]);
  assert.deepEqual((await comeBack(as)).told, [begun]);
});

test("replaced while away by one for fewer platforms: retargeted there, the content elsewhere", async () => {
  const as = someone();
  const id = await post(as, "for both", { key: "k" });
  const [windows, ios, android] = [await upToDate(as), await upToDate(as, "ios"), await upToDate(as, "android")];
  await post(as, "for one", { key: "k", platforms: ["ios"] });
  const content = ["notification", 2, id, "for one", "unread"];
  assert.deepEqual((await comeBack(as, windows)).told, [["removed", 2, id, "retargeted"], resumed]);
  assert.deepEqual((await comeBack(as, ios, "ios")).told, [content, resumed]);
  assert.deepEqual((await comeBack(as, android, "android")).told, [resumed]);
  // Its states are no longer any business of a platform that it left; that it is deleted, of all.
  const gone = await upToDate(as);
  await patch(as, id, { readState: "read" });
  assert.deepEqual((await comeBack(as, gone)).told, [resumed]);
  assert.deepEqual((await comeBack(as, windows)).told, [["removed", 3, id, "retargeted"], resumed]);
  await post(as, "for both again", { key: "k" });
  assert.deepEqual((await comeBack(as, gone)).told, [["notification", 4, id, "for both again", "unread"], resumed]);
});

test("more than a page away: everything, in order, once", async () => {
  const as = someone();
  const kept = await post(as, "kept");
  const cursor = await upToDate(as);
  const gone = await post(as, "gone");
  for (let first = 0; first < 130; first += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, number) => post(as, `n${first + number}`)));
  }
  const order = await delta(as);
  assert.equal(order.length, 132);
  await remove(as, gone);
  await patch(as, kept, { readState: "read" });
  const contents = order
    .slice(2)
    .map(({ id, payload }, number) => ["notification", number + 3, id, payload.rawContent, "unread"]);
  const { told, frames } = await comeBack(as, cursor);
  assert.deepEqual(told, [
    ...contents,
    ["removed", 133, gone, "deleted"],
    ["state", 134, kept, "read", "noInteraction"],
    resumed,
  ]);
  // Without a cursor the tombstone isn't told, though it stands in a later page.
  assert.deepEqual((await comeBack(as)).told, [...contents, ["notification", 134, kept, "kept", "read"], begun]);
  // Whoever is cut off goes on where the last frame was.
  for (const last of [97, 99, 120]) {
    assert.deepEqual((await comeBack(as, frames[last].cursor)).told, told.slice(last + 1), `after ${last}`);
  }
});

describe("in the middle of a replay", () => {
  // More than the window of a client that acknowledges, less than the budget of one that doesn't,
  // and more than one page.
  const items = 110;
  const padding = "x".repeat(12 * 1024);
  const as = someone();
  /** The ids, in the order of their last change. @type {string[]} */
  let ids;
  let head = 0;

  before(async () => {
    for (let first = 0; first < items; first += 10) {
      const keys = Array.from({ length: 10 }, (_, number) => `k${first + number}`);
      await Promise.all(keys.map((key) => post(as, `${key}${padding}`, { key })));
    }
  });

  /**
   * Connects without a cursor and stops reading in the middle: the server waits for
   * acknowledgements, and doesn't get any.
   */
  async function stopInTheMiddle() {
    const known = (await comeBack(as)).frames.slice(0, -1);
    ids = known.map(({ notification }) => notification.id);
    head = known.at(-1).seq;
    for (const end = Date.now() + 30_000; Date.now() < end;) {
      const stream = await service.connect({ as });
      stream.send({ type: "ack", seq: 0 });
      // What is answered before `ready` is answered in the middle.
      stream.send({ type: "update", ref: "probe", id: "none", readState: "read" });
      const frames = [];
      do frames.push(await stream.next());
      while (frames.at(-1).type !== "result");
      frames.pop();
      if (frames.every(({ type }) => type === "notification")) return { stream, frames };
      // While bodies are still in the Hub, a replay may be over before the first acknowledgement.
      stream.terminate();
    }
    throw new Error("no replay could be stopped in its middle");
  }

  /** Acknowledges until `ready`. @param {Awaited<ReturnType<typeof stopInTheMiddle>>} middle */
  async function finish({ stream, frames }) {
    const rest = [];
    stream.send({ type: "ack", seq: frames.at(-1)?.seq ?? 0 });
    do {
      rest.push(await stream.next());
      if (rest.at(-1).seq !== undefined) stream.send({ type: "ack", seq: rest.at(-1).seq });
    } while (rest.at(-1).type !== "ready");
    return rest;
  }

  /** @param {any[]} frames */
  const short = (frames) =>
    frames.map((frame) => inShort(frame).map((part) => (typeof part === "string" ? part.replace(padding, "") : part)));

  /** What two tellings together make of a feed. @param {any[]} frames */
  function shown(frames) {
    const shown = new Map();
    let last = 0;
    for (const { type, seq, id, notification, readState } of frames) {
      if (type === "ready") continue;
      assert.ok(seq > last, `${type} ${seq} after ${last}`);
      last = seq;
      if (type === "notification")
        shown.set(notification.id, [notification.payload.rawContent, notification.readState]);
      if (type === "state") {
        assert.ok(shown.has(id), `states of ${id} before its content`);
        shown.set(id, [shown.get(id)[0], readState]);
      }
      if (type === "removed") shown.delete(id);
    }
    return shown;
  }

  /** The feed as the list has it, in the same form. */
  async function listed() {
    const listed = new Map();
    let page = await service.request("GET", `${feed}?$top=100`, { as });
    for (;;) {
      for (const { id, payload, readState } of page.json.value) listed.set(id, [payload.rawContent, readState]);
      const next = page.json["@odata.nextLink"];
      if (!next) return listed;
      page = await service.request("GET", next.slice(service.url.length), { as });
    }
  }

  /** Changes what has been told, and what hasn't; one of each kind. @param {any[]} told */
  async function change(told) {
    const untold = ids.slice(told.length);
    assert.ok(told.length > 5 && untold.length > 5, `${told.length} told, ${untold.length} not`);
    const keyOf = new Map([...(await listed())].map(([id, [text]]) => [id, /^k\d+/.exec(text)?.[0]]));
    const [read, gone, replaced] = told.map(({ notification }) => notification.id);
    await patch(as, read, { readState: "read" });
    await remove(as, gone);
    await post(as, "new content", { key: keyOf.get(replaced) });
    const [, , , , readUntold, goneUntold, replacedUntold] = untold.toReversed();
    await patch(as, readUntold, { readState: "read" });
    await remove(as, goneUntold);
    await post(as, "new content", { key: keyOf.get(replacedUntold) });
    const added = await post(as, "new");
    return {
      ...{ read, gone, replaced, readUntold, goneUntold, replacedUntold, added, keyOf },
      untold: [readUntold, goneUntold, replacedUntold],
    };
  }

  test("changes of what was told and of what wasn't: all of them, after the rest, before ready", async () => {
    const middle = await stopInTheMiddle();
    const changed = await change(middle.frames);
    const rest = await finish(middle);
    const told = short(rest);
    const unmoved = told.filter(
      ([type, seq, id]) => type === "notification" && Number(seq) <= head && !changed.untold.includes(String(id)),
    );
    // What had been read for the next page before it changed may still come as it was.
    assert.deepEqual(
      unmoved.map(([, , id]) => id),
      ids.slice(middle.frames.length).filter((id) => !changed.untold.includes(id)),
    );
    const { keyOf } = changed;
    assert.deepEqual(
      told.filter(([type, seq]) => type === "ready" || Number(seq) > head),
      [
        // Whole once more: the server doesn't remember what it told, only how far it got.
        ["notification", head + 1, changed.read, keyOf.get(changed.read), "read"],
        ["removed", head + 2, changed.gone, "deleted"],
        ["notification", head + 3, changed.replaced, "new content", "unread"],
        ["notification", head + 4, changed.readUntold, keyOf.get(changed.readUntold), "read"],
        ["removed", head + 5, changed.goneUntold, "deleted"],
        ["notification", head + 6, changed.replacedUntold, "new content", "unread"],
        ["notification", head + 7, changed.added, "new", "unread"],
        begun,
      ],
    );
    assert.deepEqual(shown([...middle.frames, ...rest]), await listed());

    // From here on the endpoint is told as it happens, once.
    await patch(as, changed.added, { readState: "read" });
    const live = await middle.stream.next();
    assert.deepEqual([live.type, live.seq, live.id], ["state", head + 8, changed.added]);
    middle.stream.terminate();
  });

  test("the line breaks: by the last frame's cursor nothing is missing, whatever changed", async () => {
    const middle = await stopInTheMiddle();
    middle.stream.terminate();
    const changed = await change(middle.frames);
    const { frames: rest } = await comeBack(as, middle.frames.at(-1).cursor);
    assert.deepEqual(short(rest).at(-1), resumed);
    assert.ok(
      rest.some(({ notification }) => notification?.id === changed.readUntold),
      "content that only moved",
    );
    assert.deepEqual(shown([...middle.frames, ...rest]), await listed());
  });

  test("a client's own change: a result without a position, and the change in its turn", async () => {
    const middle = await stopInTheMiddle();
    const [read, unread] = [ids[0], ids.at(-1)];
    middle.stream.send({ type: "update", ref: "told", id: read, userActionState: "activated" });
    middle.stream.send({ type: "delete", ref: "untold", id: unread });
    const frames = [...middle.frames];
    /** @type {any[]} */
    const results = [];
    while (results.length < 2) {
      const frame = await middle.stream.next();
      (frame.type === "result" ? results : frames).push(frame);
    }
    assert.deepEqual(results.map(inShort), [
      ["result", "told", 200],
      ["result", "untold", 204],
    ]);
    const rest = await finish({ stream: middle.stream, frames });
    assert.deepEqual(
      short(rest.slice(-3)).map(([type, seq, id]) => [type, seq, id]),
      [
        [rest.at(-3).type, head + 1, read],
        ["removed", head + 2, unread],
        [...begun, undefined],
      ],
    );
    assert.deepEqual(shown([...frames, ...rest]), await listed());
    middle.stream.terminate();
  });

  test("the Hub starts anew: 1012, and by the last frame's cursor nothing is missing", async () => {
    const middle = await stopInTheMiddle();
    // workerd evicts no Hub that is busy; a crash starts it anew at any time.
    assert.equal((await service.request("GET", "/dev/panic/hub", { as })).status, 503);
    const changed = await change(middle.frames);
    const { code, reason } = await middle.stream.closed;
    assert.deepEqual([code, reason], [1012, "ServiceRestart"]);
    const late = (await middle.stream.within(0)).filter(({ type }) => type === "notification");
    const frames = [...middle.frames, ...late];
    const { frames: rest } = await comeBack(as, frames.at(-1).cursor);
    assert.ok(rest.some(({ notification }) => notification?.id === changed.added));
    assert.deepEqual(shown([...frames, ...rest]), await listed());
  });

  test("another Hub's crash takes this one along: 1012 at once, though nothing else happens here", async () => {
    const middle = await stopInTheMiddle();
    assert.equal((await service.request("GET", "/dev/panic/hub", { as: someone() })).status, 503);
    assert.equal((await middle.stream.closed).code, 1012);
    const { told } = await comeBack(as, middle.frames.at(-1).cursor);
    assert.deepEqual(told.at(-1), resumed);
  });
});

test("an idle connection outlives the Hub's eviction, and is told once of what comes", async () => {
  const { as, evict } = await someoneWithHub();
  const id = await post(as, "a");
  const stream = await service.connect({ as });
  await stream.until("ready");
  await evict();
  const b = await post(as, "b");
  const frame = await stream.next();
  assert.deepEqual([frame.type, frame.seq, frame.notification.id, frame.replayed], ["notification", 2, b, false]);
  stream.send({ type: "delete", ref: "1", id });
  assert.deepEqual(inShort(await stream.next()), ["result", "1", 204, 3]);
});

test("a delta in pages, with a change in between, leads the stream to no gap", async () => {
  const as = someone();
  const ids = [];
  for (const text of ["a", "b", "c", "d"]) ids.push(await post(as, text));
  const first = await service.request("GET", `${feed}/delta?$top=2`, { as });
  await patch(as, ids[3], { readState: "read" });
  let page = await service.request("GET", first.json["@odata.nextLink"].slice(service.url.length), { as });
  const known = [...first.json.value, ...page.json.value];
  assert.deepEqual(
    known.map(({ id }) => id),
    ids.slice(0, 3),
  );
  const link = page.json["@odata.deltaLink"];
  const { told } = await comeBack(as, new URL(link).searchParams.get("$deltatoken") ?? "");
  assert.deepEqual(told, [["notification", 5, ids[3], "d", "read"], resumed]);
  page = await service.request("GET", link.slice(service.url.length), { as });
  assert.deepEqual(
    page.json.value.map((/** @type {any} */ item) => [item.id, item.readState]),
    [[ids[3], "read"]],
  );
});

test("a replacement that no longer aims at a platform is removed there as it happens", async () => {
  const as = someone();
  const [windows, ios] = [await followed.connected({ as }), await followed.connected({ as, platform: "ios" })];
  const replace = (/** @type {string[]} */ ...platformTypes) =>
    followed.post(as, { appNotificationId: "one", targetPolicy: { platformTypes } });
  const id = await replace("windows", "ios");
  const first = await windows.stream.next();
  assert.deepEqual(about(await ios.stream.next()), ["notification", id]);

  assert.equal(await replace("ios"), id);
  const removed = await windows.stream.next();
  assert.deepEqual(removed, { type: "removed", seq: removed.seq, cursor: removed.cursor, id, reason: "retargeted" });
  assertInOrder([first, removed]);
  assert.deepEqual(about(await ios.stream.next()), ["notification", id]);
  // It may come back.
  await replace("windows");
  assert.deepEqual(about(await windows.stream.next()), ["notification", id]);
  const back = await ios.stream.next();
  assert.deepEqual([...about(back), back.reason], ["removed", id, "retargeted"]);
});

test("what happens during the replay isn't missed, and doesn't come twice", async () => {
  const as = someone();
  await Promise.all(Array.from({ length: 120 }, () => followed.post(as)));
  const posting = Array.from({ length: 20 }, () => followed.post(as));
  const connecting = Array.from({ length: 5 }, () => service.connect({ as }));
  const streams = await Promise.all(connecting);
  await Promise.all(posting);
  const last = await followed.post(as);
  for (const stream of streams) {
    const frames = [];
    const still = new Set(["ready", last]);
    while (still.size > 0) {
      const frame = await stream.next();
      frames.push(frame);
      still.delete(frame.notification?.id ?? frame.type);
    }
    const changes = frames.filter(({ type }) => type !== "ready");
    assert.equal(changes.length, frames.length - 1);
    assertInOrder(changes);
    assert.equal(new Set(changes.map(({ notification }) => notification.id)).size, 141);
  }
});
