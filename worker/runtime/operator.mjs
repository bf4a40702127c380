// The operator's calls: a feed's counters without its contents, and the end of a person's feeds. Each has a token of
// its own, of which the deployment knows the digest only (docs/operations.md). Without this digest the operator's calls
// don't exist.

import { erase, feedsOf, hubsOf, recover } from "./person.mjs";

/** The secret for each path. */
const SCOPES = {
  "/operator/feeds": "OPERATOR_READ",
  "/operator/erase": "OPERATOR_ERASE",
  "/operator/heal": "OPERATOR_ERASE",
  "/operator/recover": "OPERATOR_ERASE",
};

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
  /** @type {import("./person.mjs").Person & { at?: string }} */
  const { issuer, tenant, subject, hosts, at = "" } = await request.json();
  if (!issuer || !subject) return new Response("issuer and subject are needed\n", { status: 400 });
  const moment = Date.parse(at);
  if (path === "/operator/recover" && !(moment < Date.now()))
    return new Response("at is needed: a time in the past, such as 2026-11-27T03:00:00Z\n", { status: 400 });
  const found = [];
  const person = { issuer, tenant, subject, hosts, everywhere: true };
  if (path === "/operator/heal") for await (const { hub } of hubsOf(person, env, hubs)) await hub.heal();
  if (path === "/operator/recover")
    for await (const { host, id } of feedsOf(person, env, hubs)) {
      try {
        await recover(id, moment, env, hubs);
      } catch (fault) {
        return new Response(`the feed of ${host} didn't go back to ${at}: ${fault}\n`, { status: 409 });
      }
    }
  for await (const feed of feedsOf(person, env, hubs)) {
    if (path === "/operator/erase") await erase(feed, env);
    found.push({ host: feed.host, ...JSON.parse(feed.counters) });
  }
  return Response.json(found);
}
