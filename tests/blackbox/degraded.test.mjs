// Reads while the feed can't answer: from the copies, and marked as such (CONTRACT §2).

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { assertCommonHeaders, assertProblem, eventually, someone } from "./expect.mjs";
import { example, startService } from "./harness.mjs";
import { hubMadeBy } from "./hubs.mjs";

const service = await startService({
  around: [resolve(root, "tests/blackbox/workers/failing.mjs")],
  limits: { DEGRADED_LIMIT: { limit: 8, period: 60 } },
});
const path = "/beta/me/notifications";
const unavailable = { status: 503, code: "ServiceUnavailable" };

/** @param {string} mood how the Hubs are from now on; returns how often one was asked before */
const mood = async (mood) => Number((await service.request("POST", `/mood/${mood}`)).text);

/** @param {string} prefix */
async function copies(prefix) {
  const store = await service.miniflare.getKVNamespace("FEED");
  return (await store.list({ prefix })).keys;
}

/** Someone's feed of two items, older first, and what it answers; KV has both. */
async function filled() {
  const as = someone();
  /** @type {string[]} */
  const ids = [];
  const post = async (/** @type {string} */ id) =>
    void ids.push((await service.post(example({ appNotificationId: id, displayTimeToLive: null }), { as })).json.id);
  const hub = await hubMadeBy(service, () => post("first"));
  await post("second");
  await eventually(async () => (await copies(`${hub}:`)).filter(({ name }) => !name.includes("!")).length === 2);
  const read = (/** @type {string} */ rest) => service.request("GET", `${path}${rest}`, { as });
  return { as, hub, ids, read, list: (await read("")).json, item: (await read(`/${ids[0]}`)).json };
}

/**
 * @param {import("./harness.mjs").Answer} answer
 * @param {any} own what the feed answered
 */
function assertDegraded(answer, own) {
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json, { ...own, "@notifeed.degraded": true });
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.equal(answer.headers.get("etag"), null);
  const headers = new Headers(answer.headers);
  headers.set("cache-control", "private");
  assertCommonHeaders(headers);
}

for (const [how, times] of /** @type {const} */ ([
  ["overloaded", 1],
  ["resets", 2],
  ["silent", 1],
]))
  test(`while the Hubs' mood is '${how}', list and item are read from the copies, nothing else is`, async () => {
    const { as, ids, read, list, item } = await filled();
    try {
      await mood(how);
      const began = Date.now();
      const [page, one] = await Promise.all([read(""), how === "silent" ? read(`/${ids[0]}`) : read("")]);
      assertDegraded(page, list);
      assertDegraded(one, how === "silent" ? item : list);
      if (how === "silent") {
        assert.ok(Date.now() - began >= 4900);
        return;
      }
      assert.equal(await mood(how), 2 * times);
      assertDegraded(await read(`/${ids[0]}`), item);
      const top = await read("?$top=1&$select=priority");
      assert.deepEqual(top.json.value, [{ id: ids[1], priority: "High" }]);
      for (const rest of ["?$count=true", "?$filter=readState%20eq%20'unread'", "?platform=ios", "/$count", "/delta"])
        assertProblem(await read(rest), unavailable);
      assertProblem(await service.post(example(), { as }), unavailable);
    } finally {
      await mood("well");
    }
    const well = await read("");
    assert.deepEqual([well.json, well.headers.get("cache-control")], [list, "private"]);
  });

test("a Hub that was reset once is asked again", async () => {
  const { read, list } = await filled();
  await mood("resets-once");
  const page = await read("");
  assert.deepEqual([page.status, page.json], [200, list]);
  assert.equal(await mood("well"), 2);
});

test("a mistake of our own is never hidden", async () => {
  const { read } = await filled();
  await mood("faulty");
  const refused = await read("");
  assert.equal(await mood("well"), 1);
  assertProblem(refused, unavailable);
});

test("what has ended is 404, what isn't known 503", async () => {
  const { as, hub, ids, read } = await filled();
  assert.equal((await service.request("DELETE", `${path}/${ids[0]}`, { as })).status, 204);
  await eventually(async () => (await copies(`${hub}:`)).some(({ metadata }) => /** @type {any} */ (metadata).gone));
  await mood("overloaded");
  try {
    assertProblem(await read(`/${ids[0]}`), { status: 404, code: "ItemNotFound" });
    assertProblem(await read("/119081f2-f19d-4fa8-817c-7e01092c0f7d"), unavailable);
    assert.deepEqual(
      (await read("")).json.value.map((/** @type {{ id: string }} */ { id }) => id),
      [ids[1]],
    );
  } finally {
    await mood("well");
  }
});

test("an erased feed isn't read, nor one that is being restored", async () => {
  const registry = await service.miniflare.getKVNamespace("REGISTRY");
  const { hub, read, list } = await filled();
  await mood("overloaded");
  try {
    for (const mark of ["erased:", "restoring:"]) {
      await registry.put(mark + hub, "1");
      assertProblem(await read(""), unavailable);
      await registry.delete(mark + hub);
    }
    assertDegraded(await read(""), list);
  } finally {
    await mood("well");
  }
});

test("a feed is read so a few times a minute, others meanwhile too", async () => {
  const one = await filled();
  const other = await filled();
  await mood("overloaded");
  try {
    for (let times = 0; times < 8; times++) assertDegraded(await one.read(""), one.list);
    assertProblem(await one.read(""), unavailable);
    assertDegraded(await other.read(""), other.list);
  } finally {
    await mood("well");
  }
});
