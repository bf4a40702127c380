// `make serve` and `make dev` (--watch): the built Worker on workerd until SIGTERM or SIGINT.
//
//   PORT=    8787 unless told
//   STATE=   the folder where KV and Durable Objects are kept, .wrangler/state unless told

import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { resolve } from "node:path";
import { example, userToken } from "./development.mjs";
import { root, startLocal } from "./local.mjs";

const watching = process.argv.includes("--watch");
const state = process.env.STATE || resolve(root, ".wrangler/state");
const port = Number(process.env.PORT || 8787);
if (!Number.isInteger(port) || port < 0 || port > 65535) giveUp(`PORT must be a port number, not ${process.env.PORT}`);

try {
  const { url, reload, stop } = await startLocal({ port, state });
  for (const signal of ["SIGTERM", "SIGINT"]) {
    // Miniflare's own listener ends the process at once, and as if it had failed.
    process.removeAllListeners(signal);
    process.once(signal, () => void stop().finally(() => process.exit(0)));
  }
  console.log(`notifeed: ready at ${url}`);
  if (watching) {
    await explain(url);
    rebuildOnChange(reload);
  }
} catch (error) {
  giveUp(error instanceof Error ? error.message : String(error));
}

/** @param {string} message */
function giveUp(message) {
  console.error(`notifeed: ${message}`);
  process.exit(1);
}

/**
 * Tells a newcomer the next steps.
 * @param {string} url
 */
async function explain(url) {
  console.log(`
The console:            ${url}/
Post a notification as megan@contoso.com (the token is good for 12 hours):

curl -i ${url}/beta/me/notifications \\
  -H 'Content-Type: application/json' \\
  -H 'Authorization: Bearer ${await userToken("megan@contoso.com")}' \\
  -d '${JSON.stringify(example())}'

Another user's token:   make token as=alex@contoso.com
An app server's token:  make token app=contoso-server

Watching src/, worker/, browser/ and www/; Ctrl-C stops.`);
}

/**
 * Builds and reloads after each change, one at a time; a failed build leaves the last good one running.
 * @param {() => Promise<void>} reload
 */
function rebuildOnChange(reload) {
  let changed = false;
  let busy = false;
  const run = async () => {
    if (busy) return;
    busy = true;
    while (changed) {
      changed = false;
      // Editors save several files at once.
      await new Promise((done) => setTimeout(done, 100));
      if (!(await build())) continue;
      try {
        await reload();
        console.log("notifeed: reloaded");
      } catch (error) {
        console.error(`notifeed: ${error instanceof Error ? error.message : error}`);
      }
    }
    busy = false;
  };
  for (const folder of ["src", "worker", "browser", "www"]) {
    watch(resolve(root, folder), { recursive: true }, (_event, name) => {
      const path = `${folder}/${name}`;
      const isBuilt = /^(worker\/build|browser\/pkg|www\/notifeed)\b/.test(path);
      if (isBuilt || /(^|\/)\.|~$/.test(path)) return;
      changed = true;
      void run();
    });
  }
}

/** @returns {Promise<boolean>} whether it worked; the build says why not */
function build() {
  const child = spawn(resolve(root, "scripts/build"), { stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((done) => child.once("close", (code) => done(code === 0)));
}
