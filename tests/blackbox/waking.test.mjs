// Feeds that leave memory and come back, as the runtime has it with each that is idle: the memory of the
// wasm instance stays within bounds (docs/limits.md, "Memory").

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { someone, soon } from "./expect.mjs";
import { follow } from "./following.mjs";
import { startService, userToken } from "./harness.mjs";
import { evict, hubMadeBy } from "./hubs.mjs";

/** A page of wasm memory, in bytes. */
const PAGE = 64 * 1024;

const around = ["measured.mjs", "instances.mjs"].map((name) =>
  fileURLToPath(new URL(`workers/${name}`, import.meta.url)),
);
const service = await startService({ around });
const { post, connected } = follow(service);

/** The bytes of the wasm instance's memory. */
async function memory() {
  const { text } = await service.request("GET", "/memory");
  assert.match(text, /^\d+$/);
  return Number(text);
}

/** @param {string} token */
async function read(token) {
  const { status, text } = await service.request("GET", "/beta/me/notifications?$top=1", { token });
  assert.equal(status, 200, text);
}

test("one feed that wakes 600 times takes no more memory than one that wakes 100 times", async (t) => {
  const as = someone();
  const hub = await hubMadeBy(service, () => post(as));
  const token = await userToken(as);
  /** @param {number} times */
  const wake = async (times) => {
    for (let time = 0; time < times; time++) {
      await evict(service, hub);
      await read(token);
    }
  };
  await wake(100);
  const before = await memory();
  await wake(500);
  const more = (await memory()) - before;
  t.diagnostic(`${more} bytes more`);
  assert.ok(more <= PAGE);
});

/** The most feeds in memory (docs/limits.md). */
const MAX_FEEDS = 1024;

test("a feed that makes room for 1 100 others, and wakes again, misses nothing", async () => {
  const as = someone();
  const { stream } = await connected({ as });
  for (let number = 0; number < MAX_FEEDS + 76; number += 50) {
    await Promise.all(Array.from({ length: 50 }, async () => read(await userToken(someone()))));
  }
  const id = await post(as);
  const frame = await soon(stream.next());
  assert.deepEqual([frame.type, frame.notification.id], ["notification", id]);
});
