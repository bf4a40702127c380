// The feed as one endpoint knows it: a pure function of what it asked for and the frames that arrived.

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
 * @typedef {{ type: "result", ref: string, status: number, seq?: number, cursor?: string, error?: { message: string } }} Result
 * @typedef {Reset | Arrival | StateChange | Removal | Ready | Result} Frame
 */

/**
 * What the client asks for; each is answered by the result with its `ref`.
 * @typedef {{ type: "update", ref: string, id: string, readState?: string, userActionState?: string }} Update
 * @typedef {{ type: "delete", ref: string, id: string }} Deletion
 * @typedef {Update | Deletion} Request
 */

/**
 * @typedef {object} Feed
 * @property {ReadonlyMap<string, Notification>} items by id
 * @property {ReadonlyMap<string, Request>} asked by ref: sent over the line that is up, and not answered yet
 * @property {number} seq the last change that is in `items`
 * @property {string | null} cursor where to go on after a lost line; null: from the beginning
 */

/** @type {Feed} */
export const EMPTY = { items: new Map(), asked: new Map(), seq: -1, cursor: null };

/**
 * The feed after these frames. A change whose `seq` isn't beyond the last one is known already and dropped.
 * @param {Feed} feed
 * @param {Iterable<Frame>} frames
 * @returns {Feed}
 */
export function receive(feed, frames) {
  let { seq, cursor } = feed;
  const items = new Map(feed.items);
  const asked = new Map(feed.asked);
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
    if (frame.type === "result") {
      const request = asked.get(frame.ref);
      asked.delete(frame.ref);
      if (request) answer(items, request, frame.status);
    } else {
      apply(items, frame);
    }
  }
  return { items, asked, seq, cursor };
}

/**
 * The feed with a request that was sent: nothing changes until it is answered.
 * @param {Feed} feed
 * @param {Request} request
 * @returns {Feed}
 */
export function ask(feed, request) {
  return { ...feed, asked: new Map(feed.asked).set(request.ref, request) };
}

/**
 * The feed after the line was lost: what isn't answered by now won't be. What became of it comes with the replay,
 * like anybody else's change, since without the result the cursor stands before it.
 * @param {Feed} feed
 * @returns {Feed}
 */
export function lineLost(feed) {
  return { ...feed, asked: EMPTY.asked };
}

/**
 * @param {Map<string, Notification>} items
 * @param {Arrival | StateChange | Removal | Ready} frame
 */
function apply(items, frame) {
  switch (frame.type) {
    case "notification":
      items.set(frame.notification.id, frame.notification);
      break;
    case "state":
      setStates(items, frame);
      break;
    case "removed":
      items.delete(frame.id);
      break;
  }
}

/**
 * The result is all that the asker hears of its own change.
 * @param {Map<string, Notification>} items
 * @param {Request} request
 * @param {number} status 404: it has gone already, by the server's clock
 */
function answer(items, request, status) {
  if (status === 204 || status === 404) items.delete(request.id);
  else if (status === 200 && request.type === "update") setStates(items, request);
}

/**
 * @param {Map<string, Notification>} items
 * @param {{ id: string, readState?: string, userActionState?: string }} change a state that isn't given stays
 */
function setStates(items, { id, readState, userActionState }) {
  const item = items.get(id);
  if (!item) return;
  items.set(id, {
    ...item,
    readState: readState ?? item.readState,
    userActionState: userActionState ?? item.userActionState,
  });
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

/** @param {Notification} item */
export function isDismissed(item) {
  return item.userActionState === "dismissed";
}

/**
 * How many notifications wait to be read: what was dismissed waits no longer.
 * @param {Feed} feed
 */
export function unreadCount(feed) {
  let count = 0;
  for (const item of feed.items.values()) if (item.readState === "unread" && !isDismissed(item)) count++;
  return count;
}
