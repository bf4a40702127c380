// Read, dismissed, deleted: on one device, and so on all of them (CONTRACT §2; docs/live.md).

import assert from "node:assert/strict";
import { test } from "node:test";
import { soon } from "./expect.mjs";
import { example, startService } from "./harness.mjs";

const service = await startService();

let users = 0;
/** A user of the test's own. */
const newUser = () => `user${++users}@contoso.com`;

/**
 * Posts an example without an id of the app's, so that each is a new item.
 * @param {string} as
 */
async function post(as) {
  const posted = await service.post(example({ appNotificationId: undefined }), { as });
  assert.equal(posted.status, 201, posted.text);
  return posted.json.id;
}

/**
 * A connection that has caught up.
 * @param {string} as
 * @param {Record<string, string>} [query]
 */
async function connect(as, query) {
  const stream = await service.connect({ as, query });
  const frames = await stream.until("ready");
  return { stream, frames, cursor: frames.at(-1).cursor };
}

test("a dismissal on one device reaches the other, and only its result comes back", async () => {
  const as = newUser();
  const id = await post(as);
  const one = await connect(as);
  const other = await connect(as);

  one.stream.send({ type: "update", ref: "a", id, userActionState: "dismissed", readState: "read" });
  const result = await one.stream.next();
  assert.deepEqual(Object.keys(result), ["type", "ref", "status", "seq", "cursor"]);
  assert.equal(result.ref, "a");
  assert.equal(result.status, 200);
  const state = await other.stream.next();
  assert.deepEqual(state, {
    type: "state",
    seq: result.seq,
    cursor: result.cursor,
    id,
    readState: "read",
    userActionState: "dismissed",
  });

  one.stream.send({ type: "update", ref: "again", id, readState: "read" });
  assert.deepEqual(await one.stream.next(), { type: "result", ref: "again", status: 200 });

  other.stream.send({ type: "delete", ref: "b", id });
  const deleted = await other.stream.next();
  assert.equal(deleted.status, 204);
  // Nothing came between: what changed nothing told nobody.
  assert.deepEqual(await one.stream.next(), {
    type: "removed",
    seq: deleted.seq,
    cursor: deleted.cursor,
    id,
    reason: "deleted",
  });
  assert.equal(deleted.seq, result.seq + 1);
});

test("PATCH answers with the item, reaches every device, and survives being away", async () => {
  const as = newUser();
  const [first, second] = [await post(as), await post(as)];
  const { stream, cursor } = await connect(as);
  const path = `/beta/me/notifications/${first}`;

  const patched = await service.request("PATCH", path, { as, json: { readState: "read" } });
  assert.equal(patched.status, 200, patched.text);
  assert.equal(patched.json.readState, "read");
  assert.equal(patched.json.userActionState, "noInteraction");
  const got = await service.request("GET", path, { as });
  assert.equal(got.headers.get("etag"), patched.headers.get("etag"));
  assert.deepEqual({ ...got.json, displayTimeToLive: 0 }, { ...patched.json, displayTimeToLive: 0 });
  assert.equal((await stream.next()).readState, "read");

  assert.equal((await service.request("DELETE", `/beta/me/notifications/${second}`, { as })).status, 204);
  assert.equal((await stream.next()).type, "removed");

  const away = await connect(as, { cursor });
  assert.deepEqual(
    away.frames.map(({ type, id }) => [type, id]),
    [
      ["state", first],
      ["removed", second],
      ["ready", undefined],
    ],
  );
  assert.equal(away.frames.at(-1).resumed, true);
  const fresh = await connect(as);
  assert.deepEqual(
    fresh.frames.map(({ type, notification }) => [type, notification?.id, notification?.readState]),
    [
      ["notification", first, "read"],
      ["ready", undefined, undefined],
    ],
  );
});

test("If-Match lets a change through only if nothing came in between", async () => {
  const as = newUser();
  const path = `/beta/me/notifications/${await post(as)}`;
  const etag = (await service.request("GET", path, { as })).headers.get("etag") ?? "";
  /** @param {string} tag */
  const ifMatch = (tag) => ({ as, headers: { "If-Match": tag }, json: { readState: "read" } });
  assert.equal((await service.request("PATCH", path, ifMatch('"other"'))).status, 412);
  assert.equal((await service.request("PATCH", path, ifMatch(etag))).status, 200);
  const stale = await service.request("PATCH", path, ifMatch(etag));
  assert.equal(stale.status, 412);
  assert.equal(stale.json.error.code, "PreconditionFailed");
  const headers = { "If-Match": etag };
  assert.equal((await service.request("DELETE", path, { as, headers })).status, 412);
  assert.equal((await service.request("DELETE", path, { as, headers: { "If-Match": "*" } })).status, 204);
  for (const method of ["GET", "DELETE"]) {
    assert.equal((await service.request(method, path, { as })).status, 404, method);
  }
});

test("only the two states can be changed, and only by the item's user", async () => {
  const as = newUser();
  const path = `/beta/me/notifications/${await post(as)}`;
  for (const [json, target] of [
    [{}, ""],
    [{ readState: "Read" }, "readState"],
    [{ readState: null, id: "1", priority: "Low", "@odata.type": "x" }, ""],
    [{ readState: "read", prio: "Low" }, "prio"],
  ]) {
    const answer = await service.request("PATCH", path, { as, json });
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.json.error.details[0].target, target);
  }
  const json = { readState: "read" };
  assert.equal((await service.request("PATCH", path, { as: newUser(), json })).status, 404);
  assert.equal((await service.request("DELETE", path, { as: newUser() })).status, 404);
  assert.equal((await service.request("PATCH", path, { app: "contoso-server", json })).status, 403);
  assert.equal((await service.request("GET", path, { as })).json.readState, "unread");
});

test("an item that is sent back whole, as SDKs do, changes by its two states alone", async () => {
  const as = newUser();
  const path = `/beta/me/notifications/${await post(as)}`;
  const before = (await service.request("GET", path, { as })).json;
  const json = {
    ...before,
    ...{ "@odata.type": "#microsoft.graph.notification", "payload@odata.type": "x", later: null },
    ...{ groupName: "Another", expirationDateTime: null, readState: "read", userActionState: null },
  };
  const { stream } = await connect(as);
  const patched = await service.request("PATCH", path, { as, json });
  assert.equal(patched.status, 200, patched.text);
  const { lastModifiedDateTime, displayTimeToLive, ...after } = patched.json;
  assert.ok(Date.parse(lastModifiedDateTime) >= Date.parse(before.lastModifiedDateTime) && displayTimeToLive >= 0);
  assert.deepEqual({ ...before, ...after }, { ...before, readState: "read" });
  assert.equal((await stream.next()).type, "state");
});

test("what can't be carried out over a socket is answered in the envelope", async () => {
  const { stream } = await connect(newUser());
  stream.send({ type: "update", ref: "1", id: "no-such-item", readState: "read" });
  stream.send({ type: "update", ref: "2", id: "x", readState: "seen" });
  stream.send({ type: "token", ref: "3", token: "garbage" });
  const results = [await stream.next(), await stream.next(), await stream.next()];
  assert.deepEqual(results.map(({ ref, status, error }) => [ref, status, error.code]).sort(), [
    ["1", 404, "ItemNotFound"],
    ["2", 400, "BadRequest"],
    ["3", 401, "InvalidAuthenticationToken"],
  ]);
});

test("a client that sent pings and fell silent is let go at the next thing that happens", async () => {
  const silent = await startService({ vars: { SOCKET_SILENCE_MS: "1" } });
  const as = newUser();
  const pinging = await silent.connect({ as });
  const never = await silent.connect({ as });
  await pinging.until("ready");
  await never.until("ready");
  pinging.send("ping");
  assert.equal(await pinging.next(), "pong");
  await silent.post(example({ appNotificationId: undefined }), { as });
  assert.deepEqual(await soon(pinging.closed), { code: 4408, reason: "Silent" });
  assert.equal((await never.next()).type, "notification");
  await silent.post(example({ appNotificationId: undefined }), { as });
  assert.equal((await never.next()).type, "notification");
});
