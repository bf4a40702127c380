// A device subscribes, and its app server posts with the id that it got (CONTRACT §3).

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { assertCommonHeaders, assertGuid, assertProblem, pushSubscription, someone } from "./expect.mjs";
import { example, host, startService, userToken } from "./harness.mjs";

// Nothing is pushed: that has a test file of its own.
const service = await startService({ vars: { VAPID_KEYS: "" } });
const subscriptions = "/beta/me/notifications/subscriptions";
const month = 30 * 24 * 60 * 60 * 1000;
const forbidden = { status: 403, code: "NotAuthorizedForUser" };

/**
 * @param {string} as
 * @param {Record<string, unknown>} [members] go before the usual ones
 * @param {typeof service} [from]
 */
function subscribe(as, members = {}, from = service) {
  return from.request("POST", subscriptions, { as, json: { targetHostName: host, platform: "windows", ...members } });
}

/**
 * Posts as an app server does.
 * @param {string} id
 * @param {typeof service} [to]
 */
function postBy(id, to = service) {
  const json = example({ appNotificationId: undefined });
  return to.post(json, { app: "contoso-server", headers: { "X-UNS-ID": id } });
}

test("only what a known push service gave is pushed to", async () => {
  const as = someone();
  const platform = "webpush";
  const at = (/** @type {string} */ endpoint) => ({ ...pushSubscription, endpoint });
  for (const [members, path, code] of /** @type {const} */ ([
    [{ platform, pushSubscription: {} }, "pushSubscription.endpoint", "RequiredPropertyMissing"],
    [
      { platform, pushSubscription: at("http://169.254.169.254/latest") },
      "pushSubscription.endpoint",
      "InvalidPushEndpoint",
    ],
    [
      { platform, pushSubscription: at("https://169.254.169.254/latest") },
      "pushSubscription.endpoint",
      "InvalidPushEndpoint",
    ],
    ...[
      "https://fcm.googleapis.com.evil.example/1",
      "https://evilnotify.windows.com/1",
      "https://fcm.googleapis.com:8443/1",
      "https://user@fcm.googleapis.com/1",
      "https://fcm.googleapis.com@evil.example/1",
      "https://[::1]/1",
      "https://localhost/1",
      "https://2130706433/1",
      "//fcm.googleapis.com/1",
      `https://fcm.googleapis.com/${"x".repeat(2048)}`,
    ].map(
      (endpoint) =>
        /** @type {const} */ ([
          { platform, pushSubscription: at(endpoint) },
          "pushSubscription.endpoint",
          "InvalidPushEndpoint",
        ]),
    ),
    [
      {
        platform,
        pushSubscription: { ...pushSubscription, keys: { p256dh: "AAAA", auth: pushSubscription.keys.auth } },
      },
      "pushSubscription.keys.p256dh",
      "InvalidPushKey",
    ],
    [{ platform, pushSubscription: { ...pushSubscription, padding: "x".repeat(4096) } }, "pushSubscription", "TooLong"],
    [{ platform: "windows", pushSubscription }, "pushSubscription", "UnsupportedPushPlatform"],
  ])) {
    const refused = await subscribe(as, { deviceId: "pushed to", ...members });
    assert.deepEqual([refused.status, refused.json.error.code], [400, "BadRequest"], refused.text);
    assert.deepEqual([refused.json.error.details[0].target, refused.json.error.details[0].code], [path, code]);
  }
  const { json } = await service.request("GET", subscriptions, { as });
  assert.deepEqual(json.value, [], "nothing was stored");
  assert.equal((await subscribe(as, { platform: "iOS", pushSubscription })).status, 201);
});

test("a device gets its subscription, and an id for its app server", async () => {
  const as = someone();
  const before = Date.now();
  const answer = await subscribe(as, {
    targetHostName: host.toUpperCase(),
    platform: "wEbPuSh",
    deviceId: "device 1",
    displayName: "Megans Küche",
    pushSubscription,
    "@odata.type": "#ignored",
  });
  assert.equal(answer.status, 201, answer.text);
  assertCommonHeaders(answer.headers);
  assert.match(answer.headers.get("content-type") ?? "", /^application\/json\b/);
  const { id, userNotificationSubscriptionId, createdDateTime, expirationDateTime, ...rest } = answer.json;
  assert.deepEqual(Object.keys(answer.json), [
    "id",
    "userNotificationSubscriptionId",
    "push",
    "platform",
    "deviceId",
    "displayName",
    "createdDateTime",
    "expirationDateTime",
  ]);
  const asked = { platform: "WebPush", deviceId: "device 1", displayName: "Megans Küche" };
  assert.deepEqual(rest, { push: "none", ...asked }, "there is no key to push with");
  assertGuid(id);
  assert.doesNotMatch(answer.text, /secret-push|BTBZMqHH/);

  const created = Date.parse(createdDateTime);
  assert.ok(before <= created && created <= Date.now(), createdDateTime);
  const lasts = Date.parse(expirationDateTime) - created;
  assert.ok(month - 1000 < lasts && lasts <= month, expirationDateTime);

  // The id fits a header, and tells nothing about the user.
  assert.match(userNotificationSubscriptionId, /^[\x21-\x7e]{1,256}$/);
  const [user] = as.split("@");
  assert.ok(!userNotificationSubscriptionId.includes(user));
  assert.ok(!String(Buffer.from(userNotificationSubscriptionId, "base64")).includes(user));
});

test("absent properties are null in the answer", async () => {
  const answer = await subscribe(someone(), { platform: "ios", displayName: null });
  assert.equal(answer.status, 201, answer.text);
  const { platform, deviceId, displayName } = answer.json;
  assert.deepEqual({ platform, deviceId, displayName }, { platform: "iOS", deviceId: null, displayName: null });
});

test("the same deviceId renews its subscription", async () => {
  const as = someone();
  const first = await subscribe(as, { deviceId: "one", displayName: "Old" });
  assert.equal(first.status, 201, first.text);
  const second = await subscribe(as, { deviceId: "one", displayName: "New", platform: "android" });
  assert.equal(second.status, 200, second.text);
  assert.equal(second.json.id, first.json.id);
  assert.equal(second.json.createdDateTime, first.json.createdDateTime);
  assert.ok(second.json.expirationDateTime >= first.json.expirationDateTime);
  assert.equal(second.json.displayName, "New");
  assert.equal(second.json.platform, "Android");
  // The app server may still have the earlier id.
  for (const { json } of [first, second]) {
    const posted = await postBy(json.userNotificationSubscriptionId);
    assert.equal(posted.status, 201, posted.text);
  }
});

test("another device, another user, another app, or no deviceId is another subscription", async () => {
  const as = someone();
  const token = await userToken(as, { azp: "contoso-server" });
  const json = { targetHostName: host, platform: "windows", deviceId: "one" };
  const answers = [
    await subscribe(as, { deviceId: "one" }),
    await subscribe(as, { deviceId: "One" }),
    await subscribe(someone(), { deviceId: "one" }),
    await service.request("POST", subscriptions, { token, json }),
    await subscribe(as),
    await subscribe(as),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 201),
  );
  assert.equal(new Set(answers.map(({ json }) => json.id)).size, answers.length);
  assert.equal(new Set(answers.map(({ json }) => json.userNotificationSubscriptionId)).size, answers.length);
});

test("what an app posts with one device's id reaches all of the user's devices, and nobody else's", async () => {
  const [as, other] = [someone(), someone()];
  const { json } = await subscribe(as, { platform: "ios" });
  const devices = await Promise.all([
    service.connect({ as, platform: "windows" }),
    service.connect({ as, platform: "ios" }),
    service.connect({ as, platform: "android" }),
  ]);
  const stranger = await service.connect({ as: other });
  for (const stream of [...devices, stranger]) await stream.until("ready");
  const posted = await postBy(json.userNotificationSubscriptionId);
  assert.equal(posted.status, 201, posted.text);
  assert.match(posted.json["@odata.context"], new RegExp(`users\\('${encodeURIComponent(as)}'\\)`));
  for (const stream of devices) {
    const frame = await stream.next();
    assert.equal(frame.type, "notification");
    assert.equal(frame.notification.id, posted.json.id);
  }
  const own = await service.post(example(), { as: other });
  assert.equal((await stranger.next()).notification.id, own.json.id);
});

for (const [
  name,
  members,
  problem,
] of /** @type {[string, Record<string, unknown>, import("./expect.mjs").Problem][]} */ ([
  [
    "no host",
    { targetHostName: undefined },
    { status: 400, code: "BadRequest", details: [["RequiredPropertyMissing", "targetHostName"]] },
  ],
  [
    "no platform",
    { platform: null },
    { status: 400, code: "BadRequest", details: [["RequiredPropertyMissing", "platform"]] },
  ],
  [
    "an unknown platform",
    { platform: "amiga" },
    { status: 400, code: "BadRequest", details: [["UnknownValue", "platform"]] },
  ],
  ["an empty deviceId", { deviceId: "" }, { status: 400, code: "BadRequest", details: [["Empty", "deviceId"]] }],
  [
    "a long deviceId",
    { deviceId: "x".repeat(65) },
    { status: 400, code: "BadRequest", details: [["TooLong", "deviceId"]] },
  ],
  [
    "a wrong type",
    { deviceId: 5 },
    { status: 401, code: "InvalidActivityDataType", details: [["WrongType", "deviceId"]] },
  ],
  [
    "a push subscription that is none",
    { platform: "iOS", pushSubscription: "x" },
    { status: 401, code: "InvalidActivityDataType", details: [["WrongType", "pushSubscription"]] },
  ],
  [
    "another's host",
    { targetHostName: "other.example.com" },
    { ...forbidden, details: [["HostNotRegistered", "targetHostName"]] },
  ],
])) {
  test(`a subscription with ${name} is ${problem.status} ${problem.code}`, async () => {
    assertProblem(await subscribe(someone(), members), problem);
  });
}

test("64 characters of deviceId are taken, whatever they are", async () => {
  const deviceId = "🎉".repeat(64);
  const answer = await subscribe(someone(), { deviceId });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.deviceId, deviceId);
});

test("what isn't an object, or isn't JSON, is 400", async () => {
  const as = someone();
  for (const body of ["", "[]", "null", "{", '{"platform":"windows","platform":"ios"}']) {
    const headers = { "Content-Type": "application/json" };
    assertProblem(await service.request("POST", subscriptions, { as, headers, body }), {
      status: 400,
      code: "BadRequest",
    });
  }
  const untyped = await service.request("POST", subscriptions, { as, body: new Uint8Array([0x7b, 0x7d]) });
  assertProblem(untyped, { status: 415, code: "UnsupportedMediaType" });
});

test("only a signed-in user with the scope subscribes", async () => {
  const json = { targetHostName: host, platform: "windows" };
  const tokens = [
    { app: "contoso-server" },
    { app: "contoso-client" },
    { token: await userToken(someone(), { scp: "User.Read" }) },
  ];
  for (const caller of tokens) {
    assertProblem(await service.request("POST", subscriptions, { ...caller, json }), forbidden);
  }
  assertProblem(await service.request("POST", subscriptions, { json }), {
    status: 401,
    code: "InvalidAuthenticationToken",
  });
});

// --- Keys, as the operator changes them

const keys = { 1: Buffer.alloc(32, 1), 2: Buffer.alloc(32, 2) };

/** The variable with these keys. @param {(1 | 2)[]} ids */
function live(...ids) {
  return { UNS_KEYS: JSON.stringify(Object.fromEntries(ids.map((id) => [id, keys[id].toString("base64url")]))) };
}

/**
 * The id with another end, signed as the service does.
 * @param {string} id
 * @param {(claims: Buffer) => void} change
 */
function resigned(id, change) {
  const [version, key, text] = id.split(".");
  const claims = Buffer.from(text, "base64url");
  change(claims);
  const signed = `${version}.${key}.${claims.toString("base64url")}`;
  const signature = createHmac("sha256", keys[/** @type {"1" | "2"} */ (key)]).update(signed);
  return `${signed}.${signature.digest("base64url")}`;
}

test("a subscription id stays valid when a key is added, and ends with its own key", async () => {
  const rotating = await startService({ vars: live(1) });
  const as = someone();
  const old = (await subscribe(as, {}, rotating)).json.userNotificationSubscriptionId;
  assert.equal((await postBy(old, rotating)).status, 201);

  // Re-signed as it was, it works; so what fails below fails for what was changed.
  assert.equal(
    (
      await postBy(
        resigned(old, () => {}),
        rotating,
      )
    ).status,
    201,
  );
  const expired = resigned(old, (claims) => claims.writeBigInt64BE(BigInt(Math.floor(Date.now() / 1000) - 1), 48));
  assertProblem(await postBy(expired, rotating), forbidden);
  const unknown = resigned(old, (claims) => claims.fill(7, 32, 48));
  assertProblem(await postBy(unknown, rotating), forbidden);

  rotating.options.vars = live(1, 2);
  await rotating.restart();
  assert.equal((await postBy(old, rotating)).status, 201);
  const fresh = (await subscribe(as, {}, rotating)).json.userNotificationSubscriptionId;
  assert.equal((await postBy(fresh, rotating)).status, 201);

  rotating.options.vars = live(2);
  await rotating.restart();
  assertProblem(await postBy(old, rotating), forbidden);
  assert.equal((await postBy(fresh, rotating)).status, 201);
});
