import assert from "node:assert/strict";
import { test } from "node:test";
import { Browser } from "../push/browser.ts";
import { change } from "../push/kept.ts";
import type { Opening } from "../push/opening.ts";
import { pushOf } from "../push/push.ts";
import { handle, type HandleOptions, type WorkerScope } from "./entry.ts";

const id = "0b0b0b0b-0000-4000-8000-000000000001";

/** A service worker of a browser whose user has turned pushes on. */
class Worker {
  readonly browser = new Browser();
  readonly #listeners = new Map<string, (event: unknown) => void>();
  windows: { url: string; focused: boolean; feed?: string; refuses?: boolean }[] = [];
  /** The windows that were led somewhere. */
  readonly led: string[] = [];

  async start(options?: HandleOptions): Promise<void> {
    const { browser } = this;
    const push = pushOf(browser.options, browser.surroundings);
    await push.sync();
    await push.enable();
    browser.asked.length = 0;
    const windows = () =>
      this.windows.map((window) => ({
        ...window,
        focus: async () => {
          if (window.refuses) throw new DOMException("", "InvalidAccessError");
          this.led.push(`focused ${window.url}`);
        },
        postMessage: ({ owner, id }: Opening, [port]: MessagePort[]) => {
          if (window.feed !== owner) return;
          this.led.push(`asked ${id}`);
          port!.postMessage(true);
        },
      }));
    const scope = {
      registration: browser.registration,
      clients: { matchAll: async () => windows(), openWindow: async (url: string) => this.led.push(`opened ${url}`) },
      navigator: { setAppBadge: async (count: number) => void (browser.badge = count) },
      indexedDB: browser.indexedDB,
      fetch: browser.fetch,
      addEventListener: (type: string, listener: (event: unknown) => void) => this.#listeners.set(type, listener),
    };
    handle(scope as unknown as WorkerScope, options);
  }

  /** Has an event handled to its end. @returns whether it was taken */
  async fire(type: string, event: object = {}): Promise<boolean> {
    const awaited: Promise<unknown>[] = [];
    this.#listeners.get(type)!({ ...event, waitUntil: (promise: Promise<unknown>) => awaited.push(promise) });
    await Promise.all(awaited);
    return awaited.length > 0;
  }

  push(json: unknown): Promise<boolean> {
    return this.fire("push", { data: { json: () => json } });
  }

  get receipts() {
    return this.browser.asked.filter(({ path }) => path === "receipts").map(({ body }) => body);
  }
}

async function started(options?: HandleOptions): Promise<Worker> {
  const worker = new Worker();
  await worker.start(options);
  return worker;
}

const message = (more: object = {}, notification: object = {}) => ({
  web_push: 8030,
  notification: {
    title: "Hello",
    body: "World",
    tag: id,
    timestamp: 5,
    navigate: `https://app.example.com/?n=${id}`,
    ...notification,
  },
  notifeed: { v: 1, id, revision: 1, owner: "feed of megan", priority: "High", receipt: "r1", ...more },
});

test("a push is shown, and the service is told that it came", async () => {
  const worker = await started();
  await worker.push(message({ unread: 3 }));
  const { title, options } = worker.browser.shown[0]!;
  assert.equal(title, "Hello");
  assert.deepEqual([options["body"], options["tag"], options["timestamp"]], ["World", id, 5]);
  assert.deepEqual(
    (options["actions"] as { title: string }[]).map(({ title }) => title),
    ["Mark read", "Dismiss"],
  );
  assert.deepEqual([worker.receipts, worker.browser.badge], [[{ receipt: "r1", received: true }], 3]);
});

test("whatever comes, exactly one notification is shown", async () => {
  const worker = await started();
  for (const json of [
    undefined,
    null,
    5,
    "text",
    {},
    { notifeed: {} },
    { notification: {}, notifeed: { id, owner: 5 } },
  ]) {
    worker.browser.shown = [];
    await worker.push(json);
    assert.deepEqual(
      worker.browser.shown.map(({ title, tag }) => [title, tag]),
      [["New notification", "notifeed"]],
      JSON.stringify(json),
    );
  }
  worker.browser.shown = [];
  await worker.fire("push", { data: null });
  assert.equal(worker.browser.shown.length, 1);
});

test("nothing of another user's is shown, nor is the service told", async () => {
  const worker = await started({ title: "Neuigkeit" });
  await worker.push(message({ owner: "feed of alex" }));
  await change(worker.browser.indexedDB, "owner", () => undefined);
  await worker.push(message());
  assert.deepEqual(
    worker.browser.shown.map(({ title, body }) => [title, body]),
    [["Neuigkeit", undefined]],
  );
  assert.deepEqual(worker.receipts, []);
});

test("a sign-out while a push is being shown leaves nothing of it", async () => {
  const worker = await started();
  const { browser } = worker;
  const show = browser.registration.showNotification.bind(browser.registration);
  let isFirst = true;
  browser.registration.showNotification = async (title, options) => {
    if (isFirst) await pushOf(browser.options, browser.surroundings).disable();
    isFirst = false;
    await show(title, options);
  };
  await worker.push(message({ unread: 3 }));
  assert.deepEqual(
    browser.shown.map(({ title }) => title),
    ["New notification"],
  );
  assert.deepEqual([worker.receipts, browser.badge], [[], 0]);
});

test("a newer revision sounds again, the same one doesn't", async () => {
  const worker = await started();
  const sounds: unknown[] = [];
  for (const revision of [1, 1, 2]) {
    await worker.push(message({ revision }));
    assert.equal(worker.browser.shown.length, 1);
    sounds.push(worker.browser.shown[0]!.options["renotify"]);
  }
  assert.deepEqual(sounds, [false, false, true]);
});

test("a notification that was read on another device is closed by the next push, and isn't reported as dismissed", async () => {
  const worker = await started();
  await worker.push(message());
  const [first] = worker.browser.shown;
  await worker.push(message({ id: "2", receipt: "r2", close: [id] }, { tag: "2" }));
  assert.deepEqual(
    worker.browser.shown.map(({ tag }) => tag),
    ["2"],
  );
  await worker.fire("notificationclose", { notification: first });
  assert.deepEqual(worker.receipts, [
    { receipt: "r1", received: true },
    { receipt: "r2", received: true },
  ]);
});

for (const [action, told, led] of [
  ["", { readState: "read", userActionState: "activated" }, [`opened https://app.example.com/?n=${id}`]],
  ["read", { readState: "read" }, []],
  ["dismiss", { readState: "read", userActionState: "dismissed" }, []],
] as const) {
  test(`a click on ${action || "the notification"}`, async () => {
    const worker = await started();
    await worker.push(message());
    const [notification] = worker.browser.shown;
    await worker.fire("notificationclick", { notification, action });
    await worker.fire("notificationclose", { notification });
    assert.deepEqual(worker.receipts.slice(1), [{ receipt: "r1", ...told }]);
    assert.deepEqual([worker.led, worker.browser.shown], [led, []]);
  });
}

test("what asks for an answer has no buttons, and its click leaves the answer to the page", async () => {
  const worker = await started();
  await worker.push(message({ actions: true }));
  const [notification] = worker.browser.shown;
  assert.deepEqual(notification!.options["actions"], []);
  await worker.fire("notificationclick", { notification, action: "" });
  assert.deepEqual(worker.receipts.at(-1), { receipt: "r1", readState: "read" });
});

test("a click leads to the window that shows the feed, the focused one first", async () => {
  const worker = await started();
  const feed = "feed of megan";
  worker.windows = [
    { url: "https://app.example.com/other", focused: false, feed: "feed of alex" },
    { url: "https://app.example.com/a", focused: false, feed },
    { url: "https://app.example.com/b", focused: true, feed },
  ];
  await worker.push(message());
  await worker.fire("notificationclick", { notification: worker.browser.shown[0], action: "" });
  assert.equal(worker.led.at(-1), "focused https://app.example.com/b");
  // A window that can't be focused isn't the last resort.
  worker.windows = [{ url: "https://app.example.com/a", focused: false, feed, refuses: true }];
  await worker.push(message());
  await worker.fire("notificationclick", { notification: worker.browser.shown[0], action: "" });
  assert.equal(worker.led.at(-1), `opened https://app.example.com/?n=${id}`);
});

test("without `navigate` a click opens the notification's link, else the worker's scope", async () => {
  const worker = await started();
  for (const link of ["https://app.example.com/orders/5", undefined]) {
    await worker.push(message({ link }, { navigate: undefined }));
    await worker.fire("notificationclick", { notification: worker.browser.shown[0], action: "" });
    assert.equal(worker.led.at(-1), `opened ${link ?? "https://app.example.com/"}`);
  }
});

test("a notification that is waved away is dismissed everywhere", async () => {
  const worker = await started();
  await worker.push(message());
  await worker.fire("notificationclose", { notification: worker.browser.shown[0] });
  assert.deepEqual(worker.receipts.at(-1), { receipt: "r1", readState: "read", userActionState: "dismissed" });
});

test("a receipt that can't be sent now is sent once at the next opportunity", async () => {
  const worker = await started();
  worker.browser.isOnline = false;
  await worker.push(message());
  await worker.fire("notificationclose", { notification: worker.browser.shown[0] });
  worker.browser.isOnline = true;
  worker.browser.answer = () => new Response(null, { status: 503 });
  await worker.fire("message", { data: { notifeed: "send" } });
  worker.browser.asked.length = 0;
  worker.browser.answer = undefined;
  await worker.fire("message", { data: { notifeed: "send" } });
  await worker.fire("message", { data: { notifeed: "send" } });
  const deed = { received: true, readState: "read", userActionState: "dismissed" };
  assert.deepEqual(worker.receipts, [{ receipt: "r1", ...deed }]);
});

test("a receipt that is refused isn't sent again", async () => {
  const worker = await started();
  worker.browser.answer = () => new Response(null, { status: 403 });
  await worker.push(message());
  await worker.fire("message", { data: { notifeed: "send" } });
  assert.equal(worker.receipts.length, 1);
});

test("beside other handlers it leaves alone what isn't the service's", async () => {
  const worker = await started({ shared: true });
  assert.equal(await worker.push({ title: "theirs" }), false);
  assert.equal(await worker.fire("notificationclick", { notification: { data: { theirs: 1 } }, action: "" }), false);
  assert.equal(await worker.fire("notificationclose", { notification: { data: null } }), false);
  assert.equal(await worker.fire("message", { data: "theirs" }), false);
  assert.equal(await worker.push(message()), true);
});

test("an app can change how a notification is shown; if its function throws, one without content is shown", async () => {
  const worker = await started({
    show: ({ notifeed }) => {
      if (notifeed.revision === 2) throw new Error("a mistake");
      return { title: "Mine", silent: true };
    },
  });
  await worker.push(message());
  assert.deepEqual([worker.browser.shown[0]!.title, worker.browser.shown[0]!.options["silent"]], ["Mine", true]);
  await worker.push(message({ revision: 2 }));
  assert.equal(worker.browser.shown.at(-1)!.title, "New notification");
});

test("a subscription that changes is told at the page's next start", async () => {
  const worker = await started();
  await worker.fire("pushsubscriptionchange");
  assert.equal((await worker.browser.owner())?.endpoint, null);
  const push = pushOf(worker.browser.options, worker.browser.surroundings);
  await push.sync();
  assert.ok(worker.browser.paths().includes("POST subscriptions"));
});
