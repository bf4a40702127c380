// Queries of the stored feed, built by pure functions.

import { COUNT_PATH, DEVELOPMENT_COPIES_PATH, NOTIFICATIONS_PATH } from "../notifeed/protocol.js";

/**
 * The choice of a person; an empty string: any value.
 * @typedef {object} Choice
 * @property {string} readState
 * @property {string} userActionState
 * @property {string} priority
 * @property {string | null} groupName null: what has none; undefined would be a choice of nothing
 * @property {number} top how many a page has
 */

/**
 * `$filter`; empty when nothing is filtered.
 * @param {Choice} choice
 */
export function filterOf({ readState, userActionState, priority, groupName }) {
  const conditions = [];
  for (const [property, value] of Object.entries({ readState, userActionState, groupName, priority })) {
    if (value === null) conditions.push(`${property} eq null`);
    else if (value !== "") conditions.push(`${property} eq '${value.replaceAll("'", "''")}'`);
  }
  return conditions.join(" and ");
}

/**
 * The path of the first page.
 * @param {Choice} choice
 */
export function firstPage(choice) {
  return `${NOTIFICATIONS_PATH}${query({ $top: String(choice.top), $filter: filterOf(choice) })}`;
}

/**
 * The path of how many there are.
 * @param {Choice} choice
 */
export function countPath(choice) {
  return `${COUNT_PATH}${query({ $filter: filterOf(choice) })}`;
}

/**
 * The path of what is copied to KV of a page, in development.
 * @param {string} page its path
 */
export function copiesPath(page) {
  const at = page.indexOf("?");
  return `${DEVELOPMENT_COPIES_PATH}${at < 0 ? "" : page.slice(at)}`;
}

/**
 * The path that a link leads to, on this server: behind a proxy the service may name another origin.
 * @param {string} link
 */
export function pathOf(link) {
  const { pathname, search } = new URL(link, "http://any");
  return pathname + search;
}

/** @param {Record<string, string>} options empty ones are left out */
function query(options) {
  const pairs = Object.entries(options)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length > 0 ? `?${pairs.join("&")}` : "";
}
