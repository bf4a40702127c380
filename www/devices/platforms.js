// The four platforms: each is a device of its own here.

import { PLATFORM_PARAMETERS, PLATFORMS as TYPES } from "../notifeed/protocol.js";

/** @typedef {import("../notifeed/live.js").LivePlatform} Platform */
/** @typedef {import("../notifeed/live.js").FeedNotification} Notification */

/**
 * @typedef {object} Description
 * @property {string} name as people know it
 * @property {Notification["targetPolicy"]["platformTypes"][number]} type as notifications name it
 */

export const ALL = PLATFORM_PARAMETERS;

export const PLATFORMS = /** @type {Record<Platform, Description>} */ (
  Object.fromEntries(ALL.map((platform, index) => [platform, described(TYPES[index])]))
);

/**
 * @param {Description["type"]} type
 * @returns {Description}
 */
function described(type) {
  return { name: type === "WebPush" ? "Web" : type, type };
}

/**
 * The platforms that a notification is for.
 * @param {Notification} notification
 * @returns {Platform[]}
 */
export function targets({ targetPolicy: { platformTypes } }) {
  return ALL.filter((platform) => platformTypes.includes(PLATFORMS[platform].type));
}
