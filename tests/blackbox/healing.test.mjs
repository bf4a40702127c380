// Healing on the runtime: a Hub whose file is older than KV, or gone, has again what was copied. Its cases are tried
// natively, in hub/tests/feed/healing.rs.

import assert from "node:assert/strict";
import { copyFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { eventually, someone } from "./expect.mjs";
import { follow } from "./following.mjs";
import { startService, temporaryFolder } from "./harness.mjs";
import { hubMadeBy } from "./hubs.mjs";

const service = await startService({ vars: { VAPID_KEYS: "", KV_LAG_SECONDS: "0" } });
const { post: posted, connected } = follow(service);
const notifications = "/beta/me/notifications";

/**
 * Posts what says nothing of how long it is worth showing, which would count down.
 * @param {string} as
 * @param {Record<string, unknown>} members
 */
const post = (as, members) => posted(as, { displayTimeToLive: undefined, ...members });

/** The files of a Hub: its database, and the log of changes beside it. @param {string} hub */
async function filesOf(hub) {
  const paths = await readdir(service.state, { recursive: true });
  return paths.filter((path) => path.includes(`${hub}.sqlite`)).map((path) => join(service.state, path));
}

/**
 * All that a device is told that comes: the items in the order of their ids, whether it was reset, and its cursor.
 * @param {string} as
 * @param {string} [cursor]
 */
async function told(as, cursor) {
  const { stream, missed, ready } = await connected({ as, query: cursor ? { cursor } : {} });
  stream.terminate();
  const items = missed.filter(({ type }) => type === "notification").map(({ notification }) => notification);
  for (const item of items) delete item["@odata.etag"];
  items.sort((one, other) => one.id.localeCompare(other.id));
  return { items, reset: missed[0]?.type === "reset", cursor: ready.cursor };
}

/** Until KV has all that the Hub has. @param {string} as */
const untilCopied = (as) =>
  eventually(async () => {
    const { json } = await service.request("GET", "/dev/copies", { as });
    return json.value.every((/** @type {{ copied: boolean }} */ { copied }) => copied);
  });

/** Until the feed answers; every answer before says that it is being healed. @param {string} as */
const untilHealed = (as) =>
  eventually(async () => {
    const { status, json, headers } = await service.request("GET", notifications, { as });
    if (status === 503) {
      assert.equal(json.error.details[0].code, "FeedHealing");
      assert.ok(Number(headers.get("Retry-After")) > 0);
    }
    return status === 200;
  });

test("a Hub that is older than KV, and then one that is lost, has again all that was copied", async () => {
  const as = someone();
  /** @type {string[]} */
  const ids = [];
  const hub = await hubMadeBy(service, async () => ids.push(await post(as, { appNotificationId: "a" })));
  ids.push(await post(as, { appNotificationId: "b" }));
  await untilCopied(as);
  await service.stop();
  const backup = await temporaryFolder();
  const saved = (await filesOf(hub)).map((path) => ({ path, copy: join(backup, path.split("/").at(-1) ?? "") }));
  assert.ok(saved.length > 0);
  for (const { path, copy } of saved) await copyFile(path, copy);
  await service.start();

  await post(as, { appNotificationId: "a", payload: { rawContent: "\u{1F600} replaced \u2028" } });
  for (let number = 0; number < 100; number++) ids.push(await post(as, { appNotificationId: `n${number}` }));
  const gone = ids.pop();
  await service.request("DELETE", `${notifications}/${ids[1]}`, { as });
  await service.request("DELETE", `${notifications}/${gone}`, { as });
  await untilCopied(as);
  const before = await told(as);

  // The service is restored to the earlier moment.
  await service.stop();
  for (const path of await filesOf(hub)) await rm(path);
  for (const { path, copy } of saved) await copyFile(copy, path);
  service.options.vars = { ...service.options.vars, GENERATION: "1" };
  await service.start();
  await untilHealed(as);
  // A device that is ahead of that moment begins anew, and has everything.
  const after = await told(as, before.cursor);
  assert.equal(after.reset, true);
  assert.deepEqual(after.items, before.items);

  // Its file is lost altogether.
  await service.stop();
  for (const path of await filesOf(hub)) await rm(path);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  service.options.vars = { ...service.options.vars, GENERATION: "2", HEAL_EMPTY_UNTIL: until };
  await service.start();
  await untilHealed(as);
  assert.deepEqual((await told(as)).items, before.items);
  // The feed goes on: the next one is the newest.
  const next = await post(as, { appNotificationId: "next" });
  const { json } = await service.request("GET", notifications, { as });
  assert.equal(json.value[0].id, next);
});
