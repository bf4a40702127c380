// Which pages may use the service (ALLOWED_ORIGINS): all of them, unless it is said.

import assert from "node:assert/strict";
import { test } from "node:test";
import WebSocket from "ws";
import { someone } from "./expect.mjs";
import { startService, userToken } from "./harness.mjs";

const ours = "https://app.example.com";
const path = "/beta/me/notifications";
const service = await startService({ vars: { ALLOWED_ORIGINS: `${ours}, http://localhost:3000` } });
const as = someone();

test("an answer says which page may read it", async () => {
  for (const [origin, allowed] of [
    [ours, ours],
    [service.url, service.url],
    ["https://evil.example.com", null],
    ["null", null],
    [undefined, null],
  ]) {
    /** @type {Record<string, string>} */
    const headers = origin ? { Origin: origin } : {};
    // By the Hub, by the Worker, and to a preflight.
    const answers = [
      await service.request("GET", path, { as, headers }),
      await service.request("GET", path, { headers }),
      await service.request("OPTIONS", path, { headers }),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 401, 204],
    );
    for (const answer of answers) {
      assert.equal(answer.headers.get("access-control-allow-origin"), allowed);
      assert.equal(answer.headers.has("access-control-expose-headers"), allowed !== null);
      assert.match(answer.headers.get("vary") ?? "", /Origin/);
    }
    assert.equal(answers[2].headers.has("access-control-allow-methods"), allowed !== null);
  }
});

/**
 * Connects as a page of that origin does; resolves with `open`, or the close code.
 * @param {string | undefined} origin
 */
async function connect(origin) {
  const url = `${service.url.replace("http", "ws")}${path}/stream?platform=windows`;
  const socket = new WebSocket(url, ["notifeed.v1", `bearer.${await userToken(as)}`], { origin });
  return new Promise((resolve) => {
    socket.on("message", () => {
      socket.terminate();
      resolve("open");
    });
    socket.on("close", (code) => resolve(code));
    socket.on("error", () => {});
  });
}

test("only those pages connect", async () => {
  for (const [origin, outcome] of /** @type {[string | undefined, unknown][]} */ ([
    [ours, "open"],
    [service.url, "open"],
    [undefined, "open"],
    ["https://evil.example.com", 4403],
  ])) {
    assert.equal(await connect(origin), outcome, origin);
  }
});
