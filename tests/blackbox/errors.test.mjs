// Refusals: each row of the error table that a request can reach, in the envelope, and
// nothing stored afterwards (CONTRACT §1, "Errors").

import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { assertProblem, someone } from "./expect.mjs";
import { example, host, startService, userToken } from "./harness.mjs";

const service = await startService();
const notifications = "/beta/me/notifications";
// The user whom everything here is about, and who gets none of it.
const as = "victim@contoso.com";
// An app that is registered in the store, as in a deployment.
const registry = await service.miniflare.getKVNamespace("REGISTRY");
await registry.put("app:notifeed-dev:blocked", JSON.stringify({ hosts: [host], blocked: true }));

/**
 * @typedef {import("./expect.mjs").Problem} Problem
 * @typedef {[code: string, target: string][]} Details
 */

/** @type {(details?: Details) => Problem} */
const badRequest = (details) => ({ status: 400, code: "BadRequest", details });
const forbidden = { status: 403, code: "NotAuthorizedForUser" };
const tooLarge = { status: 413, code: "RequestBodyTooLarge" };

/**
 * Posts a body as it is.
 * @param {BodyInit} body
 * @param {Record<string, string>} [headers]
 */
function postRaw(body, headers) {
  return service.request("POST", notifications, {
    as,
    headers: { "Content-Type": "application/json", ...headers },
    body,
  });
}

// --- The body

for (const [name, body, details] of /** @type {[string, BodyInit, Details][]} */ ([
  ["empty", "", [["InvalidJson", ""]]],
  ["not JSON", "{", [["InvalidJson", ""]]],
  ["a word", '"text"', [["NotAnObject", ""]]],
  ["null", "null", [["NotAnObject", ""]]],
  ["not UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), [["InvalidUtf8", ""]]],
  ["nested too deep", `${'{"a":'.repeat(17)}1${"}".repeat(17)}`, [["NestedTooDeep", ""]]],
])) {
  test(`a body that is ${name} is 400 BadRequest`, async () => {
    const answer = await postRaw(body);
    assertProblem(answer, badRequest());
    assert.deepEqual(
      answer.json.error.details.map((/** @type {any} */ { code }) => code),
      details.map(([code]) => code),
    );
  });
}

test("a syntax error is told with its line and column", async () => {
  const answer = await postRaw('{\n  "a": tru\n}');
  assertProblem(answer, badRequest());
  assert.match(answer.json.error.details[0].message, /^Line 2, column 8: /);
});

for (const [name, members, problem] of /** @type {[string, Record<string, unknown>, Problem][]} */ ([
  ["no host", { targetHostName: undefined }, badRequest([["RequiredPropertyMissing", "targetHostName"]])],
  ["no payload", { payload: null }, badRequest([["RequiredPropertyMissing", "payload"]])],
  ["not a host", { targetHostName: "https://a.example/" }, badRequest([["InvalidHostName", "targetHostName"]])],
  ["not a time", { expirationDateTime: "soon" }, badRequest([["InvalidDateTime", "expirationDateTime"]])],
  [
    "a time in the past",
    { expirationDateTime: "2019-10-30T23:59:00.000Z" },
    badRequest([["ExpirationInPast", "expirationDateTime"]]),
  ],
  ["a long id", { appNotificationId: "x".repeat(129) }, badRequest([["TooLong", "appNotificationId"]])],
  ["a long group", { groupName: "x".repeat(129) }, badRequest([["TooLong", "groupName"]])],
  ["an unknown priority", { priority: "Urgent" }, badRequest([["UnknownValue", "priority"]])],
  ["a negative time", { displayTimeToLive: -1 }, badRequest([["OutOfRange", "displayTimeToLive"]])],
  ["a long time", { displayTimeToLive: "2592001" }, badRequest([["OutOfRange", "displayTimeToLive"]])],
  [
    "an unknown platform",
    { targetPolicy: { platformTypes: ["windows", "amiga"] } },
    badRequest([["UnknownValue", "targetPolicy.platformTypes[1]"]]),
  ],
  ["no platforms", { targetPolicy: { platformTypes: [] } }, badRequest([["EmptyList", "targetPolicy.platformTypes"]])],
  ["no content", { payload: {} }, { status: 400, code: "InvalidPayload", details: [["NoContent", "payload"]] }],
  [
    "empty raw content",
    { payload: { rawContent: "" } },
    { status: 400, code: "InvalidPayload", details: [["EmptyRawContent", "payload.rawContent"]] },
  ],
  [
    "no title",
    { payload: { visualContent: { body: "Body" } } },
    { status: 400, code: "InvalidPayload", details: [["MissingTitle", "payload.visualContent.title"]] },
  ],
  [
    "an empty title",
    { payload: { visualContent: { title: "" } } },
    { status: 400, code: "InvalidPayload", details: [["EmptyTitle", "payload.visualContent.title"]] },
  ],
  [
    "a wrong type",
    { payload: { visualContent: { title: 5 } } },
    { status: 401, code: "InvalidActivityDataType", details: [["WrongType", "payload.visualContent.title"]] },
  ],
])) {
  test(`a body with ${name} is ${problem.status} ${problem.code}`, async () => {
    assertProblem(await service.post(example(members), { as }), problem);
  });
}

test("a body that is an array is 400 MultipleNotificationsNotSupported", async () => {
  for (const json of [[], [example()], [example(), example()]]) {
    const details = /** @type {Details} */ ([["MultipleNotifications", ""]]);
    const problem = { status: 400, code: "MultipleNotificationsNotSupported", details };
    assertProblem(await service.post(json, { as }), problem);
  }
});

test("a name that stands twice is 400 BadRequest", async () => {
  const body = JSON.stringify(example()).replace('"priority"', '"groupName":"Other","priority"');
  assertProblem(await postRaw(body), badRequest([["DuplicateProperty", "groupName"]]));
});

test("everything that is wrong with a body is told at once, by the first row that applies", async () => {
  const json = example({
    displayTimeToLive: true,
    payload: { visualContent: { title: "" } },
    priority: "Urgent",
    targetHostName: undefined,
  });
  const answer = await service.post(json, { as });
  assertProblem(answer, badRequest());
  const details = answer.json.error.details.map((/** @type {any} */ { code, target }) => `${code} ${target}`);
  assert.deepEqual(details.toSorted(), [
    "EmptyTitle payload.visualContent.title",
    "RequiredPropertyMissing targetHostName",
    "UnknownValue priority",
    "WrongType displayTimeToLive",
  ]);
  const mixed = example({ priority: 5, payload: { visualContent: { title: "" } } });
  assertProblem(await service.post(mixed, { as }), { status: 400, code: "InvalidPayload" });
  const types = example({ priority: 5, payload: { visualContent: { title: [] } } });
  assertProblem(await service.post(types, { as }), { status: 401, code: "InvalidActivityDataType" });
});

test("nothing of the content comes back in a refusal", async () => {
  const json = example({
    payload: { rawContent: "secret-content", visualContent: { title: "secret-title", body: 5 } },
  });
  const answer = await service.post(json, { as });
  assert.equal(answer.status, 401);
  assert.doesNotMatch(answer.text, /secret/);
});

// --- Its headers and its size

test("If-Modified-Since and If-Range are 400 UnsupportedHeader, whatever they say", async () => {
  for (const [name, value] of [
    ["If-Modified-Since", "Wed, 21 Oct 2015 07:28:00 GMT"],
    ["If-Modified-Since", "nonsense"],
    ["If-Range", '"etag"'],
  ]) {
    const details = /** @type {Details} */ ([["UnsupportedHeader", name]]);
    const problem = { status: 400, code: "UnsupportedHeader", details };
    assertProblem(await service.post(example(), { as, headers: { [name]: value } }), problem);
  }
});

test("another content type is 415", async () => {
  for (const type of ["text/plain", "application/jsonp", "application/x-www-form-urlencoded", "json", ""]) {
    const answer = await postRaw(JSON.stringify(example()), { "Content-Type": type });
    assertProblem(answer, { status: 415, code: "UnsupportedMediaType" });
  }
  const untyped = await service.request("POST", notifications, { as, body: new Uint8Array([0x7b, 0x7d]) });
  assertProblem(untyped, { status: 415, code: "UnsupportedMediaType" });
});

test("another content encoding is 415", async () => {
  for (const encoding of ["br", "compress", "x-gzip", "zstd", "gzip, gzip", "gzip, identity", "nonsense"]) {
    const answer = await postRaw(gzipSync(JSON.stringify(example())), { "Content-Encoding": encoding });
    assertProblem(answer, { status: 415, code: "UnsupportedMediaType" });
  }
});

test("a body that isn't in its encoding, is cut off or goes on is 400", async () => {
  const text = JSON.stringify(example());
  for (const [encoding, body] of /** @type {[string, Uint8Array<ArrayBuffer>][]} */ ([
    ["gzip", new TextEncoder().encode(text)],
    ["deflate", new TextEncoder().encode(text)],
    ["gzip", deflateSync(text)],
    ["gzip", gzipSync(text).subarray(0, -9)],
    ["gzip", gzipSync(text).subarray(0, -1)],
    ["deflate", deflateSync(text).subarray(0, -5)],
    ["deflate", Buffer.concat([deflateSync(text), Buffer.from("more")])],
    ["gzip", new Uint8Array()],
  ])) {
    assertProblem(await postRaw(body, { "Content-Encoding": encoding }), badRequest());
  }
});

test("65536 bytes are taken, one more is 413", async () => {
  const user = someone();
  const text = JSON.stringify(example());
  const padded = (/** @type {number} */ length) => text.padEnd(length);
  for (const [encoding, encode] of /** @type {[string, (text: string) => Buffer<ArrayBuffer>][]} */ ([
    ["identity", Buffer.from],
    ["gzip", gzipSync],
    ["deflate", deflateSync],
  ])) {
    const send = (/** @type {number} */ length) =>
      service.request("POST", notifications, {
        as: length > 65536 ? as : user,
        headers: { "Content-Type": "application/json", "Content-Encoding": encoding },
        body: encode(padded(length)),
      });
    const taken = await send(65536);
    assert.ok(taken.status === 201 || taken.status === 200, taken.text);
    assertProblem(await send(65537), tooLarge);
  }
});

test("a bomb is 413 at once", async () => {
  const zeros = Buffer.alloc(50_000_000);
  const bombs = /** @type {const} */ ([
    ["gzip", gzipSync(zeros)],
    ["deflate", deflateSync(zeros)],
  ]);
  const before = Date.now();
  for (const [encoding, bomb] of bombs) {
    assertProblem(await postRaw(bomb, { "Content-Encoding": encoding }), tooLarge);
  }
  assert.ok(Date.now() - before < 1000);
});

test("a body without end is 413, not read to its end", async () => {
  const token = await userToken(as);
  /** @type {number | undefined} */
  const status = await new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const sent = request(new URL(notifications, service.url), { method: "POST", headers });
    const timer = setInterval(() => sent.write(Buffer.alloc(16 * 1024, " ")), 1);
    sent.once("response", (response) => {
      clearInterval(timer);
      response.resume();
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.once("error", (error) => {
      clearInterval(timer);
      reject(error);
    });
  });
  assert.equal(status, 413);
});

// --- Precedence: the first failure answers. A request that is wrong in two ways is refused for the
// one that stands first here.

/** @typedef {{ path: string, method: string, forged: boolean, claims: Record<string, unknown>, headers: Record<string, string>, members: Record<string, unknown>, padding: number }} Wrong */

const faults = /** @type {[name: string, problem: Problem, commit: (request: Wrong) => void][]} */ ([
  ["an unknown path", { status: 404, code: "ItemNotFound" }, (wrong) => (wrong.path = "/beta/me/nothing")],
  ["another method", { status: 405, code: "MethodNotAllowed" }, (wrong) => (wrong.method = "PUT")],
  ["a forged token", { status: 401, code: "InvalidAuthenticationToken" }, (wrong) => (wrong.forged = true)],
  ["a blocked app", { status: 403, code: "CallerBlocked" }, (wrong) => (wrong.claims.azp = "blocked")],
  [
    "an unsupported header",
    { status: 400, code: "UnsupportedHeader" },
    (wrong) => (wrong.headers["If-Range"] = '"etag"'),
  ],
  [
    "another content type",
    { status: 415, code: "UnsupportedMediaType" },
    (wrong) => (wrong.headers["Content-Type"] = "text/plain"),
  ],
  [
    "another content encoding",
    { status: 415, code: "UnsupportedMediaType" },
    (wrong) => (wrong.headers["Content-Encoding"] = "br"),
  ],
  [
    "an app-only token without a subscription id",
    badRequest([["RequiredHeaderMissing", "X-UNS-ID"]]),
    (wrong) => Object.assign(wrong.claims, { idtyp: "app", scp: undefined }),
  ],
  ["a forged subscription id", forbidden, (wrong) => (wrong.headers["X-UNS-ID"] = "v1.1.AAAA.AAAA")],
  ["no scope", forbidden, (wrong) => (wrong.claims.scp = "User.Read")],
  ["too large a body", tooLarge, (wrong) => (wrong.padding = 70_000)],
  [
    "a body without payload",
    badRequest([["RequiredPropertyMissing", "payload"]]),
    (wrong) => (wrong.members.payload = null),
  ],
  [
    "another's host",
    { ...forbidden, details: [["HostNotRegistered", "targetHostName"]] },
    (wrong) => (wrong.members.targetHostName = "other.example.com"),
  ],
]);

/** An app-only token has neither scope nor, here, a subscription id. */
const exclusive = new Set(["a forged subscription id", "no scope"]);

for (const [index, [name, problem, commit]] of faults.entries()) {
  test(`${name}: ${problem.status} ${problem.code}, whatever comes after it`, async () => {
    for (const [laterName, , commitLater] of faults.slice(index)) {
      if (name.startsWith("an app-only token") && exclusive.has(laterName)) continue;
      /** @type {Wrong} */
      const wrong = {
        path: notifications,
        method: "POST",
        forged: false,
        claims: {},
        headers: { "Content-Type": "application/json" },
        members: {},
        padding: 0,
      };
      commitLater(wrong);
      commit(wrong);
      const token = await userToken(as, wrong.claims);
      const answer = await service.request(wrong.method, wrong.path, {
        token: wrong.forged ? `${token.slice(0, token.lastIndexOf("."))}.${"A".repeat(43)}` : token,
        headers: wrong.headers,
        body: JSON.stringify(example(wrong.members)).padEnd(wrong.padding),
      });
      assert.equal(answer.json?.error.code, problem.code, `${name} and ${laterName}: ${answer.text}`);
      assertProblem(answer, problem);
    }
  });
}

test("afterwards nothing is stored: the feed is empty", async () => {
  const stream = await service.connect({ as });
  assert.deepEqual(
    (await stream.until("ready")).map(({ type }) => type),
    ["ready"],
  );
  const { log } = service;
  assert.deepEqual(log, [], "no refusal is a fault of ours");
});
