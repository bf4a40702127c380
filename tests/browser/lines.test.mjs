// The lines of the console's devices: lost and back, shared by two tabs, ended with their token.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { example, startService, userToken } from "../blackbox/harness.mjs";
import { launch } from "./chromium.mjs";
import { Console, PLATFORMS } from "./console.mjs";

const service = await startService();
const browser = await launch();
const megan = "megan@contoso.com";

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

let posted = 0;

/**
 * Posts for all platforms.
 * @param {string} [as]
 * @returns {Promise<string>} the title, another one each time
 */
async function post(as = megan) {
  const title = `Number ${++posted}`;
  const notification = { appNotificationId: title, payload: { visualContent: { title } }, targetPolicy: undefined };
  const { status, text } = await service.post(example(notification), { as });
  assert.equal(status, 201, text);
  return title;
}

test("offline and back: what was done meanwhile happens, what was missed comes, and nothing twice", async () => {
  const as = "offline@contoso.com";
  const [lunch, build] = [await post(as), await post(as)];
  const console = await Console.open(browser, service.url, as);
  const other = await Console.open(browser, service.url, as);
  for (const device of console.devices) await device.sees(build);

  // The reason stands there until the first try to come back has failed: it is watched for from the start.
  await Promise.all([
    console.device("windows").says(/^Connection lost, back in \d+ s: offline$/),
    console.setOffline(true),
  ]);
  await console.all("waiting");
  await other.device("ios").button("Dismiss", lunch).click();
  for (const device of other.devices) await device.noLongerSees(lunch);
  const missed = await post(as);
  await other.device("ios").sees(missed);
  assert.equal(await console.device("windows").items.count(), 2, "it can't know yet");
  await console.device("windows").button("Dismiss", build).click();
  await console.device("windows").noLongerSees(build);
  await console.device("windows").says(`Dismissed as soon as the connection is back: ${build}`);
  assert.equal(await other.device("windows").items.count(), 2, "nor can the others");

  await console.setOffline(false);
  for (const { devices } of [console, other]) {
    for (const device of devices) {
      await device.sees(missed);
      await device.noLongerSees(lunch);
      await device.noLongerSees(build);
      assert.equal(await device.items.count(), 1);
    }
  }
  await console.all("live");
  const frames = console.frames("android");
  assert.equal(frames.find(({ type }) => type === "ready").resumed, true);
  assert.equal(frames.filter(({ type }) => type === "notification").length, 1, "by its cursor, not from the beginning");
  await console.hasUnread(1);
});

test("a service that was away is found again, and has what was sent", async () => {
  const console = await Console.open(browser, service.url);
  const before = await post();
  for (const device of console.devices) await device.sees(before);
  await service.stop();
  await console.all("waiting");
  await service.start();
  const missed = await post();
  for (const device of console.devices) {
    // Its turn may come late; or it has come already, and this does nothing.
    await device.hurry();
    await device.sees(missed);
    await device.is("live");
    await device.says(/^Resumed, /);
    assert.equal(await device.item(missed).count(), 1);
  }
});

test("a reload shows at once what was there, and goes on from the cursor", async () => {
  const console = await Console.open(browser, service.url);
  const before = await post();
  for (const device of console.devices) await device.sees(before);
  const count = await console.device("ios").items.count();

  // A line that is silent, until the test says so.
  /** @type {import("playwright-core").WebSocketRoute[]} */
  const silent = [];
  let speaking = false;
  await console.page.routeWebSocket(/\/stream\?/, (socket) => {
    if (speaking) socket.connectToServer();
    else silent.push(socket);
  });
  await console.page.reload();
  for (const device of console.devices) {
    await device.sees(before);
    await device.is("connecting");
    assert.equal(await device.items.count(), count);
  }
  const missed = await post();
  speaking = true;
  for (const socket of silent) void socket.close({ code: 1012 });
  for (const device of console.devices) {
    await device.says("Resumed, 1 change replayed");
    await device.sees(missed);
    assert.equal(await device.items.count(), count + 1);
  }
  assert.equal(
    await console.page.locator("#announcement").getByText("Arrived").count(),
    0,
    "what is replayed is no news",
  );
});

test("two tabs have one line for each platform; when the tab that has them goes, nothing is missed", async () => {
  const first = await Console.open(browser, service.url);
  const second = new Console(await first.page.context().newPage());
  await second.page.goto(service.url);
  await second.all("live");
  await first.hasLines(PLATFORMS);
  assert.deepEqual(second.sockets, []);
  await second.device("windows").says("Through another tab");

  const titles = [await post()];
  for (const { devices } of [first, second]) for (const device of devices) await device.sees(titles[0]);
  await second.device("webpush").button("Mark read", titles[0]).click();
  await first.page.locator(".items > li[data-read=read]").nth(3).waitFor();

  titles.push(await post());
  await first.page.close();
  titles.push(await post());
  await second.all("live");
  titles.push(await post());
  for (const device of second.devices) {
    for (const title of titles) {
      await device.sees(title);
      assert.equal(await device.item(title).count(), 1);
    }
  }
  await second.hasLines(PLATFORMS);
  for (const platform of PLATFORMS) {
    assert.ok(
      second.frames(platform).some(({ resumed }) => resumed),
      `${platform} went on from its cursor`,
    );
  }
});

test("dropping a tab's connection leaves the other tab's open", async () => {
  const first = await Console.open(browser, service.url);
  const second = new Console(await first.page.context().newPage());
  await second.page.goto(service.url);
  await second.all("live");
  await first.device("ios").line("Drop").click();
  await first.device("ios").is("dropped");
  const title = await post();
  await second.device("ios").sees(title);
  assert.equal(await first.device("ios").item(title).count(), 0);
  await first.device("ios").line("Bring back").click();
  await first.device("ios").sees(title);
  await first.device("ios").is("live");
  await first.hasLines(PLATFORMS, second);
});

test("a token that ends takes the line with it, and a fresh one brings it back", async () => {
  const page = await (await browser.newContext()).newPage();
  const console = new Console(page);
  let fresh = false;
  await page.route("**/dev/token", async (route) => {
    if (fresh) return route.continue();
    // Good for so long, though the page is told otherwise; there is no other before the lines have ended.
    if (console.sockets.length > 0) return route.fulfill({ status: 503 });
    const exp = Math.floor(Date.now() / 1000) + 4;
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    await route.fulfill({ json: { token: await userToken(megan, { exp }), expires } });
  });
  await page.goto(service.url);
  await console.all("live");
  const before = await post();
  for (const device of console.devices) await device.sees(before);
  await console.all("waiting");
  await console.hasLines([]);
  const missed = await post();
  fresh = true;
  for (const device of console.devices) {
    await device.sees(missed);
    await device.is("live");
    assert.equal(await device.item(before).count(), 1);
  }
});

test("a token that is refused is replaced once; access that was taken back ends it", async () => {
  const page = await (await browser.newContext()).newPage();
  const console = new Console(page);
  /** @type {number[]} what became of the lines */
  const tries = [];
  let revoked = true;
  let tokens = 0;
  page.on("request", (request) => (tokens += Number(request.url().endsWith("/dev/token"))));
  // Tokens of the same second are the same: the one that is refused is an older one.
  const issued = Math.floor(Date.now() / 1000) - 60;
  const older = await userToken(megan, { iat: issued, nbf: issued });
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  await page.route("**/dev/token", (route) => route.fulfill({ json: { token: older, expires } }), { times: 1 });
  await page.routeWebSocket(/\/stream\?/, (socket) => {
    if (!revoked) return void socket.connectToServer();
    const platform = PLATFORMS.findIndex((platform) => socket.url().includes(`platform=${platform}`));
    tries[platform] = (tries[platform] ?? 0) + 1;
    if (tries[platform] === 1) void socket.close({ code: 4401, reason: "InvalidAuthenticationToken" });
    else void socket.close({ code: 4403, reason: "NotAuthorizedForUser" });
  });
  await page.goto(service.url);
  await console.all("stopped");
  for (const device of console.devices) await device.says("Stopped: NotAuthorizedForUser");
  assert.deepEqual(tries, [2, 2, 2, 2]);
  assert.ok(tokens >= 2 && tokens <= 5, `${tokens} tokens`);
  revoked = false;
  for (const device of console.devices) await device.line("Connect now").click();
  await console.all("live");
});

test("where tokens aren't handed out one can be pasted", async () => {
  const page = await (await browser.newContext()).newPage();
  const console = new Console(page);
  await page.route("**/dev/token", (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto(service.url);
  await page.getByText("This isn't a development server").waitFor();
  await console.all("stopped");
  await console.device("ios").says("Stopped: nobody is signed in");
  const title = await post();
  await page.getByLabel("Access token").fill(await userToken(megan));
  await page.getByRole("button", { name: "Use" }).click();
  await console.all("live");
  await console.device("ios").sees(title);
});
