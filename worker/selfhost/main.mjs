// The main module of a deployment on a machine of one's own: what Cloudflare's network does in front of the Worker,
// and what the launcher asks for over its private socket.

import { handle } from "../runtime/entry.mjs";
import { failingOf, healthOf, looksAt } from "../runtime/health.mjs";
import { LAST_WORDS } from "../runtime/hub.mjs";
import { configure, constants } from "../runtime/instance.mjs";
import { markErased } from "../runtime/person.mjs";
import { fileOf } from "./files.mjs";
import { connectedHubs, Hub } from "./hub.mjs";
import { count, page } from "./metrics.mjs";
import { siteOf } from "./site.mjs";

export { Hub };

/** The paths that are the API's; everything else may be a file of the console. */
const API = ["/beta/", "/v1.0/", "/dev/"];

/** How long requests that are under way may take once the service ends, in milliseconds. */
const PATIENCE = 1500;

/** Whether the service is shutting down: then no new request is accepted. */
let ending = false;

/** How many requests are under way. */
let underWay = 0;

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  async fetch(request, env) {
    const site = siteOf(env);
    const health = healthOf(request.url, () => failingOf(looksAtAll(env)), ending);
    if (health) return health;
    if (!site.answersFor(request.headers.get("Host")))
      return refusal(421, "This service doesn't answer for this host.");
    if (ending)
      return refusal(503, "The service ends; it is back in a moment.", { "Retry-After": "1", Connection: "close" });
    const { url } = request;
    const path = url.slice(url.indexOf("/", "https://".length));
    const file = API.some((prefix) => path.startsWith(prefix)) ? undefined : fileOf(request, path, env);
    if (file) return file;
    underWay++;
    try {
      return await handle(request, site.env, site.addressOf(request), count);
    } finally {
      underWay--;
    }
  },
};

/** The functions that only the launcher can reach. */
export const control = {
  /**
   * @param {Request} request
   * @param {any} env
   */
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/ready") {
      configure(siteOf(env).env);
      return new Response();
    }
    if (pathname === "/metrics") return new Response(page(connectedHubs.size));
    if (pathname === "/registry" && request.method === "POST")
      return Response.json(await registry(env.REGISTRY, await request.json()));
    if (pathname === "/contents" && request.method === "POST")
      return Response.json(await contents(env.HUB, await request.json()));
    if (pathname === "/counters" && request.method === "POST")
      return Response.json(await counters(env.HUB, await request.json()));
    if (pathname === "/erase" && request.method === "POST")
      return Response.json(await erase(env, await request.json()));
    if (pathname === "/drain" && request.method === "POST") {
      await drain(env.HUB);
      return new Response();
    }
    return new Response(null, { status: 404 });
  },
};

/**
 * The stored content of the Hubs of these names, with the id of each; only of those that have something.
 * @param {DurableObjectNamespace<Hub>} hubs
 * @param {string[]} names
 */
async function contents(hubs, names) {
  const ids = names.map((name) => hubs.idFromName(name));
  const found = await Promise.all(
    ids.map(async (id, index) => ({
      name: names[index],
      id: id.toString(),
      tables: await /** @type {any} */ (hubs.get(id)).contents(),
    })),
  );
  return found.filter(({ tables }) => tables !== null);
}

/**
 * The counters of the Hubs of these names, without their contents; only of those that have something.
 * @param {DurableObjectNamespace<Hub>} hubs
 * @param {string[]} names
 */
async function counters(hubs, names) {
  const found = await Promise.all(names.map((name) => hubs.get(hubs.idFromName(name)).counters()));
  return found.flatMap((text) => (text === null ? [] : [JSON.parse(text)]));
}

/**
 * Erases the Hubs of these ids. Resolves when they are gone from memory too.
 * @param {any} env
 * @param {string[]} ids
 */
async function erase(env, ids) {
  /** @type {DurableObjectNamespace<Hub>} */
  const hubs = env.HUB;
  await Promise.all(ids.map((id) => markErased(id, env)));
  await Promise.all(ids.map((id) => hubs.get(hubs.idFromString(id)).forget()));
  await scheduler.wait(2 * LAST_WORDS);
  for (const id of ids) connectedHubs.delete(id);
  return ids;
}

/**
 * Reads an entry of the registry, writes it, or reads all that begin so.
 * @param {KVNamespace} store
 * @param {{ key: string, value?: string } | { prefix: string }} question
 */
async function registry(store, question) {
  if ("prefix" in question) {
    const { keys } = await store.list({ prefix: question.prefix });
    return Object.fromEntries(await Promise.all(keys.map(async ({ name }) => [name, await store.get(name)])));
  }
  if (question.value === undefined) return store.get(question.key);
  await store.put(question.key, question.value);
  return null;
}

/**
 * A look at each store; one that is full or can't be written fails too.
 * @param {any} env
 */
const looksAtAll = (env) => ({
  ...looksAt(env, env.HUB),
  kv: () => Promise.all([env.FEED.put("readyz", "", { expirationTtl: 60 }), env.REGISTRY.get("readyz")]),
});

/**
 * Ends all connections, each with a close frame, so that clients come back. A socket that is closed goes on holding
 * the runtime's end up until its client answers; only a Hub's end ends it.
 * @param {DurableObjectNamespace<Hub>} hubs
 */
async function drain(hubs) {
  ending = true;
  const connected = [...connectedHubs].map((id) => hubs.get(hubs.idFromString(id)));
  await Promise.allSettled(connected.map((hub) => hub.closeConnections(constants.restarted)));
  await scheduler.wait(LAST_WORDS);
  for (let waited = 0; underWay > 0 && waited < PATIENCE; waited += 20) await scheduler.wait(20);
  await Promise.allSettled(connected.map((hub) => hub.end()));
}

/**
 * @param {number} status
 * @param {string} sentence
 * @param {Record<string, string>} [headers]
 */
function refusal(status, sentence, headers = {}) {
  return new Response(`${sentence}\n`, {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff", ...headers },
  });
}
