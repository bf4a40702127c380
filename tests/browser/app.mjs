// An app that is pushed to: a page with the npm package's two halves, and service workers of both kinds.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after } from "node:test";
import { root } from "../../scripts/local.mjs";
import { host, userToken } from "../blackbox/harness.mjs";

const page = `<!doctype html><title>An app</title><script type="module">
  import { createPush } from "/notifeed/push.js";
  const [service, host, token, type] = location.hash.slice(1).split("|");
  const worker = navigator.serviceWorker.register(type === "classic" ? "/classic.js" : "/worker.js", { type });
  globalThis.push = createPush({ url: service, targetHostName: host, worker,
    token: async () => token, navigate: "https://app.example.com/?n={id}" });
</script>`;

/** @type {Record<string, string>} */
const scripts = {
  "/": page,
  "/worker.js": `import { handle } from "/notifeed/push-worker.js"; handle(self);`,
  "/classic.js": `importScripts("/notifeed/push-worker.classic.js"); notifeedPush.handle(self);`,
};

/** Serves the app at an origin of its own; it ends with the test file. */
export async function serveApp() {
  const app = createServer(async (request, response) => {
    const path = request.url ?? "";
    const type = path === "/" ? "text/html" : "text/javascript";
    response.writeHead(200, { "Content-Type": type });
    response.end(scripts[path] ?? (await readFile(join(root, "www", path)).catch(() => "")));
  });
  await new Promise((listening) => app.listen(0, "127.0.0.1", () => listening(undefined)));
  after(() => app.close());
  const { port } = /** @type {import("node:net").AddressInfo} */ (app.address());
  const origin = `http://localhost:${port}`;
  return {
    origin,
    /**
     * The address of the page of a user.
     * @param {import("../blackbox/following.mjs").Service} service
     * @param {string} as
     * @param {"module" | "classic"} [type] of its service worker
     */
    async of(service, as, type = "module") {
      return `${origin}/#${[service.url, host, await userToken(as), type].join("|")}`;
    },
  };
}

/** True, in a page, once it knows how it stands with its pushes. */
export const IS_READY = 'globalThis.push && push.state !== "not-ready"';

/** In a page: whether the browser has a push subscription. */
export const HAS_SUBSCRIPTION =
  "navigator.serviceWorker.ready.then(({ pushManager }) => pushManager.getSubscription()).then(Boolean)";

/** In a page: the notifications that the browser shows. */
export const SHOWN = `navigator.serviceWorker.ready
  .then((registration) => registration.getNotifications())
  .then((all) => all.map(({ title, body, tag }) => ({ title, body, tag })))`;
