// Requests that are broken, huge or odd, and what they are answered: never a fault of the service's own.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { test } from "node:test";
import { assertCommonHeaders, assertProblem, someone, soon } from "./expect.mjs";
import { follow } from "./following.mjs";
import { example, host, startService, userToken } from "./harness.mjs";

const key = Buffer.alloc(32, 7);
const service = await startService({ vars: { UNS_KEYS: JSON.stringify({ k: key.toString("base64url") }) } });
const { post, connected } = follow(service);
const feed = "/beta/me/notifications";

/**
 * The answer on a connection of its own over which exactly that text is sent, and then no more.
 * @param {string} text
 * @returns {Promise<{ status: number, body: string }>}
 */
async function exchange(text) {
  const { hostname, port } = new URL(service.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const chunks = /** @type {Buffer[]} */ ([]);
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.end(text);
  await soon(new Promise((resolve) => socket.once("close", resolve).once("error", resolve)));
  const [head, ...body] = Buffer.concat(chunks).toString().split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), body: body.join("\r\n\r\n") };
}

test("HEAD is answered as GET is, without the body", async () => {
  const as = someone();
  const id = await post(as);
  for (const path of [feed, `${feed}/${id}`, `${feed}/$count`, `${feed}/delta`, `${feed}/endpoints`]) {
    const [get, head] = [await service.request("GET", path, { as }), await service.request("HEAD", path, { as })];
    assert.equal(head.status, 200);
    assert.equal(head.text, "");
    assertCommonHeaders(head.headers);
    for (const name of ["content-type", "etag"]) assert.equal(head.headers.get(name), get.headers.get(name), path);
  }
  const refused = await service.request("HEAD", `${feed}/none`, { as });
  assert.deepEqual([refused.status, refused.text], [404, ""]);
  assert.equal((await service.request("HEAD", feed)).status, 401);
  const noGet = await service.request("HEAD", `${feed}/subscriptions/none`, { as });
  assert.deepEqual([noGet.status, noGet.headers.get("allow")], [405, "DELETE, OPTIONS"]);
  const stream = await service.request("HEAD", `${feed}/stream?platform=windows`, { as });
  assert.equal(stream.status, 426);
});

test("a body that is cut short or badly framed is the caller's fault, and nothing is posted", async () => {
  const as = someone();
  const token = await userToken(as);
  const body = JSON.stringify(example());
  const head = [
    `POST ${feed} HTTP/1.1`,
    "Host: localhost",
    `Authorization: Bearer ${token}`,
    "Content-Type: application/json",
  ];
  const request = (/** @type {string[]} */ headers, /** @type {string} */ rest) =>
    [...head, ...headers, "Connection: close", "", rest].join("\r\n");
  for (const [name, text] of [
    ["cut short", request([`Content-Length: ${body.length}`], body.slice(0, -10))],
    [
      "a chunk cut short",
      request(["Transfer-Encoding: chunked"], `${body.length.toString(16)}\r\n${body.slice(0, 40)}`),
    ],
    ["no last chunk", request(["Transfer-Encoding: chunked"], `${body.length.toString(16)}\r\n${body}\r\n`)],
    ["no size of a chunk", request(["Transfer-Encoding: chunked"], `nonsense\r\n${body}\r\n0\r\n\r\n`)],
  ]) {
    const { status, body: answer } = await exchange(text);
    // A server in front of the Worker may have refused it already.
    assert.equal(status, 400, `${name}: ${answer}`);
  }
  const whole = request(["Transfer-Encoding: chunked"], `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
  assert.equal((await exchange(whole)).status, 201);
  assert.equal((await service.request("GET", `${feed}/$count`, { as })).text, "1");
});

test("a subscription id of another deployment's Hub is refused, though its signature is valid", async () => {
  const json = { targetHostName: host, platform: "windows" };
  const { userNotificationSubscriptionId: own } = (
    await service.request("POST", `${feed}/subscriptions`, { as: someone(), json })
  ).json;
  const bytes = Buffer.from(own.split(".")[2], "base64url");
  bytes.fill(0xab, 0, 32);
  const signed = `v1.k.${bytes.toString("base64url")}`;
  const uns = `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
  const headers = { "X-UNS-ID": uns };
  const refused = { status: 403, code: "NotAuthorizedForUser" };
  assertProblem(await service.post(example(), { app: "contoso-server", headers }), refused);
  const path = `${feed}/119081f2-f19d-4fa8-817c-7e01092c0f7d`;
  assertProblem(await service.request("GET", path, { app: "contoso-server", headers }), refused);
  // The key is the right one.
  const posted = await service.post(example(), { app: "contoso-server", headers: { "X-UNS-ID": own } });
  assert.equal(posted.status, 201, posted.text);
});

test("an error's answer isn't much longer for a long request", async () => {
  const as = someone();
  const long = "x".repeat(10_000);
  const deep = `${'{"'}${"n".repeat(64)}":`.repeat(14);
  const duplicates = `${deep}{${'"a":1,'.repeat(2000)}"a":1}${"}".repeat(14)}`;
  for (const [method, path, body] of [
    ["GET", `${feed}?${long}=1`],
    ["GET", `${feed}?$filter=${long.slice(0, 1000)} eq 'x'`],
    ["GET", `${feed}?$filter=readState ${long.slice(0, 1000)} 'x'`],
    ["GET", `/beta/${long}`],
    ["GET", `${feed}/${long}`],
    ["POST", feed, duplicates],
    ["POST", feed, JSON.stringify({ [long]: 1, ...example({ priority: long }) })],
    ["POST", `${feed}/subscriptions`, duplicates],
  ]) {
    const headers = { "Content-Type": "application/json" };
    const answer = await service.request(method, path, { as, headers, body });
    assert.ok(answer.status >= 400 && answer.status < 500, answer.text);
    const sent = path.length + (body?.length ?? 0);
    assert.ok(answer.text.length < 2000 + 3 * sent, `${answer.text.length} bytes for ${sent}`);
    for (const { target } of answer.json.error.details) assert.ok(target.length <= 200, target);
  }
});

test("a close whose reason is too long for a close frame is answered all the same", async () => {
  const { stream } = await connected({ as: someone() });
  // Reasons of 124 bytes and more, whose 123rd is in the middle of a character.
  const reason = Buffer.from("é".repeat(62) + "x");
  const payload = Buffer.concat([Buffer.from([4000 >> 8, 4000 & 255]), reason]);
  const header = Buffer.from([0x88, 0x80 | 126, payload.length >> 8, payload.length & 255, 0, 0, 0, 0]);
  const raw = /** @type {any} */ (stream.socket)._socket;
  raw.write(Buffer.concat([header, payload]));
  assert.deepEqual(await soon(stream.closed), { code: 4000, reason: "é".repeat(61) });
});
