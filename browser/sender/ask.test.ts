import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { NotificationRequest } from "../generated/types.ts";
import { init } from "../validator/node.ts";
import { ask, type AskOptions, changes, read, retract, SendError, wait } from "./node.ts";

await init(readFile(new URL("../glue/notifeed_bg.wasm", import.meta.url)));

/** A double of the sender's half of the service, in memory: the contract's statuses, tags and tokens, no clock. */
class Service {
  items: any[] = [];
  requests: string[] = [];
  seq = 0;
  /** An event before the request of that number is answered. */
  before: Record<number, () => void> = {};
  /** Whether `Prefer: wait` counts: then a call that waits is answered once something has happened. */
  waits = true;
  /** The events that calls wait for, one each. */
  happens: (() => void)[] = [];

  readonly fetch = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const path = pathname.replace("/beta/me/notifications", "");
    this.requests.push(`${request.method} ${path}${search}`);
    this.before[this.requests.length]?.();
    if (request.method === "POST") return this.#post(await request.json(), request.headers.get("If-None-Match"));
    if (path === "/delta") return this.#delta(new URL(request.url).searchParams, request);
    const item = this.items.find(({ id }) => path === `/${id}`);
    if (!item) return problem(404, "ItemNotFound");
    if (request.method === "DELETE") {
      if (item.answer && request.headers.get("If-Match") !== "*") return problem(409, "AlreadyAnswered");
      if (!item.ended) this.end(item.id, "retracted");
      return new Response(null, { status: 204 });
    }
    const known = request.headers.get("If-None-Match");
    if (known === item.etag && this.waits && request.headers.has("Prefer")) this.happens.shift()?.();
    if (known === item.etag) return new Response(null, { status: 304, headers: { ETag: item.etag } });
    const { etag, seq, appNotificationId, ...seen } = item;
    return Response.json(seen, { headers: { ETag: etag } });
  };

  #post(body: any, condition: string | null) {
    const taken = this.items.find((item) => item.appNotificationId === body.appNotificationId && !item.ended);
    if (taken && condition === "*") return Response.json(taken, { status: 200 });
    const item = {
      id: `item-${this.items.length + 1}`,
      appNotificationId: body.appNotificationId,
      payload: body.payload,
      readState: "unread",
      userActionState: "noInteraction",
      answer: null,
    };
    this.items.push(item);
    this.#changed(item);
    return Response.json(item, { status: 201 });
  }

  #delta(query: URLSearchParams, request: Request) {
    const since = Number(query.get("$skiptoken") ?? query.get("$deltatoken") ?? 0);
    if (request.headers.has("Prefer") && this.seq <= since) this.happens.shift()?.();
    const all = this.items.filter(({ seq }) => seq > since).sort((one, other) => one.seq - other.seq);
    // Pages of one, so that each test sees several.
    const value = all.slice(0, 1).map(({ etag, seq, ended, payload, ...item }) => ({
      ...item,
      ...(ended ? { "@removed": { reason: "deleted" }, ended } : { payload, "@odata.etag": etag }),
    }));
    const link = (name: string, at: number) => `https://notify.example.com/beta/me/notifications/delta?${name}=${at}`;
    return Response.json(
      all.length > 1
        ? { value, "@odata.nextLink": link("$skiptoken", all[0].seq) }
        : { value, "@odata.deltaLink": link("$deltatoken", this.seq) },
    );
  }

  #changed(item: any) {
    item.seq = ++this.seq;
    item.etag = `"1.${this.seq}"`;
  }

  answer(id: string, actionId = "approve") {
    const item = this.items.find((item) => item.id === id);
    Object.assign(item, { answer: { actionId, answeredDateTime: "2026-11-26T21:00:00Z" }, readState: "read" });
    this.#changed(item);
  }

  end(id: string, ended: string) {
    const item = this.items.find((item) => item.id === id);
    item.ended = ended;
    delete item.payload;
    this.#changed(item);
  }
}

function problem(status: number, code: string) {
  return Response.json({ error: { code, message: "No.", details: [] } }, { status });
}

const question: NotificationRequest = {
  targetHostName: "notify.example.com",
  payload: { visualContent: { title: "Deploy?", actions: [{ id: "approve", title: "Approve" }] } },
} as NotificationRequest;

const optionsOf = (service: Service, more: Partial<AskOptions> = {}): AskOptions => ({
  url: "https://notify.example.com",
  token: "t",
  unsId: "1.k.x",
  fetch: service.fetch,
  ...more,
});

test("a person is asked, and the answer comes back", async () => {
  const service = new Service();
  service.happens = [() => {}, () => service.answer("item-1")];
  const outcome = await ask(question, optionsOf(service));
  assert.equal(outcome.reason, null);
  assert.equal(outcome.answer.actionId, "approve");
  assert.equal(outcome.id, "item-1");
  assert.match(outcome.appNotificationId, /^[0-9a-f-]{36}$/);
});

test("where it ends without an answer, the reason is told", async () => {
  for (const end of ["expired", "deleted", "retracted"] as const) {
    const service = new Service();
    service.happens = [() => service.end("item-1", end)];
    const outcome = await ask(question, optionsOf(service));
    assert.deepEqual([outcome.answer, outcome.reason], [null, end]);
  }
});

test("a process that begins anew asks nobody twice", async () => {
  const asked = { ...question, appNotificationId: "deploy-7" };
  const service = new Service();
  const stopped = new AbortController();
  service.happens = [() => stopped.abort(new Error("killed"))];
  await assert.rejects(ask(asked, optionsOf(service, { signal: stopped.signal })), /killed/);
  // Answered while nobody waits, asked again while it is on the feed, and after its end.
  service.answer("item-1");
  assert.equal((await ask(asked, optionsOf(service))).answer?.actionId, "approve");
  service.end("item-1", "expired");
  const after = await ask(asked, optionsOf(service));
  assert.deepEqual([after.answer?.actionId, after.id], ["approve", "item-1"]);
  assert.equal(service.items.length, 1);
  // Others of this app don't matter.
  assert.equal(service.requests.filter((request) => request === "POST ").length, 2);
});

test("when the time is over the question is retracted", async () => {
  const service = new Service();
  const outcome = await ask(question, optionsOf(service, { timeout: 0 }));
  assert.deepEqual([outcome.answer, outcome.reason], [null, "timeout"]);
  assert.equal(service.items[0].ended, "retracted");
});

test("an answer at the last moment counts, and nothing is retracted", async () => {
  const service = new Service();
  // 1: the post, 2: what it is, 3: retracted.
  service.before[3] = () => service.answer("item-1");
  const outcome = await ask(question, optionsOf(service, { timeout: 0 }));
  assert.equal(outcome.answer?.actionId, "approve");
  assert.equal(service.items[0].ended, undefined);
});

test("a wait with `etag` ends at any state that differs from the known one", async () => {
  const service = new Service();
  await service.fetch(
    new Request("https://notify.example.com/beta/me/notifications", { method: "POST", body: JSON.stringify(question) }),
  );
  const options = optionsOf(service);
  const { item, etag } = await read("item-1", options);
  assert.equal(item.payload?.visualContent?.title, "Deploy?");
  service.happens = [() => service.end("item-1", "deleted")];
  assert.equal((await wait("item-1", { ...options, etag }))?.item.ended, "deleted");
  assert.equal(await wait("item-1", { ...options, etag: `"1.2"`, timeout: 0 }), null);
});

test("a service that doesn't support waiting is asked with pauses", async () => {
  const service = new Service();
  service.waits = false;
  // 1: the post, 2: what it is, 3: nothing new, at once.
  service.before[4] = () => service.answer("item-1");
  const began = performance.now();
  const outcome = await ask(question, optionsOf(service));
  assert.deepEqual([outcome.answer?.actionId, service.requests.length], ["approve", 4]);
  assert.ok(performance.now() - began >= 1990);
});

test("all that changed, page by page, and from there on", async () => {
  const service = new Service();
  const options = optionsOf(service);
  for (const appNotificationId of ["a", "b", "c"]) {
    const body = JSON.stringify({ ...question, appNotificationId });
    await service.fetch(new Request("https://notify.example.com/beta/me/notifications", { method: "POST", body }));
  }
  service.answer("item-1");
  service.end("item-1", "expired");
  const first = await changes(options);
  assert.deepEqual(
    first.items.map((item) => [item.appNotificationId, item["@removed"] ? item.ended : item.readState]),
    [
      ["b", "unread"],
      ["c", "unread"],
      ["a", "expired"],
    ],
  );
  assert.deepEqual((await changes({ ...options, since: first.since })).items, []);
  service.happens = [() => service.answer("item-2")];
  const next = await changes({ ...options, since: first.since, wait: 5 });
  assert.deepEqual(
    next.items.map(({ id, answer }) => [id, answer?.actionId]),
    [["item-2", "approve"]],
  );
});

test("an answered notification is retracted only with `answered: true`", async () => {
  const service = new Service();
  const options = optionsOf(service);
  const body = JSON.stringify(question);
  await service.fetch(new Request("https://notify.example.com/beta/me/notifications", { method: "POST", body }));
  service.answer("item-1");
  const error = await retract("item-1", options).catch((error) => error);
  assert.ok(error instanceof SendError);
  assert.deepEqual([error.status, error.code, error.appNotificationId], [409, "AlreadyAnswered", null]);
  await retract("item-1", { ...options, answered: true });
  assert.equal(service.items[0].ended, "retracted");
  const none = await read("item-9", options).catch((error) => error);
  assert.deepEqual([none.status, none.code], [404, "ItemNotFound"]);
});
