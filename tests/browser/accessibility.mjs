// The findings of axe-core on a page.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * The serious and critical findings: each rule with the elements that break it.
 * @param {import("playwright-core").Page} page
 * @param {string} [selector] the part to look at; default: the page
 * @returns {Promise<string[]>}
 */
export async function seriousFindings(page, selector = "html") {
  // Not as a script of the page, whose policy rightly lets none in.
  await page.evaluate(source);
  const { violations } = await page.evaluate((selector) => /** @type {any} */ (globalThis).axe.run(selector), selector);
  return violations
    .filter((/** @type {any} */ { impact }) => impact === "serious" || impact === "critical")
    .map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html).join(" ")}`);
}
