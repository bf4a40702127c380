// The operator's view and actions while the program runs: health, the log, metrics, apps.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import WebSocket from "ws";
import { binary, run, startBinary } from "../blackbox/binary.mjs";
import { eventually, someone } from "../blackbox/expect.mjs";
import { appToken, example, host, temporaryFolder, userToken } from "../blackbox/harness.mjs";

const folder = await temporaryFolder(() => program.stop());
const state = join(folder, "state");
const metrics = await freePort();
/** @type {string[]} */
const log = [];
const program = await startBinary({
  state,
  // Copies are still to come when the page is read.
  vars: { METRICS_LISTEN: `127.0.0.1:${metrics}`, COPY_DELAY_MS: "600000" },
  log: (line) => void log.push(line),
});
const path = `${program.url}/beta/me/notifications`;

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((done) => server.close(done));
  return port;
}

/** @param {string} token */
function post(token) {
  return fetch(path, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(example()),
  });
}

/**
 * A command of the program, about the service that runs.
 * @param {string[]} words
 */
async function command(...words) {
  const child = spawn(binary, [...words, "--development"], {
    env: { STATE: state },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  const code = await new Promise((done) => child.once("close", done));
  return { code, stdout, stderr };
}

test("it says that it is alive and ready, under any name", async () => {
  const alive = await fetch(`${program.url}/healthz`);
  assert.deepEqual([alive.status, await alive.json()], [200, { status: "alive" }]);
  const ready = await fetch(`${program.url}/readyz`);
  assert.deepEqual([ready.status, await ready.json()], [200, { status: "ready", failing: [] }]);
});

test("each request is logged with its operation and outcome, and without users or content", async () => {
  const as = someone();
  const token = await userToken(as);
  const posted = await post(token);
  assert.equal(posted.status, 201);
  const { id } = await posted.json();
  const refused = await fetch(`${path}/${id}`, { method: "DELETE", headers: { Authorization: "Bearer a.b.c" } });
  assert.equal(refused.status, 401);
  /** @param {Response} response */
  const lineOf = (response) => {
    const id = response.headers.get("request-id") ?? "none";
    return eventually(async () => log.find((line) => line.includes(id)));
  };
  const { ms, feed, read, written, ...line } = JSON.parse(await lineOf(posted));
  assert.ok(ms >= feed && feed >= 0 && ms < 10_000);
  assert.ok(read > 0 && written > 0, "a post reads and writes rows");
  assert.equal(posted.headers.get("Server-Timing"), `feed;dur=${feed}`);
  const request = posted.headers.get("request-id");
  assert.deepEqual(line, { request, operation: "PostNotification", status: 201, outcome: "answered" });
  const { operation, status, code, outcome } = JSON.parse(await lineOf(refused));
  assert.deepEqual(
    { operation, status, code, outcome },
    { operation: "DeleteNotification", status: 401, code: "InvalidAuthenticationToken", outcome: "refused" },
  );
  for (const secret of [token.slice(-20), as, id, "Hello World"])
    assert.ok(!log.some((line) => line.includes(secret)), `${secret} is in the log`);
});

/**
 * A call of an app that waits for a second for what it sent to a user.
 * @param {Record<string, string>} user the credentials
 */
async function waited(user) {
  const json = { "Content-Type": "application/json" };
  const device = JSON.stringify({ targetHostName: host, platform: "ios", deviceId: "phone" });
  const subscribed = await fetch(`${path}/subscriptions`, {
    method: "POST",
    headers: { ...user, ...json },
    body: device,
  });
  const { userNotificationSubscriptionId } = await subscribed.json();
  const app = {
    Authorization: `Bearer ${await appToken("contoso-server")}`,
    "X-UNS-ID": userNotificationSubscriptionId,
  };
  const body = JSON.stringify(example());
  const { id } = await (await fetch(path, { method: "POST", headers: { ...app, ...json }, body })).json();
  const etag = (await fetch(`${path}/${id}`, { headers: app })).headers.get("ETag") ?? "none";
  return fetch(`${path}/${id}`, { headers: { ...app, "If-None-Match": etag, Prefer: "wait=1" } });
}

test("the page of metrics counts, on its own address only", async () => {
  const token = await userToken(someone());
  assert.equal((await post(token)).status, 201);
  const headers = { Authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${path.replace("http", "ws")}/stream?platform=windows`, ["notifeed.v1"], { headers });
  socket.on("open", () => socket.send("no JSON"));
  assert.equal((await once(socket, "close"))[0], 4400);
  assert.equal((await waited(headers)).status, 304);
  const page = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  assert.match(page, /^notifeed_requests_total\{operation="PostNotification",status="201",code=""\} [1-9]/m);
  assert.match(page, /^notifeed_request_seconds_count\{operation="PostNotification"\} [1-9]/m);
  assert.match(page, /^notifeed_hubs_woken_total [1-9]/m);
  assert.match(page, /^notifeed_events_total\{event="ConnectionEnded",code="4400"\} 1$/m);
  assert.match(page, /^notifeed_connections_opened_total 1$/m, "a call that waits isn't a connection");
  assert.match(page, /^notifeed_connections_closed_total 1$/m);
  assert.match(page, /^notifeed_uncopied_seconds (?!0$)[\d.]+$/m);
  for (const line of page.trim().split("\n"))
    assert.match(line, /^(# TYPE \w+ (counter|gauge|histogram)|\w+(\{(\w+="[^"]*",?)+\})? [\d.]+)$/);
  const dashboard = await readFile(new URL("../../deploy/grafana.json", import.meta.url), "utf8");
  const shown = new Set(dashboard.match(/notifeed_\w+/g));
  assert.ok(shown.size > 10);
  for (const name of shown) assert.match(page, new RegExp(`^${name}[{ ]`, "m"), `the page has no ${name}`);
  assert.equal((await fetch(`${program.url}/metrics`)).status, 404);
  assert.equal((await fetch(`http://127.0.0.1:${metrics}/registry`, { method: "POST" })).status, 404);
});

test("apps are registered, shown, blocked and listed while it runs", async () => {
  const issuer = "issuer=https://id.example.com";
  const added = await command("app", "add", "some-app", issuer, "hosts=a.example.com,B.example.com");
  assert.equal(added.code, 0, added.stderr);
  const hosts = ["a.example.com", "b.example.com"];
  const last = (/** @type {string} */ text) => text.trim().split("\n").at(-1) ?? "";
  assert.equal(last(added.stdout), `some-app of https://id.example.com: ${JSON.stringify({ hosts, blocked: false })}`);
  assert.match(last((await command("app", "block", "some-app", issuer)).stdout), /"blocked":true\}$/);
  assert.match(last((await command("app", "show", "some-app", issuer)).stdout), /"blocked":true\}$/);
  assert.match((await command("app")).stdout, /^app:https%3A%2F%2Fid\.example\.com:some-app: \{/);
  assert.match(last((await command("app", "unblock", "some-app", issuer)).stdout), /"blocked":false\}$/);
});

test("an invalid command prints one sentence, and changes nothing", async () => {
  const before = (await command("app")).stdout;
  for (const words of [
    ["add"],
    ["add", "x"],
    ["add", "x", "issuer=y"],
    ["add", "x", "issuer=y", "hosts=https://a"],
    ["block", "x", "issuer=y"],
    ["frob", "x", "issuer=y"],
  ]) {
    const { code, stderr, stdout } = await command("app", ...words);
    assert.deepEqual([code, stdout], [1, ""], words.join(" "));
    assert.match(stderr, /^notifeed: [^\n]+\n$/);
  }
  assert.equal((await command("app")).stdout, before);
  const { code, stderr } = await run({ STATE: join(folder, "nowhere") }, ["app", "--development"]).ended;
  assert.equal(code, 1);
  assert.match(stderr, /^notifeed: no service runs on the folder [^\n]+\n$/);
});
