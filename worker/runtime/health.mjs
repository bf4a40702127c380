// The health checks: `/healthz`, the runtime answers; `/readyz`, a Hub and both stores answer too.

/** How long a result of `/readyz` is cached on Cloudflare, in milliseconds: anybody may call it, and each is billed. */
const KEPT = 5000;

/** The last look on Cloudflare. */
const last = { at: 0, failing: /** @type {string[]} */ ([]) };

/**
 * The answer on Cloudflare, if a request asks for health.
 * @param {string} url
 * @param {any} env
 * @param {DurableObjectNamespace<import("./hub.mjs").Hub>} hubs
 */
export function watchedOver(url, env, hubs) {
  return healthOf(url, async () => {
    if (Date.now() - last.at > KEPT) {
      last.failing = await failingOf(looksAt(env, hubs));
      last.at = Date.now();
    }
    return last.failing;
  });
}

/**
 * The answer, if a request asks for health.
 * @param {string} url
 * @param {() => Promise<string[]>} look names the stores that fail
 * @param {boolean} [ending] whether the service takes nothing new
 */
export function healthOf(url, look, ending) {
  const path = url.slice(url.indexOf("/", "https://".length));
  if (path === "/healthz") return Response.json({ status: "alive" });
  return path === "/readyz" ? readiness(look, ending) : undefined;
}

/**
 * @param {() => Promise<string[]>} look
 * @param {boolean} [ending]
 */
async function readiness(look, ending) {
  const failing = await look();
  const ready = failing.length === 0 && !ending;
  return Response.json(
    { status: ready ? "ready" : ending ? "ending" : "degraded", failing },
    { status: ready ? 200 : 503, headers: { "Cache-Control": "no-store" } },
  );
}

/**
 * The names of the stores that don't answer.
 * @param {Record<string, () => Promise<unknown>>} looks
 */
export async function failingOf(looks) {
  const names = Object.entries(looks).map(async ([name, look]) => {
    try {
      await look();
      return [];
    } catch (fault) {
      console.error(`readyz: ${name} fails: ${fault}`);
      return [name];
    }
  });
  return (await Promise.all(names)).flat();
}

/**
 * A look at each store.
 * @param {any} env
 * @param {DurableObjectNamespace<import("./hub.mjs").Hub>} hubs
 * @returns {Record<string, () => Promise<unknown>>}
 */
export const looksAt = ({ FEED, REGISTRY }, hubs) => ({
  hub: () => hubs.get(hubs.idFromName("readyz")).isThere(),
  kv: () => Promise.all([FEED.get("readyz"), REGISTRY.get("readyz")]),
});
