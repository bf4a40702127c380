import assert from "node:assert/strict";
import { test } from "node:test";
import { streamOf } from "./address.ts";
import { addressName, feedName } from "./names.ts";

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
