// An app notifies a user: what is accepted, and what comes back (CONTRACT §1).

import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { assertCommonHeaders, assertGuid, assertProblem, someone } from "./expect.mjs";
import { appToken, example, host, startService, userToken } from "./harness.mjs";

const service = await startService();
const notifications = "/beta/me/notifications";
const day = 24 * 60 * 60 * 1000;

/** A time as the contract writes it. @param {number} time */
function written(time) {
  return new Date(time).toISOString().replace(/\.?0*Z$/, "Z");
}

/**
 * The id that an app server posts to that user with.
 * @param {string} as
 * @returns {Promise<string>}
 */
async function subscriptionOf(as) {
  const json = { targetHostName: host, platform: "windows" };
  const answer = await service.request("POST", `${notifications}/subscriptions`, { as, json });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.userNotificationSubscriptionId;
}

/** The part of an answer's Location that a request names. @param {import("./harness.mjs").Answer} answer */
function location(answer) {
  return new URL(answer.headers.get("location") ?? "").pathname;
}

test("the page's example gets the page's answer", async () => {
  const graph = await startService({ vars: { ORIGIN: "https://graph.microsoft.com" } });
  // As on the page: asked for 9 days ahead, the retention of 7 days is what it gets.
  const expirationDateTime = new Date(Date.now() + 9 * day).toISOString();
  const before = Date.now();
  const answer = await graph.post(example({ expirationDateTime }), { as: "graphnotify@contoso.com" });
  const after = Date.now();
  assert.equal(answer.status, 201, answer.text);
  assertGuid(answer.json.id);
  const expiration = Date.parse(answer.json.expirationDateTime);
  assert.ok(before + 7 * day <= expiration && expiration <= after + 7 * day, answer.json.expirationDateTime);
  assert.equal(
    answer.text,
    `{"@odata.context":"https://graph.microsoft.com/beta/$metadata#users('graphnotify%40contoso.com')/notifications/$entity"` +
      `,"displayTimeToLive":59,"expirationDateTime":"${written(expiration)}","groupName":"TestGroup"` +
      `,"id":"${answer.json.id}","priority":"High"` +
      `,"payload":{"visualContent":{"title":"Hello World!","body":"Notifications are Great!"}}}`,
  );
  assertCommonHeaders(answer.headers);
  assert.equal(
    answer.headers.get("content-type"),
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
  );
  assert.equal(answer.headers.get("odata-version"), "4.0");
  assert.equal(answer.headers.get("location"), `https://graph.microsoft.com/beta/me/activities/${answer.json.id}`);
});

test("links start with the origin of the request, and repeat its version", async () => {
  for (const [path, version] of [
    ["/beta/me/notifications", "beta"],
    ["/beta/me/notifications/", "beta"],
    ["/v1.0/me/notifications", "v1.0"],
    ["/v1.0/me/notifications/", "v1.0"],
  ]) {
    const as = someone();
    const answer = await service.request("POST", path, { as, json: example() });
    assert.equal(answer.status, 201, path);
    assert.equal(answer.headers.get("location"), `${service.url}/${version}/me/activities/${answer.json.id}`);
    const user = encodeURIComponent(as);
    const context = `${service.url}/${version}/$metadata#users('${user}')/notifications/$entity`;
    assert.equal(answer.json["@odata.context"], context);
    const fetched = await service.request("GET", location(answer), { as });
    assert.equal(fetched.status, 200, fetched.text);
    assert.equal(fetched.json["@odata.context"], context);
  }
});

test("the user can fetch the whole notification", async () => {
  const as = someone();
  const expiration = Date.now() + day;
  const endpointFallback = {
    platformTypes: ["iOS"],
    visualContent: { title: "Fallback", body: "of the body" },
    fallbackDelayInSeconds: 60,
  };
  const posted = await service.post(
    example({
      targetHostName: host.toUpperCase(),
      expirationDateTime: new Date(expiration).toISOString().replace("Z", "+00:00"),
      payload: { rawContent: "raw", visualContent: { title: "Title" } },
      targetPolicy: { platformTypes: ["ios", "WINDOWS", "iOS"] },
      fallbackPolicy: { endpointFallback },
      priority: "low",
      displayTimeToLive: 600,
    }),
    { as },
  );
  assert.equal(posted.status, 201, posted.text);
  for (const path of [location(posted), `${notifications}/${posted.json.id}`, `${location(posted)}/`]) {
    const answer = await service.request("GET", path, { as });
    assert.equal(answer.status, 200, answer.text);
    assertCommonHeaders(answer.headers);
    assert.ok(answer.headers.get("etag"));
    const { createdDateTime, displayTimeToLive, "@odata.context": context, ...rest } = answer.json;
    assert.equal(context, posted.json["@odata.context"]);
    assert.ok(Math.abs(Date.parse(createdDateTime) - Date.now()) < 60_000);
    assert.ok(590 < displayTimeToLive && displayTimeToLive <= 599);
    assert.deepEqual(rest, {
      id: posted.json.id,
      appNotificationId: "testDirectToastNotification",
      targetHostName: host,
      groupName: "TestGroup",
      priority: "Low",
      payload: { rawContent: "raw", visualContent: { title: "Title" } },
      targetPolicy: { platformTypes: ["Windows", "iOS"] },
      fallbackPolicy: { endpointFallback },
      lastModifiedDateTime: createdDateTime,
      expirationDateTime: written(expiration),
      readState: "unread",
      userActionState: "noInteraction",
      status: "active",
    });
  }
});

test("the app that sent it fetches what it was told when it posted, and what became of it, with its subscription id", async () => {
  const as = someone();
  const headers = { "X-UNS-ID": await subscriptionOf(as) };
  const posted = await service.post(example(), { app: "contoso-server", headers });
  assert.equal(posted.status, 201, posted.text);
  assert.match(posted.json["@odata.context"], new RegExp(encodeURIComponent(as)));
  const fetched = await service.request("GET", location(posted), { app: "contoso-server", headers });
  assert.equal(fetched.status, 200, fetched.text);
  const became = ["readState", "userActionState", "answer", "lastModifiedDateTime"];
  assert.deepEqual(Object.keys(fetched.json), [...Object.keys(posted.json), ...became]);
  const seconds = fetched.json.displayTimeToLive;
  assert.ok(50 < seconds && seconds <= 59);
  const { lastModifiedDateTime } = fetched.json;
  const untouched = { readState: "unread", userActionState: "noInteraction", answer: null, lastModifiedDateTime };
  assert.deepEqual(fetched.json, { ...posted.json, displayTimeToLive: seconds, ...untouched });

  const json = { readState: "read", userActionState: "activated" };
  assert.equal((await service.request("PATCH", location(posted), { as, json })).status, 200);
  const again = await service.request("GET", location(posted), { app: "contoso-server", headers });
  assert.deepEqual([again.json.readState, again.json.userActionState], ["read", "activated"]);
  assert.ok(again.json.lastModifiedDateTime >= lastModifiedDateTime);
  assert.notEqual(again.headers.get("etag"), fetched.headers.get("etag"));
  const repeated = await service.post(example(), { app: "contoso-server", headers });
  assert.deepEqual(Object.keys(repeated.json), Object.keys(posted.json), "the answer to a post stays the page's");
});

test("no other user or app can fetch the notification", async () => {
  const as = someone();
  const headers = { "X-UNS-ID": await subscriptionOf(as) };
  const posted = await service.post(example(), { app: "contoso-server", headers });
  const path = location(posted);
  const notFound = { status: 404, code: "ItemNotFound" };
  const forbidden = { status: 403, code: "NotAuthorizedForUser" };
  const other = someone();
  assertProblem(await service.request("GET", path, { as: other }), notFound);
  // Another app, though it has the subscription id.
  assertProblem(await service.request("GET", path, { app: "contoso-client", headers }), notFound);
  assertProblem(await service.request("GET", path, { app: "unregistered", headers }), forbidden);
  // The app itself, by way of another user.
  const astray = { "X-UNS-ID": await subscriptionOf(other) };
  assertProblem(await service.request("GET", path, { app: "contoso-server", headers: astray }), notFound);
  assertProblem(await service.request("GET", path, { app: "contoso-server" }), forbidden);
  assert.equal((await service.request("GET", path, { as })).status, 200);
});

test("what isn't there is not found", async () => {
  const as = someone();
  for (const id of ["119081f2-f19d-4fa8-817c-7e01092c0f7d", "1", "%20", "ungültig", "a".repeat(5000)]) {
    for (const path of [`/beta/me/notifications/${id}`, `/beta/me/activities/${id}`]) {
      assertProblem(await service.request("GET", path, { as }), { status: 404, code: "ItemNotFound" });
    }
  }
});

test("a user is addressed by subject or principal name, and only as themselves", async () => {
  const name = someone();
  const token = await userToken(name, { sub: "4b1f-subject", oid: undefined });
  for (const id of [name, encodeURIComponent(name), name.toUpperCase(), "4b1f-subject"]) {
    const path = `/beta/users/${id}/notifications`;
    const answer = await service.request("POST", path, { token, json: example({ appNotificationId: id }) });
    assert.equal(answer.status, 201, `${id}: ${answer.text}`);
    const item = `${path}/${answer.json.id}`;
    assert.equal((await service.request("GET", item, { token })).status, 200);
  }
  const path = `/beta/users/${someone()}/notifications`;
  const forbidden = { status: 403, code: "NotAuthorizedForUser" };
  assertProblem(await service.request("POST", path, { token, json: example() }), forbidden);
});

test("an app addresses the user whom its subscription id names", async () => {
  const as = someone();
  const options = { app: "contoso-server", headers: { "X-UNS-ID": await subscriptionOf(as) }, json: example() };
  const own = await service.request("POST", `/beta/users/${as}/notifications`, options);
  assert.equal(own.status, 201, own.text);
  const other = await service.request("POST", `/beta/users/${someone()}/notifications`, options);
  assertProblem(other, { status: 403, code: "NotAuthorizedForUser" });
});

test("a delegated token may come with the same user's subscription id", async () => {
  const as = someone();
  const headers = { "X-UNS-ID": await subscriptionOf(as) };
  assert.equal((await service.post(example(), { as, headers })).status, 201);
});

test("the sender is told its visual content, nothing else of what it sent", async () => {
  const as = someone();
  const raw = await service.post(
    { targetHostName: host, appNotificationId: "secret-id", payload: { rawContent: "secret-raw" } },
    { as },
  );
  assert.equal(raw.status, 201, raw.text);
  const { id, expirationDateTime, "@odata.context": context } = raw.json;
  assert.equal(
    raw.text,
    `{"@odata.context":"${context}","displayTimeToLive":null,"expirationDateTime":"${expirationDateTime}"` +
      `,"groupName":null,"id":"${id}","priority":"None","payload":{}}`,
  );
  const both = await service.post(
    {
      targetHostName: host,
      payload: { rawContent: "secret-raw", visualContent: { title: "Title" } },
      targetPolicy: { platformTypes: ["iOS"] },
      fallbackPolicy: {
        endpointFallback: {
          platformTypes: ["iOS"],
          visualContent: { title: "secret-title" },
          fallbackDelayInSeconds: 60,
        },
      },
    },
    { as },
  );
  assert.equal(both.status, 201, both.text);
  assert.deepEqual(both.json.payload, { visualContent: { title: "Title" } });
  assert.equal(both.json.priority, "High");
  const told = ["@odata.context", "displayTimeToLive", "expirationDateTime", "groupName", "id", "priority", "payload"];
  assert.deepEqual(Object.keys(both.json), told);
  assert.doesNotMatch(both.text, /secret|targetHostName|iOS/);
});

test("null is absent, annotations and undeclared properties are ignored", async () => {
  const answer = await service.post(
    example({
      "@odata.type": "#microsoft.graph.notification",
      groupName: null,
      displayTimeToLive: null,
      fallbackPolicy: null,
      prioritty: 5,
      payload: { visualContent: { "@odata.type": "#visual", title: "Title", body: null, colour: "red" } },
    }),
    { as: someone() },
  );
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.groupName, null);
  assert.equal(answer.json.displayTimeToLive, null);
  assert.deepEqual(answer.json.payload, { visualContent: { title: "Title" } });
});

test("text comes back as it was sent", async () => {
  const as = someone();
  const title = 'Grüße 🎉 \u2028 "quoted" \\ <b>&amp;</b> \u0001 é';
  const answer = await service.post(example({ payload: { rawContent: title, visualContent: { title } } }), { as });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.payload.visualContent.title, title);
  const fetched = await service.request("GET", location(answer), { as });
  assert.equal(fetched.json.payload.rawContent, title);
});

for (const [name, encoding, encode] of /** @type {[string, string, (text: string) => Buffer][]} */ ([
  ["gzip", "gzip", gzipSync],
  ["gzip, spelled otherwise", "GZip", gzipSync],
  ["deflate with its zlib wrapper", "deflate", deflateSync],
  ["deflate without", "Deflate", deflateRawSync],
  ["identity", "identity", Buffer.from],
])) {
  test(`a body's encoding: ${name}`, async () => {
    const answer = await service.request("POST", notifications, {
      as: someone(),
      headers: { "Content-Type": "APPLICATION/json; charset=utf-8", "Content-Encoding": encoding },
      body: new Uint8Array(encode(JSON.stringify(example()))),
    });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.json.payload.visualContent.title, "Hello World!");
  });
}

for (const [name, chunks, headers] of /** @type {const} */ ([
  ["as it is", [...JSON.stringify(example())].map((letter) => Buffer.from(letter)), {}],
  ["compressed", [gzipSync(JSON.stringify(example()))], { "Content-Encoding": "gzip" }],
])) {
  test(`a body in chunks, without a length, ${name}`, async () => {
    const token = await userToken(someone());
    /** @type {import("node:http").IncomingMessage} */
    const response = await new Promise((resolve, reject) => {
      const sent = request(new URL(notifications, service.url), {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
      });
      sent.once("response", resolve).once("error", reject);
      for (const chunk of chunks) sent.write(chunk);
      sent.end();
    });
    response.resume();
    assert.equal(response.statusCode, 201);
  });
}

test("client-request-id is echoed, unless it can't be", async () => {
  const as = someone();
  for (const id of ["mine", "with spaces, and ~ signs!", "x".repeat(128)]) {
    const answer = await service.post(example(), { as, headers: { "client-request-id": id } });
    assertCommonHeaders(answer.headers, id);
  }
  for (const id of ["", "x".repeat(129), "n\u00fcr", "a\tb"]) {
    const answer = await service.post(example(), { as, headers: { "client-request-id": id } });
    assertCommonHeaders(answer.headers);
  }
});

test("other headers are tolerated", async () => {
  const headers = {
    SdkVersion: "graph-js/3",
    "Retry-Attempt": "2",
    Accept: "text/html",
    "If-None-Match": "*",
    Prefer: "return=minimal",
    Cookie: "a=b",
  };
  assert.equal((await service.post(example(), { as: someone(), headers })).status, 201);
});

test("display time left is whole seconds, never negative, and doesn't end the notification", async () => {
  const as = someone();
  for (const [asked, left] of [
    [0, 0],
    ["1", 0],
    [2592000, 2591999],
  ]) {
    const json = example({ appNotificationId: `${asked}`, displayTimeToLive: asked });
    const answer = await service.post(json, { as });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.json.displayTimeToLive, left);
    assert.equal((await service.request("GET", location(answer), { as })).status, 200);
  }
});

test("a token that was verified just now still counts when many come at once", async () => {
  const token = await appToken("contoso-server");
  const headers = { "X-UNS-ID": await subscriptionOf(someone()) };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, number) =>
      service.post(example({ appNotificationId: `${number}` }), { token, headers }),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
  assert.equal(new Set(answers.map(({ json }) => json.id)).size, 20);
});
