// The page's side of the inbox tests: a client with the live client's interface and no line. Tests say what arrives and
// what is refused; what it shows, it shows as the live client does: at once, newest first, several changes told once.

/**
 * @typedef {import("../../www/notifeed/live.js").LiveClient} LiveClient
 * @typedef {import("../../www/notifeed/live.js").LiveEvents} LiveEvents
 * @typedef {import("../../www/notifeed/live.js").FeedNotification} FeedNotification
 * @typedef {import("../../www/notifeed/live.js").LiveEvent} LiveEvent
 * @typedef {import("../../www/notifeed/live.js").Status} Status
 * @typedef {import("../../www/notifeed/live.js").StateChange} StateChange
 * @typedef {(event: LiveEvent) => void} Listener
 */

export const NOON = Date.parse("2026-11-22T12:00:00Z");

/**
 * A notification that came so many minutes before noon.
 * @param {string} id
 * @param {Partial<FeedNotification> & { title?: string, body?: string, minutes?: number }} [members]
 * @returns {FeedNotification}
 */
export function notification(id, { title = id, body, minutes = 0, ...members } = {}) {
  const createdDateTime = new Date(NOON - minutes * 60_000).toISOString();
  return {
    id,
    appNotificationId: null,
    targetHostName: "contoso.com",
    groupName: null,
    priority: "None",
    payload: { visualContent: body === undefined ? { title } : { title, body } },
    targetPolicy: { platformTypes: ["Windows", "iOS", "Android", "WebPush"] },
    fallbackPolicy: null,
    createdDateTime,
    lastModifiedDateTime: createdDateTime,
    expirationDateTime: new Date(NOON + 7 * 86_400_000).toISOString(),
    displayTimeToLive: null,
    readState: "unread",
    userActionState: "noInteraction",
    status: "active",
    ...members,
  };
}

/** @implements {LiveClient} */
export class PageClient {
  /** @type {readonly FeedNotification[]} */
  items = [];
  /** @type {Status} */
  status = { state: "live", without: [] };
  /** @type {string | null} */
  cursor = "c1";
  leads = true;
  /** @type {FeedNotification[]} what the service has besides */
  older = [];
  /** @type {unknown} what the next changes are refused with */
  refusal;
  /** @type {Promise<void> | undefined} what it waits for before it answers that it has loaded */
  pageIn;
  /** @type {string[]} what was asked of it */
  asked = [];
  /** How often a list that has everything was looked at. */
  looks = 0;
  /** @type {Map<string, Set<Listener>>} */
  #listeners = new Map();
  #telling = false;

  get unread() {
    return this.items.filter((item) => item.readState === "unread" && item.userActionState !== "dismissed").length;
  }

  get unseen() {
    return this.looks > 0 ? 0 : this.unread;
  }

  get more() {
    return this.older.length > 0;
  }

  now() {
    return NOON;
  }

  get listeners() {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * @template {keyof LiveEvents} Type
   * @param {Type} type
   * @param {(event: LiveEvents[Type]) => void} listener
   */
  on(type, listener) {
    const all = this.#listeners.get(type) ?? new Set();
    const added = /** @type {Listener} */ (listener);
    this.#listeners.set(type, all.add(added));
    return () => void all.delete(added);
  }

  /** @param {LiveEvent} event */
  #tell(event) {
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
  }

  /** @param {readonly FeedNotification[]} items */
  #show(items) {
    this.items = [...items].sort((one, other) => other.createdDateTime.localeCompare(one.createdDateTime));
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      this.#tell({ type: "change" });
    });
  }

  /**
   * @param {FeedNotification[]} notifications
   * @param {{ replayed?: boolean }} [options]
   */
  arrive(notifications, { replayed = false } = {}) {
    const ids = new Set(notifications.map(({ id }) => id));
    this.#show([...notifications, ...this.items.filter(({ id }) => !ids.has(id))]);
    for (const notification of notifications) this.#tell({ type: "notification", notification, replayed });
  }

  async loadOlder() {
    this.asked.push("older");
    await this.pageIn;
    if (this.refusal !== undefined) throw this.refusal;
    this.#show([...this.items, ...this.older.splice(0, 100)]);
    return this.more;
  }

  /** The service refuses a change that an earlier visit left. @param {import("../../www/notifeed/live.js").LiveError} error */
  refuse(error) {
    this.#tell({ type: "refused", id: "left", change: { readState: "read" }, error });
  }

  /** The change that another device makes. @param {string} id */
  leave(id) {
    this.#show(this.items.filter((item) => item.id !== id));
  }

  /**
   * @param {Partial<Status>} status
   * @param {string | null} [cursor]
   */
  become(status, cursor = this.cursor) {
    this.status = { ...this.status, ...status };
    this.cursor = cursor;
    this.#tell({ type: "status", status: this.status });
  }

  /**
   * @param {string} id
   * @param {StateChange} change
   */
  async update(id, change) {
    this.asked.push(`${id} ${Object.values(change).join(" ")}`);
    const before = this.items;
    this.#show(before.map((item) => (item.id === id ? { ...item, ...change } : item)));
    if (this.refusal === undefined) return;
    await undefined;
    this.#show(before);
    throw this.refusal;
  }

  /**
   * @param {FeedNotification} notification
   * @param {string} actionId
   * @param {string} [text]
   */
  async answer({ id, revision }, actionId, text) {
    this.asked.push(`${id} ${actionId} ${text} of ${revision}`);
    if (this.refusal !== undefined) throw this.refusal;
    const answer = { actionId, answeredDateTime: new Date(NOON).toISOString(), ...(text !== undefined && { text }) };
    this.#show(this.items.map((item) => (item.id === id ? { ...item, answer } : item)));
  }
  /** @param {string} id */
  markRead(id) {
    return this.update(id, { readState: "read" });
  }
  /** @param {string} id */
  markUnread(id) {
    return this.update(id, { readState: "unread" });
  }
  async markAllRead() {
    this.asked.push("all read");
    this.#show(this.items.map((item) => ({ ...item, readState: "read" })));
  }
  async markAllSeen() {
    this.looks++;
  }
  /** @param {string} id */
  dismiss(id) {
    return this.update(id, { readState: "read", userActionState: "dismissed" });
  }
  /** @param {string} id */
  restore(id) {
    return this.update(id, { userActionState: "noInteraction" });
  }
  /** @param {string} id */
  snooze(id) {
    return this.update(id, { userActionState: "snoozed" });
  }
  /** @param {string} id */
  activate(id) {
    return this.update(id, { readState: "read", userActionState: "activated" });
  }
  /** @param {string} id */
  async remove(id) {
    this.asked.push(`${id} remove`);
    this.leave(id);
  }
  reconnect() {
    this.asked.push("reconnect");
  }
  /** @returns {never} */
  setEndpoint() {
    throw new Error("the inbox has no use for it");
  }
  async close() {
    this.become({ state: "stopped" });
    return { unsent: 0 };
  }
  async *[Symbol.asyncIterator]() {
    throw new Error("the inbox has no use for it");
  }
}
