// Point-in-time recovery by an operator: a person's feed goes back to an earlier moment, and has again what was copied. The
// storage that can go back is a double (tests/blackbox/workers/bookmarks.mjs), since workerd alone has none.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { eventually, someone } from "./expect.mjs";
import { follow } from "./following.mjs";
import { host, startService } from "./harness.mjs";
import { hubMadeBy } from "./hubs.mjs";

const token = "a token to erase";
const vars = { KV_LAG_SECONDS: "0", OPERATOR_ERASE: createHash("sha256").update(token).digest("hex") };
const around = [resolve(root, "tests/blackbox/workers/bookmarks.mjs")];
const service = await startService({ vars, around });
const { post, connected } = follow(service);
const notifications = "/beta/me/notifications";

/**
 * `make recover`, as far as it asks the service.
 * @param {string} subject
 * @param {string} [at]
 * @param {typeof service} [of]
 */
const recover = (subject, at, of = service) =>
  of.request("POST", "/operator/recover", { token, json: { issuer: "notifeed-dev", subject, hosts: [host], at } });

/** @param {string} as */
const untilCopied = (as) =>
  eventually(async () => {
    const { json } = await service.request("GET", "/dev/copies", { as });
    return json.value.every((/** @type {{ copied: boolean }} */ { copied }) => copied);
  });

/** The ids of the feed, the newest first; `undefined`: it answers 503. @param {string} as */
async function listed(as) {
  const { status, json } = await service.request("GET", notifications, { as });
  if (status === 503) return undefined;
  assert.equal(status, 200);
  assert.equal(json["@notifeed.degraded"], undefined, "the copies were read while the feed went back");
  return json.value.map((/** @type {{ id: string }} */ { id }) => id);
}

test("a feed goes back to a moment, and has what was copied since; what was deleted stays away", async () => {
  const as = someone();
  let gone = "";
  const hub = await hubMadeBy(service, async () => (gone = await post(as)));
  const kept = await post(as);
  await untilCopied(as);
  const at = await (await fetch(`${service.url}/moment/${hub}`, { method: "POST" })).text();
  const later = await post(as);
  assert.equal((await service.request("DELETE", `${notifications}/${gone}`, { as })).status, 204);
  await untilCopied(as);
  const { stream, ready } = await connected({ as });

  let isDone = false;
  const recovered = recover(as, at).finally(() => (isDone = true));
  // Reads meanwhile are refused, or answered with the feed as it was: never with the one that was deleted.
  const seen = [];
  while (!isDone) seen.push(await listed(as));
  for (const ids of seen) if (ids) assert.deepEqual(ids, [later, kept]);
  assert.ok(seen.includes(undefined), "nobody was refused meanwhile");
  const answer = await recovered;
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json[0].healing, true);
  assert.equal((await stream.closed).code, 1012);

  assert.deepEqual(await eventually(() => listed(as)), [later, kept]);
  const { missed } = await connected({ as, query: { cursor: ready.cursor } });
  assert.equal(missed[0].type, "reset");
  const registry = await service.miniflare.getKVNamespace("REGISTRY");
  assert.deepEqual((await registry.list({ prefix: "restoring:" })).keys, []);
  assert.equal((await listed(as))?.length, 2);
  const next = await post(as);
  assert.equal((await listed(as))?.[0], next);
});

test("a moment that there is none of is said so, and changes nothing", async () => {
  const as = someone();
  const id = await post(as);
  for (const at of [undefined, "yesterday", "9999-01-01T00:00:00Z"]) {
    const { status, text } = await recover(as, at);
    assert.equal(status, 400);
    assert.match(text, /a time in the past/);
  }
  const { status, text } = await recover(as, "2026-01-01T00:00:00Z");
  assert.equal(status, 409);
  assert.match(text, /didn't go back to 2026-01-01T00:00:00Z: Error: there is no such moment/);
  assert.deepEqual(await listed(as), [id]);
  const registry = await service.miniflare.getKVNamespace("REGISTRY");
  assert.deepEqual((await registry.list({ prefix: "restoring:" })).keys, []);
});

test("a runtime that can't go back says so", async () => {
  const plain = await startService({ vars });
  const as = someone();
  assert.equal((await plain.post({ targetHostName: host, payload: { rawContent: "x" } }, { as })).status, 201);
  const { status, text } = await recover(as, "2026-01-01T00:00:00Z", plain);
  assert.equal(status, 409, text);
  const left = await plain.request("GET", `${notifications}/$count`, { as });
  assert.equal(left.text, "1");
});
