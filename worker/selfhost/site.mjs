// The settings that the launcher hands over as one text, and the Worker's environment made of them.

import { RateLimit } from "./limits.mjs";

/**
 * @typedef {object} Settings
 * @property {string[] | "*"} hosts the names that the service answers for, in lower case and without ports
 * @property {string | null} addressHeader the header in which a proxy says where a request comes from
 * @property {Record<string, { limit: number, period: number }>} limits how many in how many seconds, by binding
 * @property {Record<string, string>} variables those of docs/settings.md
 */

class Site {
  #hosts;
  #addressHeader;

  /** @param {any} bindings */
  constructor({ SETTINGS, HUB, FEED, REGISTRY }) {
    const { hosts, addressHeader, limits, variables } = /** @type {Settings} */ (JSON.parse(SETTINGS));
    this.#hosts = hosts === "*" ? undefined : new Set(hosts);
    this.#addressHeader = addressHeader;
    const limiters = Object.entries(limits).map(([name, { limit, period }]) => [name, new RateLimit(limit, period)]);
    /** The bindings that the Worker sees. @type {any} */
    this.env = { HUB, FEED, REGISTRY, ...variables, ...Object.fromEntries(limiters) };
  }

  /**
   * Whether a `Host` header names one of the service's hosts; the port doesn't matter.
   * @param {string | null} host
   */
  answersFor(host) {
    if (host === null) return false;
    return this.#hosts === undefined || this.#hosts.has(host.replace(/:\d+$/, "").toLowerCase());
  }

  /**
   * The address that a request comes from: the last that the proxy in front added to its header, else the connection's.
   * @param {Request} request
   * @returns {string | null}
   */
  addressOf(request) {
    if (this.#addressHeader === null) return /** @type {any} */ (request.cf)?.clientIp ?? null;
    const added = request.headers.get(this.#addressHeader);
    return added === null ? null : added.slice(added.lastIndexOf(",") + 1).trim();
  }
}

/** @type {Site | undefined} */
let site;

/**
 * The one site of this process.
 * @param {any} bindings
 */
export const siteOf = (bindings) => (site ??= new Site(bindings));
