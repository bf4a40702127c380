// The memory of workerd while clients don't read (docs/limits.md, "Memory"): it stays within bounds, and
// others are served. Without windows it grows by what is posted times the clients that don't read.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { someone, soon } from "./expect.mjs";
import { follow } from "./following.mjs";
import { Refused, startService, userToken } from "./harness.mjs";

/** @typedef {import("./following.mjs").Service} Service */
/** @typedef {Awaited<ReturnType<Service["connect"]>>} Stream */

const MIB = 1024 * 1024;
/** 60 000 characters that no line compresses. */
const payload = { rawContent: randomBytes(45_000).toString("base64") };

/** The bytes that this process' workerd has in memory; there is one a service. */
function residentBytes() {
  const statuses = readdirSync("/proc").flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [readFileSync(`/proc/${pid}/status`, "latin1")] : [];
    } catch {
      return []; // It has just ended.
    }
  });
  const mine = statuses.filter((status) =>
    new RegExp(`^Name:\\s+workerd\n[^]*^PPid:\\s+${process.pid}\n`, "m").test(status),
  );
  assert.equal(mine.length, 1);
  return Number(/VmRSS:\s+(\d+) kB/.exec(mine[0])?.[1]) * 1024;
}

/**
 * Clients that have caught up, and from then on read nothing.
 * @param {Service} service
 * @param {{ token: string, count: number }} options
 */
async function silentOnes(service, { token, count }) {
  const streams = [];
  for (let number = 0; number < count; number++) {
    const { stream } = await follow(service).connected({ token });
    stream.socket.pause();
    streams.push(stream);
  }
  return streams;
}

/**
 * Takes frames, and acknowledges what asks, until there was one about each of these.
 * @param {Stream} stream
 * @param {string[]} ids
 */
async function readAll(stream, ids) {
  for (const missing = new Set(ids); missing.size > 0;) {
    const frame = await stream.next();
    if (frame.ack) stream.send({ type: "ack", seq: frame.seq });
    missing.delete(frame.notification?.id);
  }
}

// More than what the operating system takes for each connection, some 5 MB.
test("20 clients that don't read while 400 notifications of 60 KB come: bounded, and whoever reads is told at once", async (t) => {
  const service = await startService();
  const { post, connected } = follow(service);
  /** How much more there is at most while that happens to a user. @param {string} as */
  const growth = async (as) => {
    const { stream } = await connected({ as });
    const before = residentBytes();
    let most = 0;
    for (let number = 0; number < 400; number += 10) {
      const ids = await Promise.all(Array.from({ length: 10 }, () => post(as, { payload })));
      await readAll(stream, ids);
      most = Math.max(most, residentBytes() - before);
    }
    return most;
  };
  const alone = await growth(someone());
  const as = someone();
  await silentOnes(service, { token: await userToken(as), count: 20 });
  const beside = await growth(as);
  t.diagnostic(`${(alone / MIB).toFixed(0)} MiB more without them, then ${(beside / MIB).toFixed(0)} MiB with them`);
  // A feed's share is 16 MiB; the rest is what a garbage collector leaves lying about.
  assert.ok(beside < alone + 64 * MIB);
});

for (const [count, what] of /** @type {[number, string][]} */ ([
  [30, "each with a full window"],
  [40, "none with a full window"],
])) {
  test(`${count} clients that don't read, ${what}, fill a feed's share: it ends itself, and they may not return for a while`, async (t) => {
    const service = await startService();
    const { post, connected } = follow(service);
    const as = someone();
    // Tokens of the same user, so that it is clear which of them is kept off.
    const [ill, well] = [await userToken(as, { jti: "ill" }), await userToken(as, { jti: "well" })];
    const { stream, ready } = await connected({ token: well });
    stream.socket.on("message", (data) => {
      const { ack, seq } = JSON.parse(String(data));
      if (ack) stream.send({ type: "ack", seq });
    });
    await silentOnes(service, { token: ill, count });
    const before = residentBytes();
    const ids = [];
    for (let number = 0; number < 20; number++) ids.push(await post(as, { payload }));
    await soon(stream.closed, 60_000);
    const more = residentBytes() - before;
    t.diagnostic(`${(more / MIB).toFixed(0)} MiB more`);
    assert.ok(more < 96 * MIB);

    await assert.rejects(service.connect({ token: ill }), (error) => {
      assert.ok(error instanceof Refused);
      assert.deepEqual([error.status, error.json.error.code], [406, "ServerBusy"]);
      return true;
    });
    const { missed } = await connected({ token: well, query: { cursor: ready.cursor } });
    assert.deepEqual(
      missed.map(({ notification }) => notification.id),
      ids,
    );
    await service.stop();
  });
}
