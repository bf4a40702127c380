import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { requests, verdicts } from "../generated/samples.ts";
import type { NotificationRequest, Verdict } from "../generated/types.ts";
import { init, initSync, isValid, normalize, NotInitializedError, validate, type Body } from "./node.ts";

/** The clock of the contract's example: `2019-10-21T22:05:36.25Z`. */
const now = 1571695536250;
const options = { now };
const request: NotificationRequest = { targetHostName: "app.example.com", payload: { rawContent: "x" } };
const wasm = readFile(new URL("../glue/notifeed_bg.wasm", import.meta.url));

/** The violations of a body: codes and paths; nothing when it is a notification. */
function wrong(verdict: Verdict): string[] {
  return verdict.ok ? [] : verdict.violations.map(({ code, path }) => `${code} ${path}`.trim());
}

test("before it is loaded it says so, whatever is asked", async () => {
  for (const ask of [validate, isValid, normalize])
    for (const body of ["{}", request, 5 as unknown as Body])
      assert.throws(
        () => ask(body),
        (error) => error instanceof NotInitializedError && error.name === "NotInitializedError",
      );
  await assert.rejects(init(new Uint8Array([1, 2, 3])), WebAssembly.CompileError);
  await Promise.all([init(wasm), init(wasm)]);
  initSync(new Uint8Array());
  assert.equal(isValid(request), true);
});

test("an object is judged as the text that is sent of it", () => {
  for (const sample of requests) assert.deepEqual(validate(sample, options), validate(JSON.stringify(sample), options));
  assert.equal(normalize(request, options), normalize(JSON.stringify(request), options));

  const host = "app.example.com";
  const odd: Record<string, [body: object, wrong: string[]]> = {
    "an instant": [{ ...request, expirationDateTime: new Date(now + 60_000) }, []],
    "an instant that has passed": [
      { ...request, expirationDateTime: new Date(now) },
      ["ExpirationInPast expirationDateTime"],
    ],
    "what says itself what it is": [{ toJSON: () => request }, []],
    "a class": [
      new (class {
        targetHostName = host;
        payload = { rawContent: "x" };
      })(),
      [],
    ],
    "no prototype": [Object.assign(Object.create(null), request), []],
    undefined: [{ ...request, groupName: undefined }, []],
    "not a number": [{ ...request, displayTimeToLive: NaN }, []],
    "a function": [{ ...request, groupName: () => "x" }, []],
    "a map": [{ ...request, payload: new Map([["rawContent", "x"]]) }, ["NoContent payload"]],
    "half a surrogate pair": [{ ...request, groupName: "\ud83d" }, ["LoneSurrogate groupName"]],
    "too much": [{ ...request, payload: { rawContent: "x".repeat(65_536) } }, ["BodyTooLarge"]],
    "an array": [[request], ["MultipleNotifications"]],
    "an instant alone": [new Date(now), ["NotAnObject"]],
  };
  for (const [name, [body, expected]] of Object.entries(odd)) {
    assert.deepEqual(wrong(validate(body, options)), expected, name);
    assert.equal(isValid(body, options), expected.length === 0, name);
  }
  assert.deepEqual(wrong(validate(null as unknown as Body)), ["NotAnObject"]);
});

test("bytes are judged as text, wherever they are kept", () => {
  const bytes = new TextEncoder().encode(` ${JSON.stringify(request)} `);
  const inside = new Uint8Array([0, ...bytes, 0]).buffer;
  for (const body of [
    bytes,
    Buffer.from(bytes),
    bytes.buffer,
    new DataView(inside, 1, bytes.length),
    new Int8Array(inside, 1, bytes.length),
    runInNewContext("Uint8Array.from(bytes)", { bytes }),
    runInNewContext("Uint8Array.from(bytes).buffer", { bytes }),
  ])
    assert.deepEqual(validate(body, options), validate(request, options));
});

test("what can't be sent throws", () => {
  const cyclic: Record<string, unknown> = { ...request };
  cyclic["itself"] = cyclic;
  for (const body of [
    cyclic,
    { ...request, displayTimeToLive: 60n },
    { toJSON() {} },
    5,
    true,
    undefined,
    () => request,
  ])
    for (const ask of [validate, isValid, normalize]) assert.throws(() => ask(body as Body), TypeError);
  const mine = new Error("mine");
  const throwing = {
    get targetHostName(): never {
      throw mine;
    },
  };
  assert.throws(() => validate(throwing), mine);
  // Nothing of it is left behind.
  assert.equal(isValid(request, options), true);
});

test("an option out of its range throws", () => {
  for (const wrong of [{ now: NaN }, { policy: { retentionSeconds: 0 } }, { policy: { throttleStatus: 503 as 406 } }])
    assert.throws(() => validate(request, wrong), RangeError);
});

test("what normalize throws has the verdict in it", () => {
  assert.throws(() => normalize([], options), {
    name: "InvalidNotificationError",
    code: "MultipleNotificationsNotSupported",
  });
});

test("the samples' verdicts are its own", () => {
  const accepted = verdicts.flatMap((verdict) => (verdict.ok ? [verdict.notification] : []));
  assert.ok(accepted.length > 10);
  for (const notification of accepted)
    if (Date.parse(notification.expirationDateTime) > now)
      assert.deepEqual(
        JSON.parse(normalize(notification, { now, policy: { retentionSeconds: 2_592_000 } })),
        notification,
      );
});
