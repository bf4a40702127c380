// Wrong settings are one sentence that names the setting, before anything has started; and what the settings of the
// door do: hosts, limits, the console.

import assert from "node:assert/strict";
import { access, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { run, startBinary } from "../blackbox/binary.mjs";
import { someone } from "../blackbox/expect.mjs";
import { example, temporaryFolder, userToken } from "../blackbox/harness.mjs";

const folder = await temporaryFolder();
const issuers = JSON.stringify([
  { issuer: "https://id.example.com", audience: "notifeed", jwksUrl: "https://id.example.com/keys" },
]);
const right = { ISSUERS: issuers, STATE: join(folder, "state") };

/** @type {[string, Record<string, string>, RegExp][]} */
const wrong = [
  ["nobody's tokens count", { ISSUERS: "" }, /ISSUERS/],
  ["issuers that aren't JSON", { ISSUERS: "[" }, /^notifeed: .*ISSUERS isn't JSON/],
  ["a number that is none", { MAX_SOCKETS: "many" }, /MAX_SOCKETS/],
  ["a retention out of range", { RETENTION_SECONDS: "0" }, /RETENTION_SECONDS/],
  ["keys that are too short", { UNS_KEYS: '{"1":"AAAA"}' }, /UNS_KEYS/],
  ["a key that isn't there", { UNS_KEY_ID: "2" }, /UNS_KEY_ID/],
  ["a development secret that is none", { DEVELOPMENT_TOKEN_SECRET: "?" }, /DEVELOPMENT_TOKEN_SECRET/],
  ["no address", { LISTEN: "8787" }, /LISTEN/],
  ["all the world without hosts", { LISTEN: "0.0.0.0:0" }, /HOSTS/],
  ["hosts with a scheme", { HOSTS: "https://feed.example.com" }, /HOSTS/],
  ["a header that is none", { ADDRESS_HEADER: "X Forwarded" }, /ADDRESS_HEADER/],
  ["a limit that is none", { APP_LIMIT: "3000" }, /APP_LIMIT/],
  [
    "development for all the world",
    { LISTEN: "0.0.0.0:0", HOSTS: "*", DEVELOPMENT_TOKEN_SECRET: "A".repeat(43) },
    /LISTEN/,
  ],
];

for (const [name, settings, sentence] of wrong) {
  test(`a wrong setting is one sentence, and nothing starts: ${name}`, async () => {
    for (const args of [[], ["check"]]) {
      const { code, stderr } = await run({ ...right, ...settings }, args).ended;
      assert.equal(code, 1, stderr);
      assert.match(stderr, /^notifeed: [^\n]+\n$/);
      assert.match(stderr, sentence);
    }
    await assert.rejects(access(right.STATE), "the state folder was made");
  });
}

test("right settings pass the check, also from a file, and a name that is no setting doesn't", async () => {
  assert.deepEqual(await run(right, ["check"]).ended, { code: 0, signal: null, stderr: "" });
  const file = join(folder, "settings");
  await writeFile(file, `# Who may call\nISSUERS='${issuers}'\n\nMAX_SOCKETS=10\n`);
  assert.deepEqual(await run({}, ["check", "--settings", file]).ended, { code: 0, signal: null, stderr: "" });
  await writeFile(file, `ISSUERS='${issuers}'\nMAX_SOCKET=10\n`);
  const { code, stderr } = await run({}, ["check", "--settings", file]).ended;
  assert.equal(code, 1);
  assert.equal(stderr, `notifeed: line 2 of ${file}: notifeed has no setting MAX_SOCKET\n`);
});

test("a port and a state folder that are in use are one sentence each", async (t) => {
  const program = await startBinary({ state: join(folder, "held") });
  t.after(() => program.stop());
  const again = await run({ ...right, STATE: join(folder, "held"), LISTEN: "127.0.0.1:0" }).ended;
  assert.equal(again.code, 1);
  assert.match(again.stderr, /^notifeed: STATE: another notifeed uses the folder [^\n]+\n$/);
  const holder = createServer();
  await new Promise((done) => holder.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (holder.address());
  const taken = await run({ ...right, STATE: join(folder, "other"), LISTEN: `127.0.0.1:${port}` }).ended;
  holder.close();
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, new RegExp(`^notifeed: LISTEN: 127.0.0.1:${port} can't be listened at: [^\\n]+\\n$`));
});

/**
 * @param {string} url
 * @param {string} path
 * @param {Record<string, string>} headers
 * @param {{ method?: string, body?: string }} [options]
 * @returns {Promise<{ status: number, headers: import("node:http").IncomingHttpHeaders, body: string }>}
 */
function ask(url, path, headers, { method = "GET", body } = {}) {
  return new Promise((done, failed) => {
    const sent = request(new URL(path, url), { method, headers }, (response) => {
      let text = "";
      response.on("data", (data) => (text += data));
      response.on("end", () => done({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.once("error", failed);
    sent.end(body);
  });
}

test("only the hosts of the settings are answered for, and development only on this machine", async (t) => {
  const state = join(folder, "hosts");
  const vars = { HOSTS: "feed.example.com, Other.example.com", ORIGIN: "https://origin.example.com" };
  const program = await startBinary({ state, vars });
  t.after(() => program.stop());
  const { url } = program;
  const { port } = new URL(url);
  const hosts = [
    "feed.example.com",
    "FEED.example.com:443",
    "other.example.com",
    "origin.example.com",
    `localhost:${port}`,
  ];
  for (const Host of hosts) assert.equal((await ask(url, "/", { Host })).status, 200, Host);
  const path = "/beta/me/notifications";
  for (const Host of ["evil.example", "feed.example.com.evil.example", `127.0.0.1.evil.example:${port}`])
    for (const asked of ["/", path, "/dev/token"])
      assert.equal((await ask(url, asked, { Host })).status, 421, `${Host} ${asked}`);
  const token = { method: "POST", body: '{"as":"megan@contoso.com"}' };
  const type = { "Content-Type": "application/json" };
  assert.equal((await ask(url, "/dev/token", { ...type, Host: "feed.example.com" }, token)).status, 404);
  assert.equal((await ask(url, "/dev/token", { ...type, Host: `127.0.0.1:${port}` }, token)).status, 200);
});

test("limits count: forged tokens by the address that the proxy names, and an app's calls", async (t) => {
  const limits = { FAILED_TOKEN_LIMIT: { limit: 5, period: 60 }, APP_LIMIT: { limit: 8, period: 60 } };
  const vars = { ADDRESS_HEADER: "X-Forwarded-For" };
  const program = await startBinary({ state: join(folder, "limits"), limits, vars });
  t.after(() => program.stop());
  const path = "/beta/me/notifications";
  const forged = async (/** @type {string} */ address) =>
    (await ask(program.url, path, { Authorization: "Bearer a.b.c", "X-Forwarded-For": address })).status;
  const tries = [];
  // An address that a caller wrote there itself stands before what the proxy adds.
  for (let count = 0; count < 7; count++) tries.push(await forged(`198.51.100.${count}, 203.0.113.7`));
  assert.deepEqual(tries, [401, 401, 401, 401, 401, 406, 406]);
  assert.equal(await forged("203.0.113.8"), 401);
  const calls = [];
  const Authorization = `Bearer ${await userToken(someone())}`;
  for (let count = 0; count < 10; count++) calls.push((await ask(program.url, path, { Authorization })).status);
  assert.deepEqual(calls, [...Array(8).fill(200), 406, 406]);
});

test("without a proxy, forged tokens count by the connection's address, whatever the caller writes", async (t) => {
  const limits = { FAILED_TOKEN_LIMIT: { limit: 2, period: 60 } };
  const program = await startBinary({ state: join(folder, "direct"), limits });
  t.after(() => program.stop());
  const tries = [];
  for (let count = 0; count < 4; count++) {
    const headers = { Authorization: "Bearer a.b.c", "CF-Connecting-IP": `198.51.100.${count}` };
    tries.push((await ask(program.url, "/beta/me/notifications", headers)).status);
  }
  assert.deepEqual(tries, [401, 401, 406, 406]);
});

test("the console is served whole, with its headers, and is asked for anew only when it changed", async (t) => {
  const program = await startBinary({ state: join(folder, "console") });
  t.after(() => program.stop());
  const { url } = program;
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.equal(page.headers.get("Content-Type"), "text/html; charset=utf-8");
  assert.match(page.headers.get("Content-Security-Policy") ?? "", /^default-src 'none'/);
  const [, script] = /src="([^"]+\.js)"/.exec(await page.text()) ?? [];
  const module = await fetch(new URL(script, url));
  assert.equal(module.headers.get("Content-Type"), "text/javascript; charset=utf-8");
  const wasm = await fetch(`${url}/notifeed/notifeed_bg.wasm`);
  assert.equal(wasm.headers.get("Content-Type"), "application/wasm");
  await WebAssembly.compile(await wasm.arrayBuffer());
  const headers = { "If-None-Match": page.headers.get("ETag") ?? "" };
  assert.equal((await fetch(url, { headers })).status, 304);
  assert.match((await (await fetch(`${url}/openapi.json`)).json()).openapi, /^3\.1/);
  assert.match((await fetch(`${url}/docs`)).headers.get("Content-Type") ?? "", /^text\/html/);
  assert.equal((await fetch(`${url}/_headers`)).status, 404);
  const token = await userToken(someone());
  const posted = await fetch(`${url}/beta/me/notifications`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(example()),
  });
  assert.equal(posted.status, 201);
});
