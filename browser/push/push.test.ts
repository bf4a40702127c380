import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveClient } from "../client/api.ts";
import type { PushOptions } from "./api.ts";
import { Browser } from "./browser.ts";
import { pushOf } from "./push.ts";
import { follow } from "./shown.ts";
import type { Surroundings } from "./surroundings.ts";

async function started(browser: Browser, options: Partial<PushOptions> = {}, around: Partial<Surroundings> = {}) {
  const push = pushOf({ ...browser.options, ...options }, { ...browser.surroundings, ...around });
  await push.sync().catch(() => {});
  browser.paths();
  return push;
}

test("a person turns it on, and the app's server gets the id", async () => {
  const browser = new Browser();
  browser.permission = "default";
  const told: unknown[] = [];
  const push = await started(browser, { onSubscribed: (subscribed) => told.push(subscribed) });
  assert.equal(push.state, "prompt");
  browser.permission = "granted";
  // Nothing is awaited before the browser is asked: it asks a person only in the midst of their act.
  const enabled = push.enable();
  assert.equal(browser.made.length, 1);
  const subscribed = await enabled;
  assert.deepEqual(subscribed, { id: "subscription of megan", userNotificationSubscriptionId: "uns of megan" });
  assert.deepEqual([push.state, push.subscription, told], ["on", subscribed, [subscribed]]);
  assert.deepEqual(browser.asked[0]!.body!["pushSubscription"], {
    endpoint: "https://push.example.com/1",
    keys: { p256dh: "p", auth: "a" },
  });
  assert.equal((await browser.owner())?.feed, "feed of megan");
});

test("if push isn't available, the state says why", async () => {
  const browser = new Browser();
  assert.equal((await started(browser, {}, { isSecureContext: false })).state, "insecure");
  assert.equal((await started(browser, {}, { PushManager: undefined })).state, "unsupported");
  const navigator = { ...browser.surroundings.navigator, standalone: false };
  assert.equal((await started(browser, {}, { navigator, PushManager: undefined })).state, "needs-install");
  browser.answer = () => new Response(null, { status: 404 });
  assert.equal((await started(browser)).state, "unavailable");
  browser.answer = undefined;
  browser.permission = "denied";
  const push = await started(browser);
  assert.equal(push.state, "denied");
  browser.refuses = "denied";
  await assert.rejects(push.enable(), { name: "PushError", code: "denied" });
});

test("a person who closes the question may be asked again", async () => {
  const browser = new Browser();
  browser.permission = "default";
  const push = await started(browser);
  browser.refuses = "dismissed";
  await assert.rejects(push.enable(), { code: "prompt" });
  assert.equal(push.state, "prompt");
});

test("it stays on over visits, and tells the service only what is new", async () => {
  const browser = new Browser();
  await (await started(browser)).enable();
  const next = pushOf(browser.options, browser.surroundings);
  assert.equal(await next.sync(), "on");
  assert.ok(!browser.paths().slice(1).includes("POST subscriptions"));
  assert.deepEqual(browser.told.at(-1), { notifeed: "send" });
  // Half of its life is over.
  browser.now += 600;
  await next.sync();
  assert.deepEqual(browser.paths().at(-1), "POST subscriptions");
  // The browser lost its subscription, or has made another.
  browser.subscription = null;
  await next.sync();
  assert.deepEqual([browser.paths().at(-1), browser.made.length], ["POST subscriptions", 2]);
});

test("the service is told anew each day: it may believe that the browser has gone", async () => {
  const browser = new Browser();
  browser.answer = ({ path }) =>
    path === "subscriptions"
      ? Response.json({
          id: "s",
          feed: "f",
          expirationDateTime: new Date(browser.now + 180 * 86_400_000).toISOString(),
        })
      : undefined;
  const push = await started(browser);
  await push.enable();
  browser.paths();
  for (const [hours, tells] of [
    [23, false],
    [2, true],
    [1, false],
    [24, true],
  ] as const) {
    browser.now += hours * 3_600_000;
    await push.sync();
    assert.equal(browser.paths().includes("POST subscriptions"), tells, `${hours} hours later`);
  }
});

test("a live client is told the subscription, at each change and no more often", async () => {
  const browser = new Browser();
  const told: (string | null)[] = [];
  const client = { on: () => () => {}, setEndpoint: (id: string | null) => told.push(id) } as unknown as LiveClient;
  const push = pushOf(browser.options, browser.surroundings);
  const leave = follow(client, browser.registration, push);
  assert.deepEqual(told, [], "nobody knows yet");
  await push.sync();
  assert.deepEqual(told, [null]);
  await push.enable();
  await push.sync();
  assert.deepEqual(told, [null, "subscription of megan"]);
  // The service has made another one, while the state is the same.
  browser.now += 600;
  browser.answer = ({ path }) =>
    path === "subscriptions"
      ? Response.json({ id: "another", feed: "feed of megan", expirationDateTime: new Date(browser.now).toISOString() })
      : undefined;
  await push.sync();
  assert.deepEqual([push.state, told.at(-1), told.length], ["on", "another", 3]);
  await push.disable();
  assert.deepEqual(told.slice(3), [null]);
  leave();
  browser.answer = undefined;
  await push.sync();
  await push.enable();
  assert.equal(told.length, 4);
});

test("a live client takes away what was dealt with, and nothing of the user who is pushed to by now", async () => {
  const browser = new Browser();
  const listeners = new Map<string, (event: unknown) => void>();
  const item = (id: string, readState: string) => ({ id, readState, userActionState: "noInteraction" });
  const client = {
    on: (type: string, listener: (event: unknown) => void) => void listeners.set(type, listener),
    setEndpoint: () => {},
    items: [item("read", "read"), item("unread", "unread")],
    more: false,
    unread: 1,
  } as unknown as LiveClient;
  const push = await started(browser);
  await push.enable();
  follow(client, browser.registration, push);
  const show = (id: string, owner: string) =>
    browser.registration.showNotification(id, { tag: id, data: { notifeed: { id, owner } } });
  for (const id of ["read", "unread", "deleted"]) await show(id, "feed of megan");
  await show("another's", "feed of alex");
  await browser.registration.showNotification("other code's", { tag: "other code's" });
  const titles = async () => {
    await new Promise(setImmediate);
    return browser.shown.map(({ title }) => title);
  };
  listeners.get("ready")!({});
  assert.deepEqual(await titles(), ["unread", "another's", "other code's"]);
  listeners.get("removed")!({ notification: item("unread", "unread") });
  assert.deepEqual(await titles(), ["another's", "other code's"]);
});

test("a new key of the service makes a new subscription, without a person", async () => {
  const browser = new Browser();
  const push = await started(browser);
  await push.enable();
  browser.key = "second-key";
  assert.equal(await push.sync(), "on");
  assert.deepEqual([browser.ended, browser.made.length], [["https://push.example.com/1"], 2]);
  assert.equal((await browser.owner())?.endpoint, "https://push.example.com/2");
  // The browser wants a person for it: then they are needed.
  browser.key = "third-key";
  browser.refuses = "no gesture";
  assert.equal(await push.sync(), "needs-gesture");
  browser.refuses = undefined;
  await push.enable();
  assert.equal(push.state, "on");
});

test("a sign-out ends it without a network, and takes away what is shown", async () => {
  const browser = new Browser();
  const push = await started(browser);
  await push.enable();
  await browser.registration.showNotification("secret", { tag: "1", data: { notifeed: { id: "1" } } });
  browser.isOnline = false;
  await push.disable();
  assert.deepEqual([push.state, browser.subscription, browser.shown, browser.badge], ["off", null, [], 0]);
  assert.equal(await browser.owner(), undefined);
});

test("a sign-out waits for no network, and undoes what was under way", async () => {
  const browser = new Browser();
  await (await started(browser)).enable();
  browser.now += 600;
  let isAsked = false;
  let goOn = () => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const hanging: typeof fetch = async (...asked) => {
    isAsked = true;
    await held;
    return browser.fetch(...asked);
  };
  const push = pushOf(browser.options, { ...browser.surroundings, fetch: hanging });
  while (!isAsked) await new Promise(setImmediate);
  await browser.registration.showNotification("Hello", { tag: "n", data: { notifeed: { id: "n" } } });
  const ended = push.disable();
  while (browser.subscription || (await browser.owner())) await new Promise(setImmediate);
  assert.deepEqual([browser.shown, browser.badge], [[], 0]);
  goOn();
  await ended;
  assert.deepEqual([push.state, browser.subscription, await browser.owner()], ["off", null, undefined]);
  assert.equal(browser.paths().at(-1), "DELETE subscriptions/subscription of megan?targetHostName=app.example.com");
});

test("turning it off tells the service", async () => {
  const browser = new Browser();
  const push = await started(browser);
  await push.enable();
  browser.paths();
  await push.disable();
  assert.deepEqual(browser.paths(), ["DELETE subscriptions/subscription of megan?targetHostName=app.example.com"]);
});

test("push that is turned off while `enable` is pending stays off", async () => {
  const browser = new Browser();
  const push = await started(browser);
  const enabled = push.enable();
  const disabled = push.disable();
  await assert.rejects(enabled, { code: "off" });
  await disabled;
  assert.equal(browser.subscription, null);
  assert.ok(!browser.paths().includes("POST subscriptions"));
});

test("the pushes of another user end before that user has any", async () => {
  const browser = new Browser();
  await (await started(browser)).enable();
  browser.user = "alex";
  browser.isOnline = false;
  const push = await started(browser);
  assert.equal(browser.subscription, null);
  assert.equal(await browser.owner(), undefined);
  browser.isOnline = true;
  assert.equal(await push.sync(), "off");
  await push.enable();
  assert.equal((await browser.owner())?.feed, "feed of alex");
  assert.notEqual(browser.made[0], browser.subscription!.endpoint);
});

test("a tab that is behind doesn't take another user's pushes over", async () => {
  const browser = new Browser();
  const behind = await started(browser);
  await behind.enable();
  browser.user = "alex";
  const push = await started(browser);
  await push.enable();
  const endpoint = browser.subscription!.endpoint;
  browser.paths();
  await assert.rejects(behind.enable(), { code: "off" });
  assert.ok(!browser.paths().includes("POST subscriptions"));
  assert.ok(browser.ended.includes(endpoint));
  assert.equal((await browser.owner())?.feed, "feed of alex");
});

test("nobody signed in: nothing is pushed", async () => {
  const browser = new Browser();
  const push = await started(browser);
  await push.enable();
  browser.user = null;
  assert.equal(await push.sync(), "off");
  assert.deepEqual([browser.subscription, await browser.owner()], [null, undefined]);
});

test("permission that was taken back ends it", async () => {
  const browser = new Browser();
  const push = await started(browser);
  await push.enable();
  browser.permission = "denied";
  assert.equal(await push.sync(), "denied");
  assert.equal(await browser.owner(), undefined);
});

test("a subscription of other code is left alone, unless it is to be taken over", async () => {
  const browser = new Browser();
  const theirs = await browser.pushManager.subscribe({ applicationServerKey: "theirs" });
  const push = await started(browser);
  assert.equal(push.state, "foreign");
  await assert.rejects(push.enable(), { code: "foreign" });
  assert.equal(browser.subscription, theirs);
  await push.disable();
  assert.equal(browser.subscription, theirs);
  const taking = await started(browser, { takeOver: true });
  await taking.enable();
  assert.deepEqual([taking.state, browser.ended], ["on", [theirs.endpoint]]);
});

test("what the service wasn't told at once it is told at the next start", async () => {
  const browser = new Browser();
  const push = await started(browser);
  browser.isOnline = false;
  await assert.rejects(push.enable(), { code: "unreached" });
  assert.equal((await browser.owner())?.feed, null);
  browser.isOnline = true;
  assert.equal(await push.sync(), "on");
  assert.equal((await browser.owner())?.feed, "feed of megan");
});

test("offline it is on, as it was", async () => {
  const browser = new Browser();
  await (await started(browser)).enable();
  browser.isOnline = false;
  const push = await started(browser);
  assert.equal(push.state, "on");
  await assert.rejects(push.enable(), { code: "not-ready" });
});

test("a token that was refused is asked for once more", async () => {
  const browser = new Browser();
  const fresh: boolean[] = [];
  const token = async (asked: { fresh: boolean }) => (fresh.push(asked.fresh), browser.options.token(asked));
  browser.answer = () => (fresh.at(-1) ? undefined : new Response(null, { status: 401 }));
  const push = await started(browser, { token });
  assert.equal(push.state, "off");
  assert.ok(fresh.includes(true));
});

test("a token that doesn't say whose it is needs the app's word", async () => {
  const browser = new Browser();
  const token = async () => "opaque";
  await assert.rejects(pushOf({ ...browser.options, token }, browser.surroundings).sync(), { code: "refused" });
  assert.equal(await pushOf({ ...browser.options, token, user: "megan" }, browser.surroundings).sync(), "off");
});
