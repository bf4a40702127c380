// Reads what happened to a user's feed while many devices came, went and changed things, and says
// where it broke a promise of ARCHITECTURE ("Sequence, resume, delta", "Delivery"). Pure: a history in,
// violations out.

/**
 * @typedef {object} Item as a device shows it, or the service lists it
 * @property {string} content what the writer wrote; each of its posts has its own
 * @property {string[]} platforms in lower case
 * @property {number} expires Unix milliseconds
 * @property {string} readState
 * @property {string} userActionState
 */

/**
 * @typedef {object} Post
 * @property {string} [id] as the service answered; none: nobody knows whether it was carried out
 * @property {string} content
 * @property {number} expires
 */

/**
 * @typedef {object} Update what a device asked for
 * @property {string} id
 * @property {{ readState?: string, userActionState?: string }} states
 * @property {number} [seq] of the change, where the service said it
 * @property {boolean} changed false: the service said that nothing changed
 */

/**
 * @typedef {object} Connection from `open` to its end
 * @property {string} device
 * @property {string} platform
 * @property {number} known the device's last seq when it came; 0 without a cursor
 * @property {any[]} frames as they came
 */

/**
 * @typedef {object} Device how it ended
 * @property {string} name
 * @property {string} platform
 * @property {[string, Item][]} items
 * @property {{ seq: number, id: string, content: string, replayed: boolean, life: number }[]} given what
 *   its app was given as new; `life` counts its fresh starts
 */

/**
 * @typedef {object} History of one user's feed
 * @property {Post[]} posts in their order
 * @property {{ id: string, done: boolean, seq?: number }[]} deletions `done` false: nobody knows
 * @property {Update[]} updates
 * @property {Connection[]} connections
 * @property {Device[]} devices
 * @property {number} end Unix milliseconds: after it nothing happened but reading
 * @property {[string, Item][]} listed by GET, page by page
 * @property {[string, Item][]} delta what all deltas together left
 * @property {number} unread by $count
 */

/**
 * @param {History} history
 * @returns {string[]} every violation; none: the promises were kept
 */
export function check(history) {
  return [
    ...history.connections.flatMap(ordered),
    ...oneItemToANumber(history),
    ...nothingSkipped(history),
    ...givenOnce(history),
    ...nothingResurrected(history),
    ...nothingLost(history),
    ...statesKept(history),
    ...sameEverywhere(history),
  ];
}

/** @param {any} frame */
const idOf = (frame) => frame.notification?.id ?? frame.id;
/** @param {any} frame */
const isChange = (frame) => ["notification", "state", "removed"].includes(frame.type);

/** Numbers grow on every connection, beyond what the device knew. @param {Connection} connection */
function ordered({ device, known, frames }) {
  const violations = [];
  let last = known;
  for (const { type, seq } of frames) {
    if (type === "reset") last = 0;
    if (seq === undefined) continue;
    if (seq <= last) violations.push(`order: ${device} got ${type} ${seq} after ${last}`);
    last = Math.max(last, seq);
  }
  return violations;
}

/** A number is one change of one item. @param {History} history */
function oneItemToANumber({ connections }) {
  const violations = [];
  const items = new Map();
  for (const { device, frames } of connections) {
    for (const frame of frames.filter(isChange)) {
      const known = items.get(frame.seq) ?? idOf(frame);
      if (known !== idOf(frame)) violations.push(`number ${frame.seq}: ${known}, and ${idOf(frame)} for ${device}`);
      items.set(frame.seq, known);
    }
  }
  return violations;
}

/** A live connection of a platform got whatever each other got that was live before and after it. @param {History} history */
function nothingSkipped({ connections }) {
  /** @type {Map<string, Map<number, string>>} */
  const told = new Map();
  const live = connections.map(({ device, platform, frames }) => {
    const ready = frames.findIndex(({ type }) => type === "ready");
    const after = ready < 0 ? [] : frames.slice(ready + 1).filter(({ seq }) => seq !== undefined);
    const seen = told.get(platform) ?? new Map();
    told.set(platform, seen);
    for (const frame of after.filter(isChange)) seen.set(frame.seq, idOf(frame));
    return { device, platform, seqs: after.map(({ seq }) => seq) };
  });
  const violations = [];
  for (const { device, platform, seqs } of live) {
    const [first, last] = [seqs[0], seqs.at(-1)];
    const got = new Set(seqs);
    for (const [seq, id] of told.get(platform) ?? []) {
      if (first < seq && seq < last && !got.has(seq)) violations.push(`lost: ${device} was never told ${seq} of ${id}`);
    }
  }
  return violations;
}

/** Content is given to an app once; a replay that its states moved may bring it again. @param {History} history */
function givenOnce({ devices }) {
  const violations = [];
  for (const { name, given } of devices) {
    const had = new Set();
    let last = 0;
    let life = 0;
    for (const event of given) {
      if (event.life !== life) {
        had.clear();
        [last, life] = [0, event.life];
      }
      if (event.seq <= last) violations.push(`twice: ${name} was given ${event.seq} after ${last}`);
      last = Math.max(last, event.seq);
      // The same content may be another item's: posted again after the first was deleted.
      const what = `${event.content} of ${event.id}`;
      if (!event.replayed && had.has(what)) violations.push(`twice: ${name} was given ${what} again`);
      had.add(what);
    }
  }
  return violations;
}

/** Deleted items never come back. @param {History} history */
function nothingResurrected({ connections, deletions, listed, delta, devices, end }) {
  const violations = [];
  /** @type {Map<string, number>} */
  const gone = new Map();
  const note = (/** @type {string} */ id, /** @type {number} */ seq) =>
    gone.set(id, Math.min(seq, gone.get(id) ?? seq));
  for (const { id, seq, done } of deletions) if (done && seq !== undefined) note(id, seq);
  for (const { frames } of connections) {
    for (const { type, reason, id, seq } of frames) if (type === "removed" && reason === "deleted") note(id, seq);
  }
  for (const { device, frames } of connections) {
    for (const frame of frames.filter(({ type }) => type === "notification" || type === "state")) {
      const at = gone.get(idOf(frame));
      if (at !== undefined && frame.seq > at) {
        violations.push(`resurrected: ${device} got ${idOf(frame)} by ${frame.seq}, deleted by ${at}`);
      }
    }
  }
  const ended = new Set([...gone.keys(), ...deletions.filter(({ done }) => done).map(({ id }) => id)]);
  for (const [where, items] of places({ listed, delta, devices })) {
    // An expired item isn't shown, whether its device was told of the end or knew it.
    for (const [id, { expires }] of items) {
      if (ended.has(id) && expires > end) violations.push(`resurrected: ${where} has ${id}, which was deleted`);
    }
  }
  return violations;
}

/** A post that was answered with success is there, with its last content, unless it was deleted or expired. @param {History} history */
function nothingLost({ posts, deletions, listed, end }) {
  const violations = [];
  const there = new Map(listed);
  const maybeDeleted = new Set(deletions.map(({ id }) => id));
  /** @type {Map<string, Post>} */
  const last = new Map();
  for (const post of posts) if (post.id !== undefined) last.set(post.id, post);
  const doubtful = new Set(posts.filter(({ id }) => id === undefined).map(({ content }) => content));
  for (const [id, { content, expires }] of last) {
    const item = there.get(id);
    if (item === undefined) {
      // A doubtful replacement may have been carried out, and have expired.
      if (expires > end && !maybeDeleted.has(id) && doubtful.size === 0) violations.push(`lost: ${id} with ${content}`);
    } else if (item.content !== content && !doubtful.has(item.content)) {
      violations.push(`lost: ${id} has ${item.content}, not ${content}`);
    }
  }
  for (const [id, { content, expires }] of there) {
    if (expires <= end) violations.push(`expired, but listed: ${id}`);
    if (!last.has(id) && !doubtful.has(content)) violations.push(`invented: ${id} with ${content}`);
  }
  return violations;
}

/** States are what the changes after the last content made them. @param {History} history */
function statesKept({ updates, connections, listed }) {
  const violations = [];
  // The number under which each content was first seen, with the states that it had there.
  /** @type {Map<string, { seq: number, states: { readState: string, userActionState: string } }>} */
  const seen = new Map();
  for (const { frames } of connections) {
    for (const { type, seq, notification } of frames) {
      if (type !== "notification") continue;
      const { id, payload, readState, userActionState } = notification;
      const key = `${id} ${payload.rawContent}`;
      if (seq >= (seen.get(key)?.seq ?? Infinity)) continue;
      seen.set(key, { seq, states: { readState, userActionState } });
    }
  }
  for (const [id, item] of listed) {
    const begin = seen.get(`${id} ${item.content}`);
    const all = updates.filter((update) => update.id === id && update.changed);
    // Over HTTP no number is answered, and of a lost line none is known: then the order isn't either.
    if (begin === undefined || all.some(({ seq }) => seq === undefined)) continue;
    const states = { ...begin.states };
    const later = all
      .filter(({ seq }) => Number(seq) > begin.seq)
      .sort((one, other) => Number(one.seq) - Number(other.seq));
    for (const update of later) Object.assign(states, update.states);
    for (const name of /** @type {const} */ (["readState", "userActionState"])) {
      if (item[name] !== states[name]) violations.push(`lost: ${name} of ${id} is ${item[name]}, not ${states[name]}`);
    }
  }
  return violations;
}

/** Every device of a platform shows what the service lists for it; the count is that of the list. @param {History} history */
function sameEverywhere({ devices, listed, delta, unread, end }) {
  const violations = [];
  for (const [where, items, platform] of places({ listed, delta, devices })) {
    const shown = new Map(items.filter(([, item]) => item.expires > end));
    const expected = new Map(listed.filter(([, item]) => platform === undefined || item.platforms.includes(platform)));
    for (const [id, item] of expected) {
      const other = shown.get(id);
      if (other === undefined) violations.push(`differs: ${where} lacks ${id}`);
      else if (inWords(other) !== inWords(item)) {
        violations.push(`differs: ${where} has ${id} as ${inWords(other)}, not ${inWords(item)}`);
      }
    }
    for (const id of shown.keys()) if (!expected.has(id)) violations.push(`differs: ${where} still has ${id}`);
  }
  const counted = listed.filter(([, { readState }]) => readState === "unread").length;
  if (unread !== counted) violations.push(`count: ${unread} unread, but ${counted} listed`);
  return violations;
}

/** @param {Item} item */
const inWords = ({ content, readState, userActionState }) => `${content} ${readState} ${userActionState}`;

/**
 * @param {Pick<History, "listed" | "delta" | "devices">} history
 * @returns {[where: string, items: [string, Item][], platform?: string][]}
 */
function places({ listed, delta, devices }) {
  return [
    ["the list", listed],
    ["delta", delta],
    ...devices.map(
      ({ name, items, platform }) => /** @type {[string, [string, Item][], string]} */ ([name, items, platform]),
    ),
  ];
}
