// Writes what the fuzzers start from, besides the corpus: `node fuzz/seeds.mjs FOLDER` makes
// FOLDER/validate and FOLDER/decode of the vectors in tests/vectors.

import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { readCases } from "../tests/vectors/cases.mjs";

/** Longer ones would only slow the search down. */
const longest = 4096;

const folder = process.argv[2];
if (folder === undefined) throw new Error("node fuzz/seeds.mjs FOLDER");

/**
 * @param {string} target
 * @param {Uint8Array[]} inputs
 */
async function write(target, inputs) {
  const place = join(folder, target);
  await mkdir(place, { recursive: true });
  for (const input of inputs) {
    await writeFile(join(place, createHash("sha1").update(input).digest("hex")), input);
  }
}

const cases = await readCases();
const bodies = cases.map(({ body }) => body).filter(({ length }) => length <= longest);
await write("validate", bodies);

// The first byte chooses the encoding: see fuzz_targets/decode.rs.
const [identity, gzip, deflate, encode] = [0, 1, 2, 3];
const example = cases[0].body;
const limit = 64 * 1024;
const contents = [Buffer.alloc(0), example, ...[limit, limit + 1, 10_000_000].map((size) => Buffer.alloc(size, "a"))];
const zipped = gzipSync(example);
const encoded = [
  [identity, example],
  ...contents.flatMap((content) => [
    [gzip, gzipSync(content)],
    [deflate, deflateSync(content)],
    [deflate, deflateRawSync(content)],
  ]),
  [gzip, Buffer.concat([zipped, zipped])],
  [gzip, zipped.subarray(0, -4)],
  [deflate, Buffer.concat([deflateSync(example), Buffer.from("x")])],
  ...[0, 1, 9].map((level) => [encode + 4 * level, example]),
];
await write(
  "decode",
  encoded.map(([selector, content]) =>
    Buffer.concat([Buffer.of(/** @type {number} */ (selector)), /** @type {Buffer} */ (content)]),
  ),
);
