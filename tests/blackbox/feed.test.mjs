// The stored feed: list, count, delta, endpoints (CONTRACT §2).

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertProblem } from "./expect.mjs";
import { example, host, startService } from "./harness.mjs";

const service = await startService();

const feed = "/beta/me/notifications";
let users = 0;
/** A user of the test's own. */
const newUser = () => `reader${++users}@contoso.com`;

/**
 * @param {string} as
 * @param {Record<string, unknown>} [properties]
 */
async function post(as, properties = {}) {
  const posted = await service.post(example({ appNotificationId: undefined, ...properties }), { as });
  assert.equal(posted.status, 201, posted.text);
  return posted.json.id;
}

/**
 * @param {string} as
 * @param {string} path
 * @param {Record<string, string>} [query]
 */
function get(as, path, query = {}) {
  return service.request("GET", `${path}?${new URLSearchParams(query)}`, { as });
}

/**
 * All pages, from `first` on: their ids, and the last page.
 * @param {string} as
 * @param {import("./harness.mjs").Answer} first
 */
async function follow(as, first) {
  const pages = [];
  let page = first;
  for (;;) {
    assert.equal(page.status, 200, page.text);
    pages.push(page.json.value);
    const next = page.json["@odata.nextLink"];
    if (!next) return { pages, last: page.json };
    assert.ok(next.startsWith(service.url), next);
    page = await service.request("GET", next.slice(service.url.length), { as });
  }
}

test("an empty feed", async () => {
  const as = newUser();
  const listed = await get(as, feed);
  assert.deepEqual(listed.json, {
    "@odata.context": `${service.url}/beta/$metadata#users('${encodeURIComponent(as)}')/notifications`,
    value: [],
  });
  const count = await get(as, `${feed}/$count`);
  assert.equal(count.text, "0");
  assert.match(count.headers.get("content-type") ?? "", /^text\/plain/);
  assert.deepEqual((await get(as, `${feed}/endpoints`)).json.value, []);
  const delta = await get(as, `${feed}/delta`);
  assert.deepEqual(delta.json.value, []);
  assert.ok(delta.json["@odata.deltaLink"]);
});

test("pages hold still while others post, read and delete", async () => {
  const as = newUser();
  const posted = [];
  for (let number = 0; number < 7; number++) posted.push(await post(as, { groupName: `g${number}` }));
  const newestFirst = posted.toReversed();
  const first = await get(as, feed, { $top: "3" });
  assert.deepEqual(
    first.json.value.map((/** @type {any} */ item) => item.id),
    newestFirst.slice(0, 3),
  );
  await post(as);
  const read = { as, json: { readState: "read" } };
  assert.equal((await service.request("PATCH", `${feed}/${newestFirst[5]}`, read)).status, 200);
  const { pages } = await follow(as, first);
  assert.deepEqual(
    pages.map((page) => page.map((/** @type {any} */ item) => item.id)),
    [newestFirst.slice(0, 3), newestFirst.slice(3, 6), newestFirst.slice(6)],
  );
  assert.equal(pages[1][2].readState, "read");
  const one = await get(as, `${feed}/${newestFirst[3]}`);
  const { "@odata.context": _context, ...item } = one.json;
  assert.deepEqual({ ...pages[1][0], displayTimeToLive: 0 }, { ...item, displayTimeToLive: 0 });
});

test("a filter narrows list and count alike", async () => {
  const as = newUser();
  const news = await post(as, { groupName: "It's news", priority: "Low" });
  const plain = await post(as, { groupName: null });
  const dismissed = await post(as, { groupName: "It's news" });
  await service.request("PATCH", `${feed}/${dismissed}`, {
    as,
    json: { readState: "read", userActionState: "dismissed" },
  });
  for (const [$filter, expected] of [
    ["readState eq 'unread'", [plain, news]],
    ["userActionState eq 'dismissed' and readState eq 'read'", [dismissed]],
    ["groupName eq 'It''s news'", [dismissed, news]],
    ["groupName eq null", [plain]],
    ["priority eq 'Low' and readState eq 'unread'", [news]],
    ["priority eq 'None'", []],
  ]) {
    const listed = await get(as, feed, { $filter: String($filter), $top: "1" });
    const { pages } = await follow(as, listed);
    assert.deepEqual(
      pages.flat().map((/** @type {any} */ item) => item.id),
      expected,
      String($filter),
    );
    const count = await get(as, `${feed}/$count`, { $filter: String($filter) });
    assert.equal(count.text, String(expected.length));
  }
});

test("what a query can't have is refused by its name", async () => {
  const as = newUser();
  for (const [path, query, status, target] of [
    [feed, { $orderby: "id" }, 400, "$orderby"],
    [feed, { $top: "101" }, 400, "$top"],
    [feed, { $filter: "title eq 'x'" }, 400, "$filter"],
    [feed, { $deltatoken: "x" }, 400, "$deltatoken"],
    [`${feed}/$count`, { $top: "1" }, 400, "$top"],
    [`${feed}/delta`, { $filter: "readState eq 'read'" }, 400, "$filter"],
    [feed, { $skiptoken: "x" }, 410, undefined],
    [`${feed}/delta`, { $deltatoken: "x" }, 410, undefined],
    [`${feed}/delta`, { $skiptoken: "x" }, 410, undefined],
    [feed, { targetHostName: "other.example.com" }, 403, "targetHostName"],
    [feed, { targetHostName: host }, 200, undefined],
  ]) {
    const answer = await get(as, String(path), /** @type {Record<string, string>} */ (query));
    assert.equal(answer.status, status, `${path} ${JSON.stringify(query)}: ${answer.text}`);
    assert.equal(answer.json.error?.details[0]?.target, target);
    if (status === 410) assert.equal(answer.json.error.code, "SyncStateNotFound");
  }
});

test("delta tells what changed since, and a token of another feed is gone", async () => {
  const as = newUser();
  const [kept, read, deleted] = [await post(as), await post(as), await post(as)];
  const begun = await follow(as, await get(as, `${feed}/delta`, { $top: "2" }));
  assert.deepEqual(
    begun.pages.flat().map((item) => item.id),
    [kept, read, deleted],
  );
  const link = begun.last["@odata.deltaLink"].slice(service.url.length);

  await service.request("PATCH", `${feed}/${read}`, { as, json: { readState: "read" } });
  await service.request("DELETE", `${feed}/${deleted}`, { as });
  const added = await post(as);
  const passing = await post(as);
  await service.request("DELETE", `${feed}/${passing}`, { as });
  const changes = await follow(as, await service.request("GET", link, { as }));
  assert.deepEqual(
    changes.pages.flat().map((/** @type {any} */ item) => [item.id, item["@removed"] ?? item.readState]),
    [
      [read, "read"],
      [deleted, { reason: "deleted" }],
      [added, "unread"],
      [passing, { reason: "deleted" }],
    ],
  );
  const again = await service.request("GET", changes.last["@odata.deltaLink"].slice(service.url.length), { as });
  assert.deepEqual(again.json.value, []);
  assert.equal((await service.request("GET", link, { as: newUser() })).status, 410);

  // The stream goes on where delta left off: they share the cursor.
  const cursor = new URL(changes.last["@odata.deltaLink"]).searchParams.get("$deltatoken") ?? "";
  const stream = await service.connect({ as, query: { cursor } });
  const frames = await stream.until("ready");
  assert.deepEqual(
    frames.map(({ type, resumed }) => [type, resumed]),
    [["ready", true]],
  );
});

test("endpoints lists subscriptions, and which are connected", async () => {
  const as = newUser();
  const json = { targetHostName: host, platform: "windows", deviceId: "desk", displayName: "Desk" };
  const desk = await service.request("POST", `${feed}/subscriptions`, { as, json });
  assert.equal(desk.status, 201, desk.text);
  const phone = await service.request("POST", `${feed}/subscriptions`, {
    as,
    json: { targetHostName: host, platform: "iOS" },
  });
  const stream = await service.connect({ as, query: { endpoint: desk.json.id } });
  const ready = (await stream.until("ready")).at(-1);
  assert.equal(ready.endpoint, desk.json.id);
  const listed = await get(as, `${feed}/endpoints`);
  const { userNotificationSubscriptionId: _secret, ...known } = desk.json;
  assert.deepEqual(
    listed.json.value.map((/** @type {any} */ { id, live }) => [id, live]).sort(),
    [
      [desk.json.id, true],
      [phone.json.id, false],
    ].sort(),
  );
  assert.deepEqual(
    listed.json.value.find((/** @type {any} */ item) => item.live),
    { ...known, live: true },
  );
  await assert.rejects(service.connect({ as: newUser(), query: { endpoint: desk.json.id } }), { status: 404 });
});

test("what the builders of SDKs add: $count, $select, $orderby and ne", async () => {
  const as = newUser();
  const low = await service.post(example({ appNotificationId: "low", priority: "Low", groupName: null }), { as });
  const high = await service.post(example({ appNotificationId: "high" }), { as });
  const options = { $top: "1", $count: "true", $select: "priority,readState", $orderby: "createdDateTime desc" };
  const first = await get(as, feed, options);
  assert.equal(first.json["@odata.count"], 2);
  assert.match(first.json["@odata.context"], /\/notifications\(priority,readState\)$/);
  assert.deepEqual(first.json.value, [{ id: high.json.id, priority: "High", readState: "unread" }]);
  const rest = await service.request("GET", first.json["@odata.nextLink"].slice(service.url.length), { as });
  assert.deepEqual(rest.json.value, [{ id: low.json.id, priority: "Low", readState: "unread" }]);
  assert.equal(rest.json["@odata.count"], undefined);

  const delta = await get(as, `${feed}/delta`, { $count: "true", $select: "id" });
  assert.equal(delta.json["@odata.count"], 2);
  assert.deepEqual(delta.json.value, [{ id: low.json.id }, { id: high.json.id }]);
  const nothing = await service.request("GET", delta.json["@odata.deltaLink"].slice(service.url.length), { as });
  assert.deepEqual([nothing.json["@odata.count"], nothing.json.value], [0, []]);

  const others = await get(as, feed, { $filter: "groupName ne 'TestGroup' and priority ne 'High'" });
  assert.deepEqual(
    others.json.value.map((/** @type {any} */ item) => item.id),
    [low.json.id],
  );
  for (const [path, option, value] of [
    [feed, "$orderby", "createdDateTime asc"],
    [`${feed}/delta`, "$orderby", "createdDateTime desc"],
    [feed, "$select", "title"],
    [feed, "$count", "yes"],
    [`${feed}/$count`, "$select", "id"],
  ]) {
    const refused = await get(as, path, { [option]: value });
    assertProblem(refused, { status: 400, code: "BadRequest", details: [["InvalidQueryOption", option]] });
  }
});
