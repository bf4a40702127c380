// Changing a feed, and coming back to it: what an endpoint is then told, in short.

import assert from "node:assert/strict";
import { eventually } from "./expect.mjs";
import { host } from "./harness.mjs";

const feed = "/beta/me/notifications";

export const resumed = ["ready", true];
export const begun = ["ready", false];

/**
 * A frame in short, after a look at its shape: nothing may be missing in it, or be there besides.
 * @param {any} frame
 * @returns {unknown[]}
 */
export function inShort(frame) {
  const { ack, ...plain } = frame;
  // The server may ask for an acknowledgement of any change.
  if (ack !== undefined) assert.ok(ack === true && Object.keys(frame).at(-1) === "ack" && frame.seq > 0);
  const { type, seq, cursor, id } = plain;
  const change = ["type", "seq", "cursor"];
  const counts = ["unread", "unseen", "seenThrough"];
  const members = /** @type {Record<string, string[]>} */ ({
    reset: ["type"],
    notification: [...change, "replayed", "notification"],
    state: [...change, "id", "readState", "userActionState"],
    removed: [...change, "id", "reason"],
    ready: ["type", "cursor", "endpoint", "resumed", "now", ...(plain.more === true ? ["more"] : []), ...counts],
    result: ["type", "ref", "status", ...(seq === undefined ? [] : ["seq", "cursor"])],
  })[type];
  assert.deepEqual(Object.keys(plain), members);
  if (members.includes("cursor")) assert.match(cursor, /^[\w-]{20,}$/);
  switch (type) {
    case "notification": {
      const { notification, replayed } = frame;
      assert.equal(replayed, true);
      return [type, seq, notification.id, notification.payload.rawContent, notification.readState];
    }
    case "state":
      return [type, seq, id, frame.readState, frame.userActionState];
    case "removed":
      return [type, seq, id, frame.reason];
    case "ready":
      return [type, frame.resumed, ...(frame.more ? ["more"] : [])];
    case "result":
      return seq === undefined ? [type, frame.ref, frame.status] : [type, frame.ref, frame.status, seq];
    default:
      return [type];
  }
}

/** @param {import("./following.mjs").Service} service */
export function returnTo(service) {
  /**
   * Posts; the text is the content. A key is the `appNotificationId`: the same again replaces.
   * @param {string} as
   * @param {string} text
   * @param {{ key?: string, platforms?: string[], lives?: number }} [options] `lives`: in milliseconds
   * @returns {Promise<string>} its id
   */
  async function post(as, text, { key, platforms = ["windows", "ios"], lives } = {}) {
    const posted = await service.post(
      {
        targetHostName: host,
        appNotificationId: key,
        payload: { rawContent: text },
        targetPolicy: { platformTypes: platforms },
        ...(lives === undefined ? {} : { expirationDateTime: new Date(Date.now() + lives).toISOString() }),
      },
      { as },
    );
    assert.ok(posted.status === 201 || posted.status === 200, posted.text);
    return posted.json.id;
  }

  /**
   * @param {string} as
   * @param {string} id
   * @param {Record<string, string>} states
   */
  async function patch(as, id, states) {
    const patched = await service.request("PATCH", `${feed}/${id}`, { as, json: states });
    assert.equal(patched.status, 200, patched.text);
  }

  /**
   * @param {string} as
   * @param {string} id
   */
  async function remove(as, id) {
    assert.equal((await service.request("DELETE", `${feed}/${id}`, { as })).status, 204);
  }

  /**
   * Waits for the instant at which an item expires.
   * @param {string} as
   * @param {string} id
   */
  function expired(as, id) {
    return eventually(async () => (await service.request("GET", `${feed}/${id}`, { as })).status === 404);
  }

  /**
   * Connects, and reads up to `ready`.
   * @param {string} as
   * @param {string} [cursor]
   * @param {string} [platform]
   * @param {number} [top] how many of the newest items, where all would come
   */
  async function comeBack(as, cursor, platform, top) {
    const query = { ...(cursor !== undefined && { cursor }), ...(top !== undefined && { top: String(top) }) };
    const stream = await service.connect({ as, platform, query });
    const frames = await stream.until("ready");
    stream.terminate();
    return { told: frames.map(inShort), frames, cursor: String(frames.at(-1).cursor) };
  }

  /** The cursor of an endpoint that has been told everything. @param {string} as @param {string} [platform] */
  async function upToDate(as, platform) {
    return (await comeBack(as, undefined, platform)).cursor;
  }

  return { post, patch, remove, expired, comeBack, upToDate };
}
