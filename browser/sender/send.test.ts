import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, beforeEach, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { NotificationRequest } from "../generated/types.ts";
import { init } from "../validator/node.ts";
import { InvalidNotificationError, send, SendError, type SendOptions } from "./node.ts";

await init(readFile(new URL("../glue/notifeed_bg.wasm", import.meta.url)));

/** A request, and how the server answers it. */
interface Received {
  path: string;
  headers: IncomingMessage["headers"];
  text: string;
  body: any;
}
type Script = (response: ServerResponse, received: Received) => void;

let received: Received[] = [];
let script: Script[] = [];

// The last line of the script answers all further requests.
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const text = String(request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes);
  const one = { path: `${request.method} ${request.url}`, headers: request.headers, text, body: JSON.parse(text) };
  received.push(one);
  (script[received.length - 1] ?? script.at(-1))?.(response, one);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
after(() => {
  server.close();
  server.closeAllConnections();
});

beforeEach(() => {
  received = [];
  script = [sent(201)];
});

function sent(status: number): Script {
  return (response) => {
    response.writeHead(status, {
      "Content-Type": "application/json",
      Location: "https://notify.example.com/beta/me/activities/1",
      "request-id": "r-1",
    });
    response.end('{"displayTimeToLive":null,"id":"1","groupName":null,"priority":"High","payload":{}}');
  };
}

function refused(status: number, code: string, headers: Record<string, string> = {}): Script {
  return (response) => {
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    const details = [{ code, target: "priority", message: "Say it otherwise." }];
    const innerError = { date: "2026-11-22T06:00:00", "request-id": "r-2", "client-request-id": "r-2" };
    response.end(JSON.stringify({ error: { code, message: "No.", innerError, details } }));
  };
}

const broken: Script = (response) => void response.socket?.destroy();

const notification = { targetHostName: "notify.example.com", payload: { visualContent: { title: "Hello" } } };
const go = (options: Partial<SendOptions> = {}, more: object = {}) =>
  send({ ...notification, ...more } as NotificationRequest, { url, token: "t", ...options });

/** The error that a promise ends with. */
async function failureOf(promise: Promise<unknown>): Promise<any> {
  return promise.then(
    () => assert.fail("it should have failed"),
    (error) => error,
  );
}

test("a notification is sent, with all that the service needs", async () => {
  const answer = await go({ unsId: "1.k.x" });
  assert.equal(answer.status, 201);
  assert.equal(answer.notification.id, "1");
  assert.equal(answer.location, "https://notify.example.com/beta/me/activities/1");
  assert.equal(answer.requestId, "r-1");
  assert.equal(answer.attempts, 1);
  assert.deepEqual(answer.warnings, []);
  const [{ path, headers, body }] = received as [Received];
  assert.equal(path, "POST /beta/me/notifications");
  assert.equal(headers.authorization, "Bearer t");
  assert.equal(headers["x-uns-id"], "1.k.x");
  assert.equal(headers["content-type"], "application/json");
  assert.equal(headers["content-encoding"], undefined);
  assert.deepEqual(body, { ...notification, appNotificationId: answer.appNotificationId });
  assert.match(answer.appNotificationId, /^[0-9a-f-]{36}$/);
});

test("a given `appNotificationId` is kept; `null` counts as absent", async () => {
  assert.equal((await go({}, { appNotificationId: "order-7" })).appNotificationId, "order-7");
  assert.notEqual((await go({}, { appNotificationId: null })).appNotificationId, null);
  assert.equal(received[0]?.body.appNotificationId, "order-7");
  assert.match(received[1]?.body.appNotificationId, /^[0-9a-f-]{36}$/);
});

test("a service may live under a path", async () => {
  await go({ url: `${url}/notify/?a=b#c` });
  await go({ url: new URL(`${url}/notify`) });
  assert.deepEqual(
    received.map(({ path }) => path),
    ["POST /notify/beta/me/notifications", "POST /notify/beta/me/notifications"],
  );
});

test("more than a kilobyte goes compressed", async () => {
  const title = "long ".repeat(300);
  await go({}, { payload: { visualContent: { title } } });
  assert.equal(received[0]?.headers["content-encoding"], "gzip");
  assert.ok(Number(received[0]?.headers["content-length"]) < 400);
  assert.equal(received[0]?.body.payload.visualContent.title, title);
});

test("what isn't a notification never leaves", async () => {
  const error = await failureOf(go({}, { priority: "Urgent", payload: {} }));
  assert.ok(error instanceof InvalidNotificationError);
  assert.equal(error.name, "InvalidNotificationError");
  assert.equal(error.code, "BadRequest");
  assert.deepEqual(error.violations.map(({ path }) => path).sort(), ["payload", "priority"]);
  assert.match(error.message, /priority: /);
  assert.equal(received.length, 0);
});

test("the validator uses the given settings of the service", async () => {
  const later = new Date(Date.now() + 2 * 86_400_000).toISOString();
  const answer = await go({ policy: { retentionSeconds: 86_400 } }, { expirationDateTime: later });
  assert.deepEqual(
    answer.warnings.map(({ path }) => path),
    ["expirationDateTime"],
  );
});

test("a name that is almost right is a warning", async () => {
  const { warnings } = await go({}, { prioritty: "High" });
  assert.match(warnings[0]?.message ?? "", /priority/);
});

test("throttled, busy or broken: the same notification is sent again, as often as it may", async () => {
  script = [refused(406, "Throttled"), refused(503, "ServiceUnavailable"), refused(429, "Throttled"), sent(201)];
  const answer = await go();
  assert.equal(answer.attempts, 4);
  assert.equal(new Set(received.map(({ text }) => text)).size, 1);
});

test("after a broken connection the notification is sent again; if the first attempt had arrived, the answer is 200", async () => {
  const halfAnAnswer: Script = (response) => {
    response.writeHead(201, { "Content-Length": "100" });
    response.write('{"id"', () => response.socket?.destroy());
  };
  script = [broken, halfAnAnswer, sent(200)];
  const answer = await go();
  assert.equal(answer.status, 200);
  assert.equal(answer.attempts, 3);
  assert.equal(new Set(received.map(({ body }) => body.appNotificationId)).size, 1);
});

test("it doesn't come back before Retry-After", async () => {
  script = [refused(406, "Throttled", { "Retry-After": "1" }), sent(201)];
  const started = performance.now();
  await go();
  assert.ok(performance.now() - started >= 995);
});

test("a wait beyond its time isn't begun", async () => {
  script = [refused(503, "ServiceUnavailable", { "Retry-After": "60" })];
  const error = await failureOf(go());
  assert.ok(error instanceof SendError);
  assert.equal(error.retryAfter, 60);
  assert.equal(error.attempts, 1);
});

test("attempts have an end", async () => {
  script = [refused(503, "ServiceUnavailable")];
  const error = await failureOf(go({ attempts: 3 }, { appNotificationId: "order-7" }));
  assert.equal(received.length, 3);
  assert.ok(error instanceof SendError);
  assert.equal(error.attempts, 3);
  assert.equal(error.appNotificationId, "order-7");
});

test("a refusal says what the service said, and isn't repeated", async () => {
  script = [refused(403, "NotAuthorizedForUser")];
  const error = await failureOf(go());
  assert.ok(error instanceof SendError);
  assert.equal(error.name, "SendError");
  assert.equal(error.status, 403);
  assert.equal(error.code, "NotAuthorizedForUser");
  assert.equal(error.message, "No.");
  assert.equal(error.requestId, "r-2");
  assert.equal(error.retryAfter, null);
  assert.deepEqual(error.details, [{ code: "NotAuthorizedForUser", target: "priority", message: "Say it otherwise." }]);
  assert.equal(received.length, 1);
});

test("no answer at all is a SendError of its own code", async () => {
  script = [broken];
  const error = await failureOf(go({ attempts: 2 }));
  assert.ok(error instanceof SendError);
  assert.equal(error.status, 0);
  assert.equal(error.code, "NetworkError");
  assert.ok(error.cause instanceof TypeError);
  assert.equal(received.length, 2);
});

test("what answers isn't the service: a page, a redirect, JSON of another kind", async () => {
  const page: Script = (response) => void response.end("<h1>Welcome to the hotel</h1>");
  const elsewhere: Script = (response) => void response.writeHead(302, { Location: `${url}/elsewhere` }).end();
  const list: Script = (response) => void response.end('{"value":[]}');
  const nothing: Script = (response) => void response.end("null");
  for (const answer of [page, elsewhere, list, nothing]) {
    received = [];
    script = [answer];
    const error = await failureOf(go());
    assert.ok(error instanceof SendError);
    assert.equal(error.code, "UnexpectedAnswer");
    assert.equal(received.length, 1);
  }
});

test("a refused token is replaced once by a fresh one", async () => {
  script = [refused(401, "InvalidAuthenticationToken"), sent(201)];
  const asked: boolean[] = [];
  const token = async ({ fresh }: { fresh: boolean }) => (asked.push(fresh), fresh ? "new" : "old");
  assert.equal((await go({ token })).attempts, 2);
  assert.deepEqual(asked, [false, true]);
  assert.deepEqual(
    received.map(({ headers }) => headers.authorization),
    ["Bearer old", "Bearer new"],
  );
});

test("a fresh token that is refused too is the end, as is a token that can't be renewed", async () => {
  script = [refused(401, "InvalidAuthenticationToken")];
  const asked: boolean[] = [];
  const error = await failureOf(go({ token: ({ fresh }) => (asked.push(fresh), "x") }));
  assert.equal(error.status, 401);
  assert.deepEqual(asked, [false, true]);
  received = [];
  assert.equal((await failureOf(go({ token: "x" }))).code, "InvalidAuthenticationToken");
  assert.equal(received.length, 1);
});

test("a 401 about the notification asks for no token", async () => {
  script = [refused(401, "InvalidActivityDataType")];
  const asked: boolean[] = [];
  await failureOf(go({ token: ({ fresh }) => (asked.push(fresh), "x") }));
  assert.deepEqual(asked, [false]);
});

test("what the token's source throws is passed on, and nothing is sent", async () => {
  const token = async () => Promise.reject(new Error("signed out"));
  await assert.rejects(go({ token }), /signed out/);
  assert.equal(received.length, 0);
});

test("the signal ends it: before, while it is sent, while it waits", async () => {
  await assert.rejects(go({ signal: AbortSignal.abort(new Error("before")) }), /before/);
  assert.equal(received.length, 0);

  const during = new AbortController();
  script = [() => during.abort(new Error("during"))];
  await assert.rejects(go({ signal: during.signal }), /during/);

  const waiting = new AbortController();
  script = [
    (response, one) => {
      refused(503, "ServiceUnavailable", { "Retry-After": "20" })(response, one);
      setTimeout(() => waiting.abort(new Error("waiting")), 50);
    },
  ];
  await assert.rejects(go({ signal: waiting.signal }), /waiting/);
});

test("a silent service is given up when the time is over", async () => {
  script = [() => {}];
  const started = performance.now();
  const error = await failureOf(go({ timeout: 200 }));
  assert.equal(error.code, "NetworkError");
  assert.equal(error.cause.name, "TimeoutError");
  assert.ok(performance.now() - started < 1000);
});

test("what can't be a request is the caller's mistake, said at once", async () => {
  await assert.rejects(go({ url: "notify.example.com" }), TypeError);
  await assert.rejects(go({ url: "localhost:8787" }), /https:/);
  await assert.rejects(go({ token: "two\nlines" }), TypeError);
  await assert.rejects(go({ url: "https://name:password@notify.example.com" }), TypeError);
  assert.equal(received.length, 0);
});

test("another way to send: a Worker's service binding", async () => {
  const seen: string[] = [];
  const answer = await go({
    url: "https://notify.example.com",
    fetch: async (request) => (seen.push(request.url), Response.json({ id: "9" }, { status: 201 })),
  });
  assert.equal(answer.notification.id, "9");
  assert.deepEqual(seen, ["https://notify.example.com/beta/me/notifications"]);
});
