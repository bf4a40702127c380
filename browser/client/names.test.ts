import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { streamOf } from "./address.ts";
import { addressName, digest, feedName } from "./names.ts";

test("a feed has the same name whether or not this browser is pushed to", () => {
  const of = (endpoint?: string) =>
    streamOf({
      url: "https://notify.example.com",
      platform: "webpush",
      token: async () => null,
      targetHostName: "app.example.com",
      ...(endpoint && { endpoint }),
    });
  const [without, one, other] = [of(), of("0b0b"), of("0c0c")];
  assert.notEqual(without.href, one.href);
  for (const name of [(stream: URL) => feedName(stream, "megan"), addressName])
    assert.deepEqual([name(one), name(other)], [name(without), name(without)]);
  assert.notEqual(feedName(without, "megan"), feedName(without, "alex"));
});

test("a digest is half of SHA-256, for texts of any length", () => {
  for (const text of Array.from({ length: 200 }, (_, length) => "é".repeat(length % 3) + "a".repeat(length)))
    assert.equal(digest(text), createHash("sha256").update(text).digest("hex").slice(0, 32));
});
