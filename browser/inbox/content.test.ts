import assert from "node:assert/strict";
import { test } from "node:test";
import type { FeedNotification } from "../generated/types.ts";
import { contentOf, isItem } from "./content.ts";

const of = (item: unknown) => contentOf(item as FeedNotification);

test("a whole notification is shown as it is", () => {
  const item = {
    payload: { visualContent: { title: "Lunch", body: "Room 4" }, rawContent: "x" },
    priority: "High",
    groupName: "Calendar",
    createdDateTime: "2026-11-22T12:00:00Z",
    readState: "unread",
    userActionState: "noInteraction",
  };
  assert.deepEqual(of(item), {
    title: "Lunch",
    body: "Room 4",
    raw: false,
    priority: "High",
    group: "Calendar",
    created: Date.parse("2026-11-22T12:00:00Z"),
    dismissed: false,
    unread: true,
  });
  assert.equal(of({ ...item, userActionState: "dismissed" }).unread, false);
  assert.equal(of({ payload: { rawContent: "x".repeat(1000) } }).body.length, 500);
});

test("what is missing, of another kind or of a newer service is left out", () => {
  const nothing = {
    title: "",
    body: "",
    raw: true,
    priority: "None",
    group: "",
    created: NaN,
    dismissed: false,
    unread: false,
  };
  assert.deepEqual(of({ id: "a" }), nothing);
  assert.deepEqual(of({ id: "a", payload: null, priority: null, groupName: null, createdDateTime: null }), nothing);
  const odd = { priority: "Urgent", groupName: 5, createdDateTime: "yesterday", readState: "seen", more: {} };
  assert.deepEqual(of({ ...odd, payload: { visualContent: { title: { en: "Lunch" }, body: ["a"] } } }), {
    ...nothing,
    raw: false,
  });
});

test("without an id there is nothing to act on", () => {
  for (const item of [null, undefined, "a", {}, { id: 5 }, { id: "" }]) assert.equal(isItem(item), false);
  assert.equal(isItem({ id: "a" }), true);
});
