// The places in a text at which the console finds what the validator names.

import assert from "node:assert/strict";
import { test } from "node:test";
import { locate, offsetOf } from "../../www/compose/places.js";

/**
 * The value at a path.
 * @param {string} text
 * @param {string} path
 */
function at(text, path) {
  const { start, end } = locate(text, [path]).get(path) ?? { start: 0, end: 0 };
  return text.slice(start, end);
}

const text = `{
  "payload" : { "visualContent": {"title":"a \\"quoted\\" {title]","body":null} },
  "targetPolicy": {"platformTypes": ["ios" , "palm",{"deep":[1.5e3]}] },
  "a.b": {"c": true},
  "t\\u0069mes": [],
  "twice": 1, "twice": 2
}`;

test("a property stands from its name to the end of its value", () => {
  assert.equal(at(text, "payload.visualContent.title"), String.raw`"title":"a \"quoted\" {title]"`);
  assert.equal(at(text, "payload.visualContent.body"), '"body":null');
  assert.equal(at(text, "targetPolicy.platformTypes[1]"), '"palm"');
  assert.equal(at(text, "targetPolicy.platformTypes[2].deep[0]"), "1.5e3");
  assert.equal(at(text, "times"), String.raw`"t\u0069mes": []`);
});

test("a missing property has the place of the object in which it is missing", () => {
  assert.equal(at('{"payload": {"visualContent": {}}}', "payload.visualContent.title"), '"visualContent": {}');
  assert.equal(at('{"payload": {}}', "payload.visualContent.title"), '"payload": {}');
  assert.equal(at('{"payload": {}}', "targetHostName"), '{"payload": {}}');
  assert.equal(at(" [1, 2]", ""), "[1, 2]");
});

test("names may have dots; of two with the same name the first is judged", () => {
  assert.equal(at(text, "a.b.c"), '"c": true');
  assert.equal(at(text, "twice"), '"twice": 1');
  // The validator shortens long names.
  assert.equal(at(`{"a": {"${"x".repeat(200)}": 1}}`, `a.${"x".repeat(64)}…`), `"a": {"${"x".repeat(200)}": 1}`);
});

test("backslashes before a quotation mark count", () => {
  assert.equal(at(String.raw`{"a": "\\", "b": "\\\"", "c": 1}`, "c"), '"c": 1');
  assert.equal(at(String.raw`{"a\"b": {"c": 1}}`, 'a"b.c'), '"c": 1');
});

test("text that isn't JSON ends too", () => {
  for (const broken of ["", "{", "[}", "[[[", '{"a', '{"a":}', "[,,]", "{]", "nonsense", "[1}2]"])
    locate(broken, ["a"]);
});

test("lines and columns are counted as the validator does", () => {
  assert.equal(offsetOf("ab\ncd", 1, 2), 1);
  assert.equal(offsetOf("ab\ncd", 2, 1), 3);
  assert.equal(offsetOf("ab\r\ncd", 2, 2), 5);
  assert.equal(offsetOf("😀😀x", 1, 3), 4);
  assert.equal(offsetOf("ab", 1, 9), 2);
});
