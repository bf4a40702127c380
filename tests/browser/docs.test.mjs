// The page of the API's description.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { startService } from "../blackbox/harness.mjs";
import { seriousFindings } from "./accessibility.mjs";
import { launch } from "./chromium.mjs";

test("it shows every operation, asks nobody else for anything, and can be read by everybody", async () => {
  const service = await startService();
  const { paths } = JSON.parse(await readFile(resolve(root, "www/openapi.json"), "utf8"));
  const operations = Object.values(paths).flatMap((item) => Object.values(/** @type {object} */ (item)));
  const ids = operations.map(({ operationId }) => operationId).filter(Boolean);
  const page = await (await launch()).newPage({ viewport: { width: 360, height: 640 } });
  /** @type {string[]} */
  const asked = [];
  /** @type {string[]} */
  const complaints = [];
  page.on("request", (request) => asked.push(new URL(request.url()).origin));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));

  await page.goto(`${service.url}/docs#postNotification`);
  const post = page.locator("details[open]");
  await post.getByText("Hello World!").first().waitFor();
  assert.equal(await post.getAttribute("id"), "postNotification");
  const shown = await page.locator("details").evaluateAll((all) => all.map(({ id }) => id));
  assert.deepEqual(shown.toSorted(), ids.toSorted());
  assert.match(await post.innerText(), /X-UNS-ID/);
  assert.match(await post.innerText(), /`Throttled`/);

  await page.locator("details").evaluateAll((all) => all.forEach((one) => one.setAttribute("open", "")));
  assert.deepEqual(await seriousFindings(page), []);
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  assert.ok(scrollWidth <= clientWidth, `${scrollWidth} px wide`);
  assert.deepEqual(new Set(asked), new Set([service.url]));
  assert.deepEqual(complaints, []);
});
