// The four platforms: each is a device of its own here.

/** @typedef {import("../notifeed/live.js").LivePlatform} Platform */
/** @typedef {import("../notifeed/live.js").FeedNotification} Notification */

/**
 * @typedef {object} Known
 * @property {string} name as people know it
 * @property {Notification["targetPolicy"]["platformTypes"][number]} type as notifications name it
 */

/** @type {Record<Platform, Known>} */
export const PLATFORMS = {
  windows: { name: "Windows", type: "Windows" },
  ios: { name: "iOS", type: "iOS" },
  android: { name: "Android", type: "Android" },
  webpush: { name: "Web", type: "WebPush" },
};

export const ALL = /** @type {Platform[]} */ (Object.keys(PLATFORMS));

/**
 * Whom a notification is for.
 * @param {Notification} notification
 * @returns {Platform[]}
 */
export function targets({ targetPolicy: { platformTypes } }) {
  return ALL.filter((platform) => platformTypes.includes(PLATFORMS[platform].type));
}
