// The OpenAPI description: that it is sound, and that the service answers as it says.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { test } from "node:test";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Ajv2020 } from "ajv/dist/2020.js";
import { root } from "../../scripts/local.mjs";
import { someone } from "./expect.mjs";
import { example, host, startService } from "./harness.mjs";

const service = await startService();
const source = await readFile(resolve(root, "www/openapi.json"), "utf8");
const document = JSON.parse(source);
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(document, "openapi");

/**
 * The part of the description that a reference leads to, and its pointer.
 * @param {string} pointer
 * @returns {{ pointer: string, value: any }}
 */
function at(pointer) {
  const names = pointer.split("/").slice(1);
  const unescaped = names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  const value = unescaped.reduce((within, name) => within[name], document);
  return value?.$ref ? at(value.$ref.slice(1)) : { pointer, value };
}

const escaped = (/** @type {string} */ name) => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** Every operation: its id, method and path. @type {[string, string, string][]} */
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(/** @type {Record<string, any>} */ (item))
    .filter(([, value]) => value.operationId)
    .map(([method, { operationId }]) => /** @type {[string, string, string]} */ ([operationId, method, path])),
);

test("the linter finds nothing", async () => {
  // The answer of success to a WebSocket is 101, and `$metadata` refuses nobody.
  const rules = { "operation-2xx-response": "off", "operation-4xx-response": "off" };
  const config = await createConfig({ extends: ["recommended"], rules: /** @type {any} */ (rules) });
  const problems = await lintFromString({ source, config, absoluteRef: "/openapi.json" });
  assert.deepEqual(
    problems.map(({ ruleId, message }) => `${ruleId}: ${message}`),
    [],
  );
});

test("it is served with its page and the types that answers refer to, to everybody", async () => {
  const described = await service.request("GET", "/openapi.json");
  assert.equal(described.status, 200);
  assert.match(described.headers.get("content-type") ?? "", /^application\/json/);
  assert.deepEqual(described.json, document);
  const page = await service.request("GET", "/docs");
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  for (const version of ["beta", "v1.0"]) {
    const metadata = await service.request("GET", `/${version}/$metadata`);
    assert.equal(metadata.status, 200);
    assert.equal(metadata.headers.get("content-type"), "application/xml");
    assert.match(metadata.text, /<EntityType Name="notification"/);
  }
});

/**
 * Asserts that an answer is one of those that the operation has.
 * @param {string} id
 * @param {import("./harness.mjs").Answer} answer
 */
function assertDescribed(id, { status, headers, text, json }) {
  const [, method, path] = operations.find(([known]) => known === id) ?? [];
  assert.ok(method !== undefined && path !== undefined, `${id} is an operation`);
  const { pointer, value } = at(`/paths/${escaped(path)}/${method}/responses/${status}`);
  assert.ok(value, `${id}: ${status} isn't described: ${text}`);
  // `Upgrade` is a connection's: a server's host may keep it back.
  const names = Object.keys(value.headers).filter((name) => name !== "Upgrade");
  for (const name of names) assert.ok(headers.has(name), `${id}: ${status} has no ${name}`);
  const [media] = Object.keys(value.content ?? {});
  if (media === undefined) {
    assert.equal(text, "", id);
    return;
  }
  assert.ok(headers.get("content-type")?.startsWith(media), `${id}: ${headers.get("content-type")}`);
  if (media === "application/xml") return;
  const validate = ajv.getSchema(`openapi#${pointer}/content/${escaped(media)}/schema`);
  assert.ok(validate, `${id}: ${pointer}`);
  assert.ok(
    validate(media === "text/plain" ? Number(text) : json),
    `${id}: ${ajv.errorsText(validate.errors)}\n${text}`,
  );
}

test("every operation answers success and refusals as it is described", async () => {
  const as = someone();
  const feed = "/beta/me/notifications";
  const device = { targetHostName: host, platform: "windows", deviceId: "mine" };
  const posted = await service.post(example(), { as });
  const { id } = posted.json;
  assertDescribed("postNotification", posted);
  assertDescribed("postNotification", await service.post(example(), { as }));
  const subscribed = await service.request("POST", `${feed}/subscriptions`, { as, json: device });
  assertDescribed("subscribe", subscribed);
  const headers = { "X-UNS-ID": subscribed.json.userNotificationSubscriptionId };
  const asSender = await service.request("GET", `/beta/me/activities/${id}`, { app: "contoso-server", headers });
  assertDescribed("getNotificationByActivity", asSender);

  /** Each call of success, with whatever ends things last. @type {[string, string, string, any?][]} */
  const calls = [
    ["postNotification", "POST", feed, { json: example({ appNotificationId: "other" }) }],
    ["listNotifications", "GET", `${feed}?$top=1&$count=true&$select=id`],
    ["listNotifications", "GET", feed],
    ["countNotifications", "GET", `${feed}/$count`],
    ["readChanges", "GET", `${feed}/delta`],
    ["listEndpoints", "GET", `${feed}/endpoints`],
    ["exportPersonalData", "GET", `${feed}/personalData`],
    ["getNotification", "GET", `${feed}/${id}`],
    ["getNotificationByActivity", "GET", `/beta/me/activities/${id}`],
    ["updateNotification", "PATCH", `${feed}/${id}`, { json: { readState: "read" } }],
    ["subscribe", "POST", `${feed}/subscriptions`, { json: device }],
    ["readApplicationServerKey", "GET", `${feed}/subscriptions/applicationServerKey`],
    ["listSubscriptions", "GET", `${feed}/subscriptions`],
    ["markAllRead", "POST", `${feed}/markAllRead`, { json: {} }],
    ["markAllSeen", "POST", `${feed}/markAllSeen`, { json: {} }],
    [
      "batch",
      "POST",
      "/beta/$batch",
      { json: { requests: [{ id: "1", method: "GET", url: "/me/notifications/$count" }] } },
    ],
    [
      "acknowledge",
      "POST",
      `${feed}/ack?endpoint=${subscribed.json.id}`,
      { json: { cursor: (await service.request("POST", `${feed}/markAllSeen`, { as, json: {} })).json.cursor } },
    ],
    ["deleteNotification", "DELETE", `${feed}/${id}`],
    ["readChanges", "GET", `${feed}/delta`],
    ["endSubscription", "DELETE", `${feed}/subscriptions/${subscribed.json.id}`],
    ["endSubscriptions", "DELETE", `${feed}/subscriptions`],
    ["erasePersonalData", "DELETE", `${feed}/personalData`],
    ["readMetadata", "GET", "/beta/$metadata"],
  ];
  for (const [operation, method, path, options = {}] of calls) {
    const answer = await service.request(method, path, { as, ...options });
    assert.ok(answer.status < 300, `${operation}: ${answer.text}`);
    assertDescribed(operation, answer);
  }

  // Without a token, of an app alone, of nothing, with what isn't JSON, with an option that isn't there.
  for (const [operation, method, path, options = {}] of [...calls, ["connect", "GET", `${feed}/stream`]]) {
    if (operation === "readMetadata") continue;
    const wrong = `${path}${path.includes("?") ? "&" : "?"}$unheard=1`;
    const answers = [
      await service.request(method, path, options),
      await service.request(method, path, { app: "contoso-server", ...options }),
      await service.request(method, path, {
        as,
        ...options,
        json: undefined,
        body: method === "GET" ? undefined : "{",
      }),
      await service.request(method, wrong, { as, ...options }),
      await service.request(method, path, { as, ...options, json: method === "GET" ? undefined : [] }),
    ];
    for (const answer of answers) assertDescribed(operation, answer);
  }

  // Refusals without a genuine receipt; push.test.mjs has the one that a push brings.
  for (const json of [{ receipt: "r1.forged" }, {}, { receipt: 5 }])
    assertDescribed("returnReceipt", await service.request("POST", `${feed}/receipts`, { json }));

  const tried = new Set([...calls.map(([operation]) => operation), "connect", "returnReceipt"]);
  const missing = operations.filter(([operation]) => !tried.has(operation) && !operation.endsWith("OfUser"));
  // The other ways to the same operations.
  assert.deepEqual(missing.map(([operation]) => operation).sort(), [
    "deleteNotificationByActivity",
    "updateNotificationByActivity",
  ]);
});
