// The operator's calls: a feed's counters without its contents, and the end of a person's feeds. Each has a token of
// its own, of which the deployment knows the digest only (docs/operations.md). Without this digest the operator's calls
// don't exist.

import { hubName } from "../build/bindings.js";
import { run } from "./instance.mjs";

/** The secret for each path. */
const SCOPES = { "/operator/feeds": "OPERATOR_READ", "/operator/erase": "OPERATOR_ERASE" };

/** How often a Hub is asked to erase some more. */
const PATIENCE = 100;

/**
 * The person whose feeds an operator is about.
 * @typedef {{ issuer: string, tenant?: string, subject: string, hosts?: string[] }} Person
 */

/**
 * Answers an operator. `undefined`: this is no call of theirs.
 * @param {Request} request
 * @param {any} env
 * @param {DurableObjectNamespace<import("./hub.mjs").Hub>} hubs
 * @param {string | null} address where it comes from
 */
export async function operate(request, env, hubs, address) {
  const path = /** @type {keyof typeof SCOPES} */ (new URL(request.url).pathname);
  const wanted = env[SCOPES[path]];
  if (!wanted || request.method !== "POST") return undefined;
  const token = /^Bearer (.+)$/.exec(request.headers.get("Authorization") ?? "")?.[1] ?? "";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
  if (/** @type {any} */ (digest).toHex() !== wanted) {
    const { success } = await env.FAILED_TOKEN_LIMIT.limit({ key: `operator ${address}` });
    return new Response(null, { status: success ? 401 : 429 });
  }
  /** @type {Person} */
  const { issuer, tenant = "", subject, hosts = [] } = await request.json();
  if (!issuer || !subject) return new Response("issuer and subject are needed\n", { status: 400 });
  const found = [];
  for (const host of new Set([...hosts, ...(await hostsOf(env.REGISTRY))])) {
    const hub = hubs.get(hubs.idFromName(run(() => hubName(issuer, tenant, subject, host))));
    const counters = await hub.counters();
    if (counters === null) continue;
    if (path === "/operator/erase") await eraseAll(() => hub.erase());
    found.push({ host, ...JSON.parse(counters) });
  }
  return Response.json(found);
}

/** @param {() => Promise<boolean>} erase */
async function eraseAll(erase) {
  for (let times = 0; times < PATIENCE; times++) if (await erase()) return;
  throw new Error("a feed is still being erased: try again");
}

/**
 * All hosts that an app has now, or had since hosts have keys of their own.
 * @param {KVNamespace} registry
 */
async function hostsOf(registry) {
  const names = async (/** @type {string} */ prefix) => {
    const found = [];
    for (let cursor = ""; ;) {
      const page = await registry.list({ prefix, cursor: cursor || undefined });
      found.push(...page.keys.map(({ name }) => name));
      if (page.list_complete) return found;
      cursor = page.cursor;
    }
  };
  const hosts = (await names("host:")).map((name) => name.slice("host:".length));
  for (const name of await names("app:")) {
    const app = /** @type {{ hosts: string[] } | null} */ (await registry.get(name, "json"));
    hosts.push(...(app?.hosts ?? []));
  }
  return hosts;
}
