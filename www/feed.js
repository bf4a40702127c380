// The feed as one endpoint knows it: a pure function of the frames that arrived.

/**
 * A notification in the receiver's view; members that nothing here reads are left out.
 * @typedef {object} Notification
 * @property {string} id
 * @property {string | null} groupName
 * @property {string} priority
 * @property {{ rawContent?: string | null, visualContent?: { title: string, body?: string | null } | null }} payload
 * @property {{ platformTypes: string[] }} targetPolicy
 * @property {string} createdDateTime
 * @property {string} expirationDateTime
 * @property {string} readState
 * @property {string} userActionState
 * @property {string} status
 */

/**
 * What the server sends over `notifeed.v1`.
 * @typedef {{ type: "reset" }} Reset
 * @typedef {{ type: "notification", seq: number, cursor: string, replayed: boolean, notification: Notification }} Arrival
 * @typedef {{ type: "state", seq: number, cursor: string, id: string, readState: string, userActionState: string }} StateChange
 * @typedef {{ type: "removed", seq: number, cursor: string, id: string, reason: string }} Removal
 * @typedef {{ type: "ready", cursor: string, endpoint: string | null, resumed: boolean }} Ready
 * @typedef {{ type: "result", ref: string, status: number, seq?: number, cursor?: string, error?: object }} Result
 * @typedef {Reset | Arrival | StateChange | Removal | Ready | Result} Frame
 */

/**
 * @typedef {object} Feed
 * @property {ReadonlyMap<string, Notification>} items by id
 * @property {number} seq the last change that is in `items`
 * @property {string | null} cursor where to go on after a lost line; null: from the beginning
 */

/** @type {Feed} */
export const EMPTY = { items: new Map(), seq: -1, cursor: null };

/**
 * The feed after these frames. A change whose `seq` isn't beyond the last one is known already and dropped.
 * @param {Feed} feed
 * @param {Iterable<Frame>} frames
 * @returns {Feed}
 */
export function receive(feed, frames) {
  let { seq, cursor } = feed;
  const items = new Map(feed.items);
  for (const frame of frames) {
    if (frame.type === "reset") {
      items.clear();
      seq = EMPTY.seq;
      cursor = EMPTY.cursor;
      continue;
    }
    if ("seq" in frame && frame.seq !== undefined) {
      if (frame.seq <= seq) continue;
      seq = frame.seq;
    }
    cursor = frame.cursor ?? cursor;
    apply(items, frame);
  }
  return { items, seq, cursor };
}

/**
 * @param {Map<string, Notification>} items
 * @param {Exclude<Frame, Reset>} frame
 */
function apply(items, frame) {
  switch (frame.type) {
    case "notification":
      items.set(frame.notification.id, frame.notification);
      break;
    case "state": {
      const { id, readState, userActionState } = frame;
      const item = items.get(id);
      if (item) items.set(id, { ...item, readState, userActionState });
      break;
    }
    case "removed":
      items.delete(frame.id);
      break;
  }
}

/**
 * The feed without what has expired by now: at its instant a notification is gone.
 * @param {Feed} feed
 * @param {number} now UTC milliseconds
 * @returns {Feed} the same object when nothing has expired
 */
export function withoutExpired(feed, now) {
  if (nextExpiration(feed) > now) return feed;
  const items = [...feed.items].filter(([, item]) => Date.parse(item.expirationDateTime) > now);
  return { ...feed, items: new Map(items) };
}

/**
 * When the next notification expires: UTC milliseconds, Infinity when none will.
 * @param {Feed} feed
 */
export function nextExpiration(feed) {
  let next = Infinity;
  for (const item of feed.items.values()) next = Math.min(next, Date.parse(item.expirationDateTime));
  return next;
}

/**
 * The notifications, newest first, as the server lists them.
 * @param {Feed} feed
 */
export function newestFirst(feed) {
  return [...feed.items.values()]
    .reverse()
    .sort((a, b) => Date.parse(b.createdDateTime) - Date.parse(a.createdDateTime));
}
