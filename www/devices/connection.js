// The texts that describe the state of a device's connection.

/** @typedef {import("../notifeed/live.js").Status} Status */
/** @typedef {import("../notifeed/live.js").LiveEvents["ready"]} Ready */

/**
 * @param {Pick<Status, "state" | "code" | "reason" | "retryAt"> | null} status null: a person has dropped it
 * @param {number} now milliseconds since 1970
 */
export function connectionWords(status, now) {
  if (status === null) return "Dropped: last known state";
  switch (status.state) {
    case "connecting":
      return "Connecting";
    case "live":
      return "Live";
    case "waiting": {
      const left = Math.max(0, Math.ceil(((status.retryAt ?? now) - now) / 1000));
      return `Connection lost, back in ${left} s${because(status)}`;
    }
    case "stopped":
      return `Stopped${because(status)}`;
  }
}

/**
 * How the feed came over the connection that is up.
 * @param {Ready | null} ready null: from another tab, which has the connection
 */
export function replayWords(ready) {
  if (!ready) return "Through another tab";
  const { resumed, replayed } = ready;
  const changes = replayed === 1 ? "1 change" : `${replayed} changes`;
  if (!resumed) return replayed === 0 ? "Read anew, nothing there" : `Read anew, ${changes}`;
  return replayed === 0 ? "Resumed, nothing missed" : `Resumed, ${changes} replayed`;
}

/** Both ends of a cursor: the feed's, and how far it got. @param {string | null} cursor */
export function shortened(cursor) {
  return cursor === null ? "none" : `${cursor.slice(0, 4)}…${cursor.slice(-4)}`;
}

/** @param {Pick<Status, "code" | "reason">} status */
function because({ reason, code }) {
  if (reason) return `: ${reason}`;
  return code === undefined ? "" : `: closed with ${code}`;
}
