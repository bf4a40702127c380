// Built apps, served as files under the console's strict Content-Security-Policy, and opened in Chromium.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve } from "node:path";
import { after } from "node:test";
import { root } from "../../scripts/local.mjs";

const types = /** @type {Record<string, string>} */ ({
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
});

const headers = Object.fromEntries(
  [...(await readFile(resolve(root, "www/_headers"), "utf8")).matchAll(/^ {2}([\w-]+): (.*)$/gm)].map(
    ([, name, value]) => [name, value],
  ),
);
const policy = headers["Content-Security-Policy"];
if (!policy?.includes("connect-src 'self'")) throw new Error("www/_headers has no policy to test under");

/**
 * Serves a folder until the test file ends.
 * @param {string} folder
 * @param {string} service what its pages may connect to, besides themselves
 * @returns {Promise<string>} its address
 */
export async function serve(folder, service) {
  const line = service.replace("http", "ws");
  headers["Content-Security-Policy"] = policy.replace("connect-src 'self'", `$& ${service} ${line}`);
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    try {
      const file = await readFile(path);
      response.writeHead(200, { ...headers, "Content-Type": types[extname(path)] ?? "text/plain" }).end(file);
    } catch {
      response.writeHead(pathname === "/favicon.ico" ? 204 : 404, headers).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
}

/**
 * Opens an app and waits for what it proves.
 * @param {import("playwright-core").Browser} browser
 * @param {string} address
 * @returns {Promise<unknown>}
 */
export async function open(browser, address) {
  const page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  try {
    await page.goto(address);
    await page.waitForFunction(() => "proof" in globalThis);
    return await page.evaluate(() => /** @type {any} */ (globalThis).proof);
  } catch (error) {
    throw new Error(`${address}: ${error}\n${complaints.join("\n")}`);
  } finally {
    await page.close();
  }
}
