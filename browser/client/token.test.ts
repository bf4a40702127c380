import assert from "node:assert/strict";
import { test } from "node:test";
import { lifeOf, userOf } from "./token.ts";

const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

test("how long a token is good: by its own words, or what the service's clock leaves of it", () => {
  const token = jwt({ iat: 1_000, exp: 4_600 });
  assert.equal(lifeOf(token, null, 99_000_000_000), 3_600_000, "whatever the device's clock says");
  assert.equal(lifeOf(token, 4_000_000, 0), 600_000, "it was issued a while ago");
  assert.equal(lifeOf(jwt({ exp: 4_600 }), null, 4_000_000), 600_000);
  for (const token of ["", "opaque", "a.b.c", jwt({}), jwt({ exp: "soon" })])
    assert.equal(lifeOf(token, 0, 0), Infinity);
});

test("the user of a token is issuer, tenant and subject, so that two users are never confused", () => {
  assert.equal(userOf(jwt({ iss: "i", tid: "t", oid: "o", sub: "s" })), "i t o");
  assert.notEqual(userOf(jwt({ iss: "i", sub: "s" })), userOf(jwt({ iss: "j", sub: "s" })));
  assert.equal(userOf(jwt({ iss: "i", sub: "Меган" })), "i  Меган");
  for (const token of ["opaque", jwt({ iss: "i" })]) assert.equal(userOf(token), null);
});
