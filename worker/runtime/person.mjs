// Everything that is stored of a person: found, exported, erased.

import { hubName, ofHost } from "../build/bindings.js";
import { LAST_WORDS } from "./hub.mjs";
import { constants, run } from "./instance.mjs";
import { keysOf } from "./keys.mjs";

/** How often a Hub is asked to erase some more. */
const PATIENCE = 100;

/** How often a Hub that goes back to an earlier moment is asked whether it is back. */
const RETURNS = 10;

/**
 * A person, and the hosts that are known already; `everywhere`: and those of all apps.
 * @typedef {{ issuer: string, tenant?: string, subject: string, hosts?: string[], everywhere?: boolean }} Person
 */

/** @typedef {DurableObjectNamespace<import("./hub.mjs").Hub>} Hubs */

/**
 * The Hubs that a person may have.
 * @param {Person} person
 * @param {any} env
 * @param {Hubs} hubs
 */
export async function* hubsOf({ issuer, tenant = "", subject, hosts = [], everywhere }, { REGISTRY }, hubs) {
  for (const host of new Set([...hosts, ...(everywhere ? await hostsOf(REGISTRY) : [])])) {
    const id = hubs.idFromName(run(() => hubName(issuer, tenant, subject, host)));
    yield { host, id, hub: hubs.get(id) };
  }
}

/**
 * The Hubs of a person that have something, or of which copies are left, each with its counters.
 * @param {Person} person
 * @param {any} env
 * @param {Hubs} hubs
 */
export async function* feedsOf(person, env, hubs) {
  for await (const feed of hubsOf(person, env, hubs)) {
    const counters = await feed.hub.counters();
    const isThere = counters !== null || (await keysOf(env.FEED, `${feed.id}:`).next()).value;
    if (isThere) yield { ...feed, counters: counters ?? "{}" };
  }
}

/**
 * Erases a Hub with its copies. First it is marked, so that nothing brings it back.
 * @param {{ id: DurableObjectId, hub: DurableObjectStub<import("./hub.mjs").Hub> }} feed
 * @param {any} env
 */
export async function erase({ id, hub }, env) {
  await markErased(id, env);
  for (let times = 0; times < PATIENCE; times++) if (await hub.erase()) return;
  throw new Error("a feed is still being erased: try again");
}

/**
 * Has a Hub go back to an earlier moment and then be healed from its copies. While the mark is there nothing is read from
 * these; whoever is stopped in the middle does it all once more.
 * @param {DurableObjectId} id
 * @param {number} at Unix milliseconds
 * @param {any} env
 * @param {Hubs} hubs
 */
export async function recover(id, at, { REGISTRY }, hubs) {
  const mark = constants.restoringMark + id;
  await REGISTRY.put(mark, String(at), { expirationTtl: constants.restoringSeconds });
  try {
    await hubs.get(id).recover(at);
  } catch (fault) {
    // Nothing has begun.
    await REGISTRY.delete(mark);
    throw fault;
  }
  // The Hub ends, and begins anew with the next call.
  for (let tries = 1; ; tries++) {
    await scheduler.wait(2 * LAST_WORDS);
    try {
      await hubs.get(id).heal();
      break;
    } catch (fault) {
      if (tries === RETURNS) throw fault;
    }
  }
  await REGISTRY.delete(mark);
}

/**
 * Notes when a Hub was erased.
 * @param {DurableObjectId | string} id
 * @param {any} env
 */
export const markErased = (id, { REGISTRY }) =>
  REGISTRY.put(constants.erasedMark + id, String(Date.now()), { expirationTtl: constants.erasedSeconds });

/**
 * All hosts that an app has now, or had since hosts have keys of their own.
 * @param {KVNamespace} registry
 */
async function hostsOf(registry) {
  const hosts = [];
  for await (const { name } of keysOf(registry, "host:")) hosts.push(name.slice("host:".length));
  for await (const { name } of keysOf(registry, "app:")) {
    const app = /** @type {{ hosts: string[] } | null} */ (await registry.get(name, "json"));
    hosts.push(...(app?.hosts ?? []));
  }
  return hosts;
}

/**
 * Everything that a person can read of their feeds, as JSON, piece by piece.
 * @param {Person} person
 * @param {string} fields of the first page of a list
 * @param {any} env
 * @param {Hubs} hubs
 */
async function* exported(person, fields, env, hubs) {
  let before = '{"value":[';
  for await (const { host, hub } of feedsOf(person, env, hubs)) {
    /**
     * @param {string} operation
     * @param {string} [token]
     */
    const ask = async (operation, token) => {
      const asked = run(() => ofHost(fields, host, operation === "list", token)) ?? "";
      const answer = await hub.call(constants.protocol, operation, asked);
      return JSON.parse(answer.slice(answer.indexOf("\n\n")));
    };
    const inner = (/** @type {unknown[]} */ values) => JSON.stringify(values).slice(1, -1);
    yield `${before}{"targetHostName":${JSON.stringify(host)},"endpoints":[${inner((await ask("endpoints")).value)}],"notifications":[`;
    let comma = "";
    for (let token; ;) {
      const { value, "@odata.nextLink": next } = await ask("list", token);
      if (value.length > 0) yield comma + inner(value);
      if (!next) break;
      comma = ",";
      token = new URL(next).searchParams.get("$skiptoken") ?? "";
    }
    yield "]}";
    before = ",";
  }
  yield before === "," ? "]}" : `${before}]}`;
}

/**
 * The same as a body.
 * @param {Parameters<typeof exported>} asked
 */
export function exportOf(...asked) {
  /** @type {any} */
  const streams = ReadableStream;
  return streams.from(exported(...asked)).pipeThrough(new TextEncoderStream());
}
