// The store that stands for KV: what has expired is neither given out nor kept.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { startBinary } from "../blackbox/binary.mjs";
import { eventually, someone } from "../blackbox/expect.mjs";
import { example, temporaryFolder, userToken } from "../blackbox/harness.mjs";

/** @type {Awaited<ReturnType<typeof startBinary>>[]} */
const started = [];
const folder = await temporaryFolder(async () => void (await Promise.all(started.map((program) => program.stop()))));
const store = join(folder, "kv/notifeed-Store");

async function start() {
  const program = await startBinary({ state: folder });
  started.push(program);
  return program;
}

/**
 * Does something with the store's files; the one with the alarms is apart.
 * @template T
 * @param {(database: DatabaseSync) => T} act
 * @param {(file: string) => boolean} which
 * @returns {T[]}
 */
function inFiles(act, which) {
  const files = readdirSync(store).filter((file) => file.endsWith(".sqlite") && which(file));
  return files.map((file) => {
    const database = new DatabaseSync(join(store, file), { timeout: 5000 });
    try {
      return act(database);
    } finally {
      database.close();
    }
  });
}

const hasEntries = (/** @type {DatabaseSync} */ database) =>
  database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'entry'").get() !== undefined;

/** The keys of all entries, expired or not. */
const keys = () =>
  inFiles(
    (database) => (hasEntries(database) ? database.prepare("SELECT key FROM entry").all() : []),
    (file) => file !== "metadata.sqlite",
  ).flat();

test("what has expired is removed when the alarm rings, and its place is free", async () => {
  const program = await start();
  const post = async (/** @type {string} */ url) => {
    const response = await fetch(`${url}/beta/me/notifications`, {
      method: "POST",
      headers: { Authorization: `Bearer ${await userToken(someone())}`, "Content-Type": "application/json" },
      body: JSON.stringify(example()),
    });
    assert.equal(response.status, 201);
  };
  await post(program.url);
  await eventually(async () => keys().length >= 2);
  program.process.kill("SIGTERM");
  await program.ended;
  const kept = keys();
  // As if its time had come, and that of the alarm.
  inFiles(
    (database) => {
      if (!hasEntries(database)) return;
      database.exec("UPDATE entry SET expiration = 1 WHERE expiration IS NOT NULL");
      // The runtime keeps the time of an alarm here, and in the file with the alarms.
      database.exec("UPDATE _cf_METADATA SET value = 1 WHERE key = 1 AND value IS NOT NULL");
    },
    (file) => file !== "metadata.sqlite",
  );
  const alarms = inFiles(
    (database) => database.prepare("UPDATE _cf_ALARM SET scheduled_time = 1").run().changes,
    (file) => file === "metadata.sqlite",
  );
  assert.deepEqual(alarms, [1], "no alarm was set");
  const again = await start();
  await eventually(async () => keys().length < kept.length);
  await post(again.url);
});
