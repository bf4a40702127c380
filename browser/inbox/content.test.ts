import assert from "node:assert/strict";
import { test } from "node:test";
import type { FeedNotification } from "../generated/types.ts";
import { contentOf, isItem } from "./content.ts";

/** Nothing that one can act on. */
const INERT = { link: "", icon: "", category: "", actions: [], answer: null };

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
    ...INERT,
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
    ...INERT,
  };
  assert.deepEqual(of({ id: "a" }), nothing);
  assert.deepEqual(of({ id: "a", payload: null, priority: null, groupName: null, createdDateTime: null }), nothing);
  const odd = { priority: "Urgent", groupName: 5, createdDateTime: "yesterday", readState: "seen", more: {} };
  assert.deepEqual(of({ ...odd, payload: { visualContent: { title: { en: "Lunch" }, body: ["a"] } } }), {
    ...nothing,
    raw: false,
  });
});

test("content that one can act on", () => {
  const approve = { id: "approve", title: "Approve", style: "primary" };
  const reject = { id: "reject", title: "Reject", input: { placeholder: "Why?" } };
  const visualContent = { title: "Deploy?", link: "https://ci.contoso.com/7", icon: "https://contoso.com/i.png" };
  const payload = { visualContent: { ...visualContent, category: "deploys", actions: [approve, reject] } };
  const { link, icon, category, actions, answer } = of({ payload });
  const { link: there, icon: picture } = visualContent;
  assert.deepEqual([link, icon, category, answer], [there, picture, "deploys", null]);
  assert.deepEqual(actions, [
    { ...approve, input: null },
    { ...reject, style: "default", input: { placeholder: "Why?", maxLength: 200 } },
  ]);
  const given = { actionId: "reject", text: "Too late", platform: "WebPush" };
  assert.deepEqual(of({ payload, answer: given }).answer, { title: "Reject", text: "Too late", platform: "Web" });
  assert.deepEqual(of({ answer: given }).answer?.title, "reject");
});

test("an address that isn't plain https, and actions that aren't any, are left out", () => {
  for (const address of [
    "javascript:alert(1)",
    "http://contoso.com",
    "HTTPS:contoso.com",
    " https://contoso.com",
    "https://contoso.com@evil.example",
    "https:\\\\evil.example",
    "https://",
    5,
    null,
  ]) {
    const { link, icon } = of({ payload: { visualContent: { title: "a", link: address, icon: address } } });
    assert.deepEqual([link, icon], ["", ""], String(address));
  }
  for (const actions of ["approve", {}, [null, 5, {}, { id: 7 }], [{ title: "Approve" }]])
    assert.deepEqual(of({ payload: { visualContent: { title: "a", actions } } }).actions, []);
  assert.equal(of({ answer: "approve" }).answer?.title, "");
});

test("without an id there is nothing to act on", () => {
  for (const item of [null, undefined, "a", {}, { id: 5 }, { id: "" }]) assert.equal(isItem(item), false);
  assert.equal(isItem({ id: "a" }), true);
});
