// A checker that finds nothing may have looked at nothing: each promise, broken once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "./checker.mjs";

/**
 * @param {string} content
 * @param {Partial<import("./checker.mjs").Item>} [members]
 * @returns {import("./checker.mjs").Item}
 */
const item = (content, members = {}) => ({
  ...{ content, platforms: ["windows", "ios"], expires: 9000, readState: "unread", userActionState: "noInteraction" },
  ...members,
});

/**
 * @param {number} seq
 * @param {string} id
 * @param {string} rawContent
 */
const content = (seq, id, rawContent) => ({
  ...{ type: "notification", seq },
  notification: { id, payload: { rawContent }, readState: "unread", userActionState: "noInteraction" },
});
/** @param {number} seq @param {string} id */
const read = (seq, id) => ({ type: "state", seq, id, readState: "read", userActionState: "noInteraction" });
/** @param {number} seq @param {string} id */
const removed = (seq, id) => ({ type: "removed", seq, id, reason: "deleted" });
const ready = { type: "ready" };

/**
 * Two windows devices. a and b are posted; one reads a, the other deletes b; c is posted and replaced.
 * @returns {import("./checker.mjs").History}
 */
function good() {
  /** @returns {[string, import("./checker.mjs").Item][]} */
  const items = () => [
    ["a", item("a1", { readState: "read" })],
    ["c", item("c2")],
  ];
  const given = [
    { seq: 1, id: "a", content: "a1", replayed: false, life: 0 },
    { seq: 2, id: "b", content: "b1", replayed: false, life: 0 },
    { seq: 5, id: "c", content: "c1", replayed: false, life: 0 },
    { seq: 6, id: "c", content: "c2", replayed: false, life: 0 },
  ];
  const rest = [content(5, "c", "c1"), content(6, "c", "c2")];
  return {
    posts: [
      { id: "a", content: "a1", expires: 9000 },
      { id: "b", content: "b1", expires: 9000 },
      { id: "c", content: "c1", expires: 9000 },
      { id: "c", content: "c2", expires: 9000 },
      { id: "d", content: "d1", expires: 100 },
    ],
    deletions: [{ id: "b", done: true, seq: 4 }],
    updates: [{ id: "a", states: { readState: "read" }, seq: 3, changed: true }],
    connections: [
      {
        ...{ device: "one", platform: "windows", known: 0 },
        frames: [
          ready,
          content(1, "a", "a1"),
          content(2, "b", "b1"),
          { type: "result", seq: 3 },
          removed(4, "b"),
          ...rest,
        ],
      },
      {
        ...{ device: "other", platform: "windows", known: 0 },
        frames: [
          ready,
          content(1, "a", "a1"),
          content(2, "b", "b1"),
          read(3, "a"),
          { type: "result", seq: 4 },
          ...rest,
        ],
      },
    ],
    devices: [
      { name: "one", platform: "windows", items: items(), given },
      { name: "other", platform: "windows", items: items(), given: structuredClone(given) },
      { name: "android", platform: "android", items: [], given: [] },
    ],
    end: 1000,
    listed: items(),
    delta: items(),
    unread: 1,
  };
}

test("a history in which every promise was kept", () => {
  assert.deepEqual(check(good()), []);
});

/** @type {[name: string, violation: RegExp, mutate: (history: import("./checker.mjs").History) => unknown][]} */
const broken = [
  [
    "two frames in the wrong order",
    /^order: one/,
    ({ connections: [one] }) => one.frames.push(...one.frames.splice(-2, 1)),
  ],
  ["a frame twice on a connection", /^order: one/, ({ connections: [one] }) => one.frames.push(one.frames.at(-1))],
  ["a frame that the cursor covers", /^order: one/, ({ connections: [one] }) => (one.known = 1)],
  ["one number for two items", /^number 1:/, ({ connections: [, other] }) => (other.frames[1].notification.id = "c")],
  [
    "a state that one device missed",
    /^lost: other was never told 3/,
    ({ connections }) => {
      connections[1].frames.splice(3, 1);
      connections[0].frames[3] = read(3, "a");
    },
  ],
  [
    "a removal that one device missed",
    /^lost: one was never told 4/,
    ({ connections }) => {
      connections[0].frames.splice(4, 1);
      connections[1].frames[4] = removed(4, "b");
    },
  ],
  [
    "content that one device missed",
    /^lost: one was never told 5/,
    ({ connections: [one] }) => one.frames.splice(5, 1),
  ],
  ["a change that the app got twice", /^twice: one/, ({ devices: [one] }) => one.given.push({ ...one.given[3] })],
  [
    "content that the app got twice",
    /^twice: one/,
    ({ devices: [one] }) => one.given.push({ ...one.given[3], seq: 7 }),
  ],
  [
    "content after its removal",
    /^resurrected: one got b/,
    ({ connections: [one] }) => one.frames.push(content(7, "b", "b1")),
  ],
  ["states after the removal", /^resurrected: one got b/, ({ connections: [one] }) => one.frames.push(read(7, "b"))],
  ["a deleted item in the list", /^resurrected: the list has b/, ({ listed }) => listed.push(["b", item("b1")])],
  [
    "a deleted item on a device",
    /^resurrected: other has b/,
    ({ devices }) => devices[1].items.push(["b", item("b1")]),
  ],
  ["an item that is gone", /^lost: c with c2/, ({ listed }) => listed.pop()],
  ["an item with the content before", /^lost: c has c1/, ({ listed }) => (listed[1][1].content = "c1")],
  ["an item that nobody posted", /^invented: x/, ({ listed }) => listed.push(["x", item("x1")])],
  [
    "an expired item in the list",
    /^expired, but listed: d/,
    ({ listed }) => listed.push(["d", item("d1", { expires: 100 })]),
  ],
  ["a state that is gone", /^lost: readState of a/, ({ listed }) => (listed[0][1].readState = "unread")],
  [
    "a state that nobody set",
    /^lost: userActionState of c/,
    ({ listed }) => (listed[1][1].userActionState = "dismissed"),
  ],
  ["a device that lacks an item", /^differs: one lacks c/, ({ devices: [one] }) => one.items.pop()],
  ["a device with other states", /^differs: one has a/, ({ devices: [one] }) => (one.items[0][1].readState = "unread")],
  [
    "a device with what isn't for it",
    /^differs: android still has a/,
    ({ devices, listed }) => devices[2].items.push(listed[0]),
  ],
  ["a delta that lacks an item", /^differs: delta lacks a/, ({ delta }) => delta.shift()],
  ["a count that drifted", /^count: 2/, (history) => (history.unread = 2)],
];

for (const [name, violation, mutate] of broken) {
  test(`it finds ${name}`, () => {
    const history = good();
    mutate(history);
    const found = check(history);
    assert.ok(
      found.some((text) => violation.test(text)),
      found.join("\n") || "nothing was found",
    );
  });
}

test("what nobody knows isn't held against anybody", () => {
  const history = good();
  // The line broke: the post was carried out, the deletion wasn't, or the other way round.
  history.posts.push({ content: "x1", expires: 9000 });
  for (const items of [history.listed, history.delta, history.devices[0].items, history.devices[1].items]) {
    items.push(["x", item("x1")]);
  }
  history.unread = 2;
  history.deletions.push({ id: "c", done: false });
  assert.deepEqual(check(history), []);
});
