import assert from "node:assert/strict";
import { test } from "node:test";
import { expiry, userOf } from "./token.ts";

const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

test("the end of a token", () => {
  assert.equal(expiry(jwt({ exp: 1_700_000_000 })), 1_700_000_000_000);
  for (const token of ["", "opaque", "a.b.c", jwt({}), jwt({ exp: "soon" })]) assert.equal(expiry(token), Infinity);
});

test("whose token it is: issuer, tenant and user, so that nobody is taken for somebody else", () => {
  assert.equal(userOf(jwt({ iss: "i", tid: "t", oid: "o", sub: "s" })), "i t o");
  assert.notEqual(userOf(jwt({ iss: "i", sub: "s" })), userOf(jwt({ iss: "j", sub: "s" })));
  assert.equal(userOf(jwt({ iss: "i", sub: "Меган" })), "i  Меган");
  for (const token of ["opaque", jwt({ iss: "i" })]) assert.equal(userOf(token), null);
});
