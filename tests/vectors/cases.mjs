// The vectors of body/, as README.md beside this describes them, for tests in JavaScript.

import { readFile, readdir } from "node:fs/promises";

/**
 * @typedef {{ code: string, path: string, line?: number, column?: number, meant?: string }} Finding
 * @typedef {{ ok: true, canonical: string, response: string, warnings: Finding[] }} Accepted
 * @typedef {{ ok: false, code: string, status: number, violations: Finding[], warnings: Finding[] }} Refused
 * @typedef {object} Case
 * @property {string} name
 * @property {string} file
 * @property {Buffer<ArrayBuffer>} body
 * @property {string} now
 * @property {string} user
 * @property {Accepted | Refused} expect
 * @property {string[]} sentences what the violations and then the warnings say
 */

const folder = new URL("./", import.meta.url);

/** @param {string} name */
const json = async (name) => JSON.parse(await readFile(new URL(name, folder), "utf8"));

/** @returns {Promise<Case[]>} all of them */
export async function readCases() {
  const sentences = await json("sentences.json");
  const cases = [];
  for (const file of (await readdir(new URL("body/", folder))).sort()) {
    const { cases: listed, ...common } = await json(`body/${file}`);
    for (const { body, expect, ...own } of listed) {
      if (expect.ok) {
        expect.canonical = String(bytes(expect.canonical));
        expect.response = String(bytes(expect.response));
      }
      cases.push({ ...common, ...own, file, body: bytes(body), expect, sentences: sentences[own.name] ?? [] });
    }
  }
  return cases;
}

/**
 * @param {any} text
 * @returns {Buffer<ArrayBuffer>}
 */
function bytes(text) {
  if (Array.isArray(text)) return Buffer.concat(text.map(bytes));
  if (typeof text === "string") return Buffer.from(text);
  return "hex" in text ? Buffer.from(text.hex, "hex") : Buffer.from(text.repeat.repeat(text.times));
}
