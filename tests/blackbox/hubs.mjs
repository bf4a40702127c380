// Hubs as the runtime sees them: which there are, and out of memory with one.

import assert from "node:assert/strict";

/** @typedef {import("./following.mjs").Service} Service */

/**
 * The ids of the Hubs that there are.
 * @param {Service} service
 */
export const hubs = (service) => service.miniflare.listDurableObjectIds("Hub");

/**
 * Takes a Hub out of memory, as the runtime does with one that is idle; its sockets stay.
 * @param {Service} service
 * @param {string} id
 */
export const evict = (service, id) =>
  service.miniflare.unsafeEvictDurableObject("notifeed", "Hub", { id, webSockets: "hibernate" });

/**
 * The Hub that a user's first post makes.
 * @param {Service} service
 * @param {() => Promise<unknown>} post
 */
export async function hubMadeBy(service, post) {
  const before = new Set(await hubs(service));
  await post();
  const [made, ...others] = (await hubs(service)).filter((id) => !before.has(id));
  assert.ok(made && others.length === 0);
  return made;
}
