// The browser that the console is tested in.

import { execSync } from "node:child_process";
import { after } from "node:test";
import { chromium } from "playwright-core";

/** Starts Chromium; it ends with the test file. */
export async function launch() {
  const browser = await chromium.launch({
    executablePath: execSync("command -v chromium", { encoding: "utf8" }).trim(),
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  after(() => browser.close());
  return browser;
}
