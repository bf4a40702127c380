// A replay that stops in its middle, since the client doesn't acknowledge: whatever happens meanwhile,
// nothing is missing in the end, and nothing comes twice.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { someone, soon } from "./expect.mjs";
import { assertInOrder, follow } from "./following.mjs";
import { startService } from "./harness.mjs";
import { begun, inShort, resumed, returnTo } from "./returning.mjs";

// A Hub can be made to crash.
const service = await startService({ vars: { DEVELOPMENT_PANIC: "true" } });
const { post, patch, remove, comeBack } = returnTo(service);
const feed = "/beta/me/notifications";

/** How much is under way to a client at most (docs/limits.md), in bytes; the last frame may pass it. */
const WINDOW = 512 * 1024;

/** The bytes that a frame counts for: all but that it asks. @param {any} frame */
const size = (frame) => Buffer.byteLength(JSON.stringify({ ...frame, ack: undefined }));

describe("in the middle of a replay", () => {
  // More than two windows, and more than one page.
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
   * Connects without a cursor and stops in the middle: acknowledges once, so that the server waits for
   * it, and then nothing.
   */
  async function stopInTheMiddle() {
    const known = (await comeBack(as)).frames.slice(0, -1);
    ids = known.map(({ notification }) => notification.id);
    head = known.at(-1).seq;
    const stream = await service.connect({ as });
    stream.send({ type: "ack", seq: 0 });
    const frames = [];
    for (let bytes = 0; bytes < WINDOW;) {
      const frame = await stream.next();
      bytes += size(frame);
      frames.push(frame);
    }
    return { stream, frames };
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

  /** The feed that two tellings together make. @param {any[]} frames */
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
    /** @type {Awaited<ReturnType<typeof stopInTheMiddle>>} */
    let middle;
    /** @type {any[]} */
    let frames;
    /** @type {any[]} */
    let results;
    const [read, unread] = [() => ids[0], () => String(ids.at(-1))];
    const states = ["activated", "dismissed"];
    let tries = 0;
    do {
      middle = await stopInTheMiddle();
      frames = [...middle.frames];
      results = [];
      // Asks while there is room again, and still more to be told. A client that is too late, when the next window is full, is
      // cut, and so must try again.
      middle.stream.send({ type: "ack", seq: frames.at(-1).seq });
      middle.stream.send({ type: "update", ref: "told", id: read(), userActionState: states[tries++ % 2] });
      middle.stream.send({ type: "delete", ref: "untold", id: unread() });
      const cut = middle.stream.closed.then(() => true);
      while (results.length < 2) {
        const frame = await Promise.race([middle.stream.next(), cut]);
        if (frame === true) break;
        (frame.type === "result" ? results : frames).push(frame);
      }
    } while (results.length < 2);
    assert.deepEqual(results.map(inShort), [
      ["result", "told", 200],
      ["result", "untold", 204],
    ]);
    const rest = await finish({ stream: middle.stream, frames });
    assert.deepEqual(
      short(rest.slice(-3)).map(([type, seq, id]) => [type, seq, id]),
      [
        [rest.at(-3).type, head + 1, read()],
        ["removed", head + 2, unread()],
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
    const { code, reason } = await soon(middle.stream.closed);
    assert.deepEqual([code, reason], [1012, "ServiceRestart"]);
    const late = (await middle.stream.within(0)).filter(({ type }) => type === "notification");
    const frames = [...middle.frames, ...late];
    const { frames: rest } = await comeBack(as, frames.at(-1).cursor);
    assert.ok(rest.some(({ notification }) => notification?.id === changed.added));
    assert.deepEqual(shown([...frames, ...rest]), await listed());
  });

  test("another Hub's crash in the same instance: a client that goes on with its replay is closed with 1012", async () => {
    const middle = await stopInTheMiddle();
    assert.equal((await service.request("GET", "/dev/panic/hub", { as: someone() })).status, 503);
    const last = middle.frames.at(-1);
    middle.stream.send({ type: "ack", seq: last.seq });
    assert.equal((await soon(middle.stream.closed)).code, 1012);
    const { told } = await comeBack(as, last.cursor);
    assert.deepEqual(told.at(-1), resumed);
  });

  test("another Hub's crash in the same instance: a client with a full window is closed with 1012", async () => {
    const silent = await service.connect({ as });
    for (let bytes = 0; bytes < WINDOW;) bytes += size(await silent.next());
    assert.equal((await service.request("GET", "/dev/panic/hub", { as: someone() })).status, 503);
    assert.equal((await soon(silent.closed)).code, 1012);
  });
});

test("what happens during the replay isn't missed, and doesn't come twice", async () => {
  const as = someone();
  await Promise.all(Array.from({ length: 120 }, () => follow(service).post(as)));
  const posting = Array.from({ length: 20 }, () => follow(service).post(as));
  const connecting = Array.from({ length: 5 }, () => service.connect({ as }));
  const streams = await Promise.all(connecting);
  await Promise.all(posting);
  const last = await follow(service).post(as);
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
