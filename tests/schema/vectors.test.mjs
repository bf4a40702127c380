// The JSON Schema of the request against every vector: it says what the contract says, but for the
// differences that schema/README.md explains, each listed here.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { readCases } from "../vectors/cases.mjs";

const read = (/** @type {string} */ name) => readFile(new URL(`../../schema/${name}`, import.meta.url), "utf8");
const schema = JSON.parse(await read("notification.schema.json"));
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
const validate = ajv.compile(schema);
const cases = await readCases();

/**
 * The limits of a schema: violations that a body can have and be valid by the schema. Each has a
 * row in schema/README.md.
 */
const beyondSchemas = new Set(["LoneSurrogate", "ExpirationInPast", "DuplicateActionId"]);

/** Violations of the text, under which the schema may find anything of what the parser has left. */
const ofTheText = new Set(["BodyTooLarge", "NestedTooDeep", "DuplicateProperty"]);

/** Single vectors that the schema accepts and the contract doesn't, and why. */
const accepted = new Map([
  ["a leap second on another day", "when leap seconds can be"],
  ["a leap second at another time", "when leap seconds can be"],
  ["a leap second at midnight of another zone", "when leap seconds can be"],
  ["before the year 1 by its offset", "the range of years in UTC"],
  ["after the year 9999 by its offset", "the range of years in UTC"],
  ["60 and a fraction that a double can't hold", "numbers past the precision of JavaScript"],
  ["a link to what is no IPv6 address", "what is an IPv6 address"],
  ["a link to a host of 254 characters", "the length of a host in a link"],
  ["1e-400", "numbers past the precision of JavaScript"],
]);

/**
 * The body as JSON.parse has it; undefined for what it refuses.
 * @param {Buffer} body
 */
function parse(body) {
  try {
    // Skips a byte order mark.
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/**
 * Whether the schema must find the body valid; undefined when that says nothing.
 * @param {import("../vectors/cases.mjs").Case} vector
 */
function expected({ name, expect }) {
  if (expect.ok || accepted.has(name)) return true;
  if (expect.violations.some(({ code }) => ofTheText.has(code))) return undefined;
  return expect.violations.every(({ code }) => beyondSchemas.has(code));
}

test("the schema is valid by its own dialect", () => {
  assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  assert.equal(ajv.validateSchema(schema), true, JSON.stringify(ajv.errors));
});

test(`${cases.length} vectors`, () => {
  assert.ok(cases.length >= 150);
  const differences = [];
  for (const vector of cases) {
    const body = parse(vector.body);
    const valid = body !== undefined && validate(body);
    if (valid !== (expected(vector) ?? valid)) {
      differences.push(`${vector.file}, “${vector.name}”: ${valid ? "valid" : ajv.errorsText(validate.errors)}`);
    }
  }
  assert.deepEqual(differences, []);
});

test("every listed difference between the schema and the contract exists", () => {
  for (const name of accepted.keys()) {
    assert.equal(cases.find((vector) => vector.name === name)?.expect.ok, false, name);
  }
  const codes = cases.flatMap(({ expect }) => (expect.ok ? [] : expect.violations.map(({ code }) => code)));
  for (const code of [...beyondSchemas, ...ofTheText]) assert.ok(codes.includes(code), code);
});

test("every difference is explained", async () => {
  const readme = await read("README.md");
  for (const code of [...beyondSchemas, ...ofTheText]) assert.ok(readme.includes(`\`${code}\``), code);
  for (const why of accepted.values()) assert.ok(readme.includes(why), why);
});
