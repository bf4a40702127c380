// The live client in a browser behind a proxy that refuses WebSockets: it follows the feed of the real service by
// server-sent events, and changes it by requests.

import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { after, test } from "node:test";
import { example, startService, userToken } from "../blackbox/harness.mjs";
import { launch } from "./chromium.mjs";

const service = await startService();
const browser = await launch();
const as = "blocked@contoso.com";

const PAGE = `<!doctype html><meta charset="utf-8"><title>An app</title>
<script type="module">
  import { connect } from "/notifeed/live.js";
  const client = connect({ url: location.origin, platform: "windows", token: globalThis.token });
  const readies = [];
  client.on("ready", (event) => readies.push(event));
  const titles = () => client.items.map(({ payload }) => payload.visualContent.title).join();
  Object.assign(globalThis, { client, readies, titles });
</script>`;

/** A proxy that lets requests through and no upgrade, and has the page of an app. */
class Proxy {
  url = "";
  /** How many upgrades it has refused. */
  refused = 0;
  /** The streams of events that are under way. @type {Set<import("node:http").ServerResponse>} */
  streams = new Set();
  /** How many streams of events there were. */
  begun = 0;

  static async start() {
    const proxy = new Proxy();
    const server = createServer((asked, answer) => proxy.#pass(asked, answer));
    server.on("upgrade", (_, socket) => {
      proxy.refused += 1;
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
    after(() => (server.closeAllConnections(), server.close()));
    proxy.url = `http://localhost:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
    return proxy;
  }

  /**
   * @param {import("node:http").IncomingMessage} asked
   * @param {import("node:http").ServerResponse} answer
   */
  #pass(asked, answer) {
    const { method, url, headers } = asked;
    if (url === "/app") return answer.setHeader("Content-Type", "text/html").end(PAGE);
    const target = new URL(String(url), service.url);
    const passed = request(target, { method, headers: { ...headers, host: target.host } }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      if (answered.headers["content-type"]?.startsWith("text/event-stream")) {
        this.begun += 1;
        this.streams.add(answer);
      }
      answered.on("error", () => answer.destroy());
      answered.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    answer.on("close", () => {
      this.streams.delete(answer);
      passed.destroy();
    });
    asked.pipe(passed);
  }
}

/** @param {string} title */
async function post(title) {
  const notification = example({ appNotificationId: undefined, payload: { visualContent: { title } } });
  const { status, json } = await service.post(notification, { as });
  assert.equal(status, 201);
  return json.id;
}

test("sockets are refused: the feed is live by events, changes are carried out, and a broken stream goes on", async () => {
  const proxy = await Proxy.start();
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(20_000);
  // Coming back takes no time.
  await page.addInitScript("Math.random = () => 0");
  await page.exposeFunction("token", () => userToken(as));
  await post("Before");
  await page.goto(`${proxy.url}/app`);
  await page.waitForFunction("globalThis.client");
  await page.waitForFunction("client.status.state === 'live' && titles() === 'Before'");
  assert.ok(proxy.refused >= 2);
  assert.equal(proxy.begun, 1);

  const id = await post("After");
  await page.waitForFunction("titles() === 'After,Before' && client.unread === 2");
  await page.evaluate(`client.markRead("${id}")`);
  assert.equal((await service.request("GET", `/beta/me/notifications/${id}`, { as })).json.readState, "read");
  await page.evaluate("client.markAllRead()");
  await page.waitForFunction("client.unread === 0");

  for (const stream of proxy.streams) stream.destroy();
  await page.waitForFunction("readies.length === 2");
  assert.deepEqual(await page.evaluate("readies[1].resumed"), true);
  assert.equal(proxy.begun, 2);
  await post("Later");
  await page.waitForFunction("titles() === 'Later,After,Before'");
  await page.evaluate("client.close({ forget: true })");
});
