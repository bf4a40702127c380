// How much is under way to a client: windows in bytes, live and replayed, and whoever doesn't acknowledge
// holds up nobody (docs/live.md, "Flow"; docs/limits.md, "A connection").

import assert from "node:assert/strict";
import { test } from "node:test";
import { someone, soon } from "./expect.mjs";
import { assertInOrder, follow } from "./following.mjs";
import { startService } from "./harness.mjs";

const service = await startService();
const { post, connected } = follow(service);

const KIB = 1024;
/** How much is under way to a client at most, in bytes; the last frame may pass it. */
const WINDOW = 512 * KIB;
/** From here on it is asked. */
const ASKS_FROM = WINDOW / 2;

/** Nearly the most that fits into one body. */
const payload = { rawContent: "x".repeat(63 * KIB) };

/** @param {string} as @param {number} count */
async function postMany(as, count) {
  const ids = [];
  for (let number = 0; number < count; number++) ids.push(await post(as, { payload }));
  return ids;
}

/** The bytes that a frame counts for: all but that it asks. @param {any} frame */
const size = (frame) => Buffer.byteLength(JSON.stringify({ ...frame, ack: undefined }));

/** @param {any[]} frames */
const sizes = (frames) => frames.reduce((sum, frame) => sum + size(frame), 0);

/** A window and no more, of which the second half asks. @param {any[]} frames */
function assertOneWindow(frames) {
  const bytes = sizes(frames);
  assert.ok(WINDOW <= bytes && bytes < WINDOW + 65 * KIB, `${bytes} bytes`);
  let before = 0;
  for (const frame of frames) {
    before += size(frame);
    assert.equal(frame.ack, before > ASKS_FROM ? true : undefined, `at ${before} bytes`);
  }
}

/** Frames of changes, until there is one about this. @param {Awaited<ReturnType<typeof service.connect>>} stream @param {string} id */
async function acknowledgingUntil(stream, id) {
  const frames = [];
  do {
    const frame = await stream.next();
    if (frame.ack) stream.send({ type: "ack", seq: frame.seq });
    frames.push(frame);
  } while (frames.at(-1).notification?.id !== id);
  return frames;
}

test("a replay that nobody acknowledges: a window, then 4408; by the cursor it goes on", async () => {
  const as = someone();
  const ids = await postMany(as, 20);
  const told = [];
  /** @type {string | undefined} */
  let cursor;
  for (let lines = 0; told.length < ids.length && lines < 5; lines++) {
    const before = Date.now();
    const cut = await service.connect({ as, query: cursor === undefined ? {} : { cursor } });
    const frames = [];
    while (sizes(frames) < WINDOW && frames.at(-1)?.type !== "ready") frames.push(await cut.next());
    if (frames.at(-1).type !== "ready") {
      assertOneWindow(frames);
      assert.deepEqual(await soon(cut.closed), { code: 4408, reason: "ReplayCut" });
      assert.ok(Date.now() - before >= 2000, "it was waited for");
      assert.deepEqual(await cut.within(0), []);
    }
    const changes = frames.filter(({ type }) => type === "notification");
    told.push(...changes);
    cursor = changes.at(-1).cursor;
  }
  assertInOrder(told);
  assert.deepEqual(
    told.map(({ notification }) => notification.id),
    ids,
  );
});

test("a client that acknowledges every frame that asks receives everything over one connection", async () => {
  const as = someone();
  const ids = await postMany(as, 20);
  const { missed, ready } = await connected({ as });
  assert.deepEqual(
    missed.map(({ notification }) => notification.id),
    ids,
  );
  assert.equal(ready.resumed, false);
  const asking = missed.filter(({ ack }) => ack);
  assert.ok(asking.length > 2 && asking.length < ids.length);
});

test("live: a client that doesn't read falls behind, and the others don't; later it continues where it stopped", async () => {
  const as = someone();
  const [slow, prompt] = [(await connected({ as })).stream, (await connected({ as })).stream];
  // The client acknowledged something once: it is waited for.
  slow.send({ type: "ack", seq: 0 });
  /** @type {string[]} */
  const ids = [];
  for (let number = 0; number < 20; number++) {
    const id = await post(as, { payload });
    ids.push(id);
    await acknowledgingUntil(prompt, id);
  }
  const frames = [];
  while (sizes(frames) < WINDOW) frames.push(await slow.next());
  assertOneWindow(frames);
  assert.ok(frames.every(({ replayed }) => replayed === false));
  assert.deepEqual(await slow.within(500), []);

  // An item that it wasn't sent may change meanwhile: then it is told once, as it is now.
  const json = { readState: "read" };
  await service.request("PATCH", `/beta/me/notifications/${ids[15]}`, { as, json });
  slow.send({ type: "ack", seq: frames.at(-1).seq });
  const rest = await acknowledgingUntil(slow, ids[15]);
  assertInOrder([...frames, ...rest]);
  assert.ok(rest.every(({ type, replayed }) => type === "notification" && replayed === true));
  const told = [...frames, ...rest].map(({ notification }) => notification.id);
  assert.deepEqual(told, [...ids.filter((id) => id !== ids[15]), ids[15]]);
  assert.equal(rest.at(-1).notification.readState, "read");

  // The client has caught up: from here on as it happens.
  const last = await post(as);
  for (const stream of [slow, prompt]) {
    const [live] = (await acknowledgingUntil(stream, last)).slice(-1);
    assert.equal(live.replayed, false);
  }
});

test("live: only a client that has never acknowledged anything is disconnected", async () => {
  const as = someone();
  const [silent, prompt] = [(await connected({ as })).stream, (await connected({ as })).stream];
  const ids = [];
  for (let number = 0; number < 10; number++) {
    ids.push(await post(as, { payload }));
    await acknowledgingUntil(prompt, ids[number]);
  }
  assert.deepEqual(await soon(silent.closed), { code: 4408, reason: "ReplayCut" });
  const frames = await silent.within(0);
  assertOneWindow(frames);
  const { missed } = await connected({ as, query: { cursor: frames.at(-1).cursor } });
  assert.deepEqual(
    [...frames, ...missed].map(({ notification }) => notification.id),
    ids,
  );
  const last = await post(as);
  assert.equal((await prompt.next()).notification.id, last);
});

test("what wasn't sent can't be acknowledged", async () => {
  const as = someone();
  const { stream } = await connected({ as });
  stream.send({ type: "ack", seq: 1_000_000 });
  await postMany(as, 10);
  // So it has never acknowledged anything.
  assert.deepEqual(await soon(stream.closed), { code: 4408, reason: "ReplayCut" });
  assertOneWindow(await stream.within(0));
});

test("a result asks for an acknowledgement too; a change during a full window ends the connection", async () => {
  const as = someone();
  const { stream } = await connected({ as });
  const ids = await postMany(as, 6);
  const frames = await acknowledgingUntil(stream, ids[3]);
  frames.push(await stream.next(), await stream.next());
  // Not acknowledged, but for the first half.
  stream.send({ type: "update", ref: "1", id: ids[0], readState: "read" });
  const result = await stream.next();
  assert.deepEqual([result.type, result.status, typeof result.seq], ["result", 200, "number"]);
  stream.send({ type: "ack", seq: result.seq });
  await postMany(as, 10);
  const more = [];
  while (sizes(more) < WINDOW) more.push(await stream.next());
  stream.send({ type: "update", ref: "2", id: ids[0], readState: "unread" });
  assert.deepEqual(await soon(stream.closed), { code: 4408, reason: "ReplayCut" });
});
