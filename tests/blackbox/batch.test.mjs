// Several requests in one (CONTRACT §5.1).

import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { assertError, assertProblem, someone } from "./expect.mjs";
import { appToken, example, startService, userToken } from "./harness.mjs";

const service = await startService();
const feed = "/me/notifications";
const headers = { "Content-Type": "application/json" };

/**
 * @param {object[]} requests
 * @param {import("./harness.mjs").Caller & { version?: string, headers?: Record<string, string> }} options
 */
const send = (requests, { version = "beta", ...options }) =>
  service.request("POST", `/${version}/$batch`, { json: { requests }, ...options });

/**
 * The answers by their ids.
 * @param {object[]} requests
 * @param {Parameters<typeof send>[1]} options
 * @returns {Promise<Record<string, any>>}
 */
async function answers(requests, options) {
  const answer = await send(requests, options);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.deepEqual(Object.keys(answer.json), ["responses"]);
  assert.equal(answer.json.responses.length, requests.length);
  return Object.fromEntries(answer.json.responses.map((/** @type {any} */ response) => [response.id, response]));
}

/** @param {string} id */
const post = (id, members = {}) => ({
  id,
  method: "POST",
  url: feed,
  headers,
  body: example({ appNotificationId: id, ...members }),
});

test("each request is answered as if it had come alone", async () => {
  const as = someone();
  const answered = await answers(
    [
      { id: "count", method: "GET", url: `${feed}/$count`, dependsOn: ["b"] },
      post("a"),
      { ...post("b"), url: "me/notifications", dependsOn: ["a"] },
      { id: "types", method: "GET", url: "/$metadata" },
      { id: "nothing", method: "GET", url: "/me/messages" },
      { id: "put", method: "PUT", url: feed },
      { id: "typeless", method: "POST", url: feed, body: {} },
      { id: "array", method: "POST", url: feed, headers, body: [] },
    ],
    { as, version: "v1.0" },
  );
  const { a, b, count, types, nothing, put, typeless, array } = answered;
  assert.deepEqual([a.status, b.status], [201, 201]);
  assert.equal(a.headers.Location, `${service.url}/v1.0/me/activities/${a.body.id}`.replace("//v1", "/v1"));
  assert.match(a.body["@odata.context"], /\/v1\.0\/\$metadata#users/);
  const alone = await service.request("GET", `/v1.0${feed}/${a.body.id}`, { as });
  assert.equal(alone.json.id, a.body.id);
  assert.deepEqual([count.status, count.body], [200, "2"]);
  assert.match(types.body, /^<\?xml/);
  assert.deepEqual([nothing.status, nothing.body.error.code], [404, "ItemNotFound"]);
  assert.deepEqual([put.status, put.headers.Allow], [405, "GET, HEAD, POST, OPTIONS"]);
  assert.equal(typeless.status, 415);
  assertError(array.body.error, { status: 400, code: "MultipleNotificationsNotSupported" });
  const ids = Object.values(answered).map((answer) => answer.headers["request-id"]);
  assert.equal(new Set(ids).size, ids.length, "each has a request id of its own");

  const gone = await answers([{ id: "1", method: "DELETE", url: `${feed}/${a.body.id}` }], { as });
  assert.deepEqual(Object.keys(gone["1"]), ["id", "status", "headers"]);
  assert.equal(gone["1"].status, 204);
});

test("what depends on a failure isn't made", async () => {
  const as = someone();
  const { bad, next, last, free } = await answers(
    [
      { ...post("last"), dependsOn: ["next", "free"] },
      { ...post("next"), headers: { ...headers, "client-request-id": "mine" }, dependsOn: ["bad"] },
      { ...post("bad"), body: {} },
      post("free"),
    ],
    { as },
  );
  assert.deepEqual([bad.status, next.status, last.status, free.status], [400, 424, 424, 201]);
  assertError(next.body.error, { status: 424, code: "FailedDependency", details: [] });
  assert.equal(next.headers["client-request-id"], "mine");
  assert.equal((await service.request("GET", `/beta${feed}/$count`, { as })).text, "1");
});

test("each request is judged by its own credentials, and else by the batch's", async () => {
  const as = someone();
  const other = someone();
  const subscribed = await answers(
    [
      {
        id: "1",
        method: "POST",
        url: `${feed}/subscriptions`,
        headers,
        body: { targetHostName: example().targetHostName, platform: "windows" },
      },
    ],
    { as },
  );
  const uns = subscribed["1"].body.userNotificationSubscriptionId;
  const app = await appToken("contoso-server");
  const { own, others, forged, headless, mine } = await answers(
    [
      { ...post("own"), headers: { ...headers, "x-uns-id": uns } },
      {
        id: "others",
        method: "GET",
        url: `${feed}/$count`,
        headers: { authorization: `Bearer ${await userToken(other)}` },
      },
      { id: "forged", method: "GET", url: `${feed}/$count`, headers: { Authorization: "Bearer x.y.z" } },
      post("headless"),
      {
        id: "mine",
        method: "GET",
        url: `${feed}/$count`,
        headers: { Authorization: `Bearer ${await userToken(as)}` },
        dependsOn: ["own"],
      },
    ],
    { token: app },
  );
  assert.deepEqual([own.status, others.status, others.body, mine.body], [201, 200, "0", "1"]);
  assert.deepEqual([forged.status, forged.headers["WWW-Authenticate"]], [401, 'Bearer realm="notifeed"']);
  assert.deepEqual([headless.status, headless.body.error.details[0].target], [400, "X-UNS-ID"]);
  // The batch's own subscription id serves none of its requests.
  const { one } = await answers([post("one")], { token: app, headers: { "X-UNS-ID": uns } });
  assert.equal(one.status, 400);
});

test("the batch itself needs a token, a media type and JSON", async () => {
  assertProblem(await send([post("a")], {}), { status: 401, code: "InvalidAuthenticationToken" });
  const as = someone();
  const typeless = await service.request("POST", "/beta/$batch", { as, body: "{}" });
  assertProblem(typeless, { status: 415, code: "UnsupportedMediaType" });
  const allow = await service.request("GET", "/beta/$batch", { as });
  assertProblem(allow, { status: 405, code: "MethodNotAllowed" });
  assert.equal(allow.headers.get("allow"), "POST, OPTIONS");
  const preflight = await service.request("OPTIONS", "/v1.0/%24batch");
  assert.deepEqual([preflight.status, preflight.headers.get("access-control-allow-methods")], [204, "POST, OPTIONS"]);
});

test("a batch that can't be made whole changes nothing", async () => {
  const as = someone();
  const count = { id: "b", method: "GET", url: `${feed}/$count` };
  const codes = /** @type {[object[], [string, string][]][]} */ ([
    [Array.from({ length: 21 }, (_, id) => post(`${id}`)), [["TooManyItems", "requests"]]],
    [[], [["EmptyList", "requests"]]],
    [[post("a"), { ...count, dependsOn: ["c"] }], [["UnknownValue", "requests[1].dependsOn[0]"]]],
    [[post("a"), post("a")], [["UnknownValue", "requests[1].id"]]],
    [[post("a"), { ...count, dependsOn: ["b"] }], [["UnknownValue", "requests"]]],
    [
      [
        { ...post("a"), dependsOn: ["b"] },
        { ...count, dependsOn: ["a"] },
      ],
      [["UnknownValue", "requests"]],
    ],
    ...[
      `${service.url}/beta${feed}`,
      "https://graph.microsoft.com/beta/me/notifications",
      "/$batch",
      "/%24batch",
      `${feed}/stream?platform=windows`,
      "/../dev/token",
      "/%2e%2E/dev/token",
      `${feed}\nhttp://x`,
    ].map((url) => [[post("a"), { ...count, url }], [["UnknownValue", "requests[1].url"]]]),
    [
      [post("a"), { ...count, headers: { Authorization: "a\nb" } }],
      [["UnknownValue", "requests[1].headers.Authorization"]],
    ],
    [[post("a"), { ...count, method: "OPTIONS" }], [["UnknownValue", "requests[1].method"]]],
    [[post("a"), { ...count, method: "GET\nx" }], [["UnknownValue", "requests[1].method"]]],
  ]);
  for (const [requests, details] of codes)
    assertProblem(await send(requests, { as }), { status: 400, code: "BadRequest", details });
  assert.equal((await service.request("GET", `/beta${feed}/$count`, { as })).text, "0");
  // The development endpoints are under no version.
  const { dev } = await answers([{ id: "dev", method: "POST", url: "/dev/token", headers, body: { as } }], { as });
  assert.equal(dev.status, 404);
});

test("each body has its own size, depth and grammar", async () => {
  const as = someone();
  const payload = (/** @type {number} */ length) => ({ payload: { rawContent: "x".repeat(length) } });
  const deep = "[".repeat(14) + "]".repeat(14);
  const around = JSON.stringify(example({ appNotificationId: "deep", payload: { rawContent: "x" } }));
  const text = (/** @type {string} */ id, /** @type {string} */ body) =>
    `{"id":"${id}","method":"POST","url":"${feed}","headers":{"Content-Type":"application/json"},"body":${body}}`;
  const requests = [
    ...Array.from({ length: 15 }, (_, id) => JSON.stringify(post(`large${id}`, payload(63 * 1024)))),
    JSON.stringify(post("larger", payload(64 * 1024))),
    text("deep", around.replace("{", `{"other":${deep},`)),
    text("deeper", around.replace("{", `{"other":[[${deep}]],`)),
    text("broken", '{"a":}'),
    text("twice", '{"a":1,"a":2}'),
  ];
  const body = `{"requests":[${requests}]}`;
  for (const [bytes, encoding] of /** @type {[Uint8Array, string][]} */ ([
    [Buffer.from(body), "identity"],
    [gzipSync(body), "gzip"],
  ])) {
    const answer = await service.request("POST", "/beta/$batch", {
      as,
      body: /** @type {any} */ (bytes),
      headers: { ...headers, "Content-Encoding": encoding },
    });
    assert.equal(answer.status, 200, answer.text.slice(0, 500));
    const found = answer.json.responses.map((/** @type {any} */ { id, status, body }) => [
      id,
      status,
      body.error?.details[0].code,
    ]);
    const good = encoding === "identity" ? 201 : 200;
    assert.deepEqual(found, [
      ...Array.from({ length: 15 }, (_, id) => [`large${id}`, good, undefined]),
      ["larger", 413, "BodyTooLarge"],
      ["deep", good, undefined],
      ["deeper", 400, "NestedTooDeep"],
      ["broken", 400, "InvalidJson"],
      ["twice", 400, "DuplicateProperty"],
    ]);
  }
});

test("1.5 MiB in all, 256 KiB of it around the bodies", async () => {
  const as = someone();
  for (const batch of [
    { requests: [], padding: "x".repeat(1536 * 1024) },
    { requests: [{ ...post("a"), padding: "x".repeat(256 * 1024) }] },
  ]) {
    const answer = await service.request("POST", "/beta/$batch", { as, json: batch });
    assertProblem(answer, { status: 413, code: "RequestBodyTooLarge", details: [["BodyTooLarge", ""]] });
  }
  const bomb = gzipSync(Buffer.alloc(3 * 1024 * 1024, " "));
  const options = { headers: { ...headers, "Content-Encoding": "gzip" }, body: /** @type {any} */ (bomb) };
  const answer = await service.request("POST", "/beta/$batch", { as, ...options });
  assertProblem(answer, { status: 413, code: "RequestBodyTooLarge" });
});

test("address and origin are the batch's, and every request counts toward every limit", async () => {
  const limited = await startService({
    limits: { FAILED_TOKEN_LIMIT: { limit: 3, period: 60 }, APP_LIMIT: { limit: 8, period: 60 } },
    vars: { ALLOWED_ORIGINS: "https://page.example" },
  });
  // A single token, and so a known one: after too many that prove nothing, the address may bring no new one.
  const token = await userToken(someone());
  const count = (/** @type {string} */ id, more = {}) => ({ id, method: "GET", url: `${feed}/$count`, headers: more });
  const at = (/** @type {object[]} */ requests) =>
    limited.request("POST", "/beta/$batch", {
      token,
      json: { requests },
      headers: { "CF-Connecting-IP": "1.2.3.4", Origin: "https://page.example" },
    });
  const { json } = await at([count("a", { Origin: "https://evil.example", "CF-Connecting-IP": "5.6.7.8" })]);
  assert.equal(json.responses[0].headers["Access-Control-Allow-Origin"], "https://page.example");

  // Tokens that prove nothing are counted by the address that the batch comes from.
  const bad = Array.from({ length: 5 }, (_, id) =>
    count(`${id}`, { Authorization: `Bearer x.y.${id}`, "CF-Connecting-IP": `9.9.9.${id}` }),
  );
  const failures = (await at(bad)).json.responses.map((/** @type {any} */ { status }) => status);
  assert.ok(failures.includes(406), `${failures}`);

  const many = await at(Array.from({ length: 10 }, (_, id) => count(`${id}`)));
  const statuses = many.json.responses.map((/** @type {any} */ { status }) => status);
  assert.ok(statuses.includes(200) && statuses.includes(406), `${statuses}`);
});
