// The subscriptions of the signed-in user: made for a device, given to an app server, ended.

import { get, sentence } from "../api.js";
import { MAX_DEVICE_ID, MAX_DISPLAY_NAME, SUBSCRIPTIONS_PATH } from "../notifeed/protocol.js";
import { element } from "../element.js";
import { countdown, time } from "../times.js";
import { copyButton } from "./copy.js";

/**
 * @typedef {object} Subscription
 * @property {string} id
 * @property {string} userNotificationSubscriptionId
 * @property {string} platform
 * @property {string | null} deviceId
 * @property {string | null} displayName
 * @property {string} createdDateTime
 * @property {string} expirationDateTime
 */

/**
 * The outcome of a post with it.
 * @typedef {{ status: number, code: string }} Outcome
 */

/**
 * The actions on a subscription besides ending it, if the server issues apps' tokens.
 * @typedef {object} Sending
 * @property {(subscription: Subscription) => Promise<Outcome>} post posts something small with its id
 * @property {(subscription: Subscription) => void} use composes with it from now on, or no longer
 * @property {(subscription: Subscription) => boolean} inUse
 */

const FORM = /* HTML */ `
  <label>For host <input name="targetHostName" class="mono" required /></label>
  <label
    >Platform
    <select name="platform">
      <option>Windows</option>
      <option>iOS</option>
      <option>Android</option>
      <option>WebPush</option>
    </select>
  </label>
  <label>Device name <input name="displayName" maxlength="${MAX_DISPLAY_NAME}" placeholder="Megan's laptop" /></label>
  <label
    >Device id <input name="deviceId" class="mono" maxlength="${MAX_DEVICE_ID}" placeholder="the same id renews"
  /></label>
  <button>Subscribe</button>
`;

const COLUMNS = ["Device", "Made", "Ends", "Subscription id", "Last post", "Do"];

export class Subscriptions {
  #session;
  #sending;
  #form = /** @type {HTMLFormElement} */ (element("form", { class: "subscribe", autocomplete: "off" }));
  #said = element("p", { class: "said", role: "status" });
  #rows = element("tbody", {});
  #all = element("button", { type: "button", class: "quiet" }, "Revoke all");
  /** By id, oldest first; those that were ended here stay, so that one can see them refused. @type {Map<string, Subscription>} */
  #known = new Map();
  /** @type {Set<string>} the ids of those that were ended */
  #ended = new Set();
  /** @type {Map<string, Outcome>} by id */
  #outcomes = new Map();
  /** The user's number: grows with everybody who signs in. */
  #turn = 0;

  /**
   * @param {import("../session.js").Session} session
   * @param {string} host the app's, unless a person says another
   * @param {Sending} sending
   */
  constructor(session, host, sending) {
    this.#session = session;
    this.#sending = sending;
    this.#form.insertAdjacentHTML("beforeend", FORM);
    this.#input("targetHostName").value = host;
    // The value that emptying the form leaves.
    this.#input("targetHostName").defaultValue = host;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#subscribe();
    });
    this.#all.addEventListener("click", () => this.#revokeAll());
    this.#rows.addEventListener("click", ({ target }) => this.#act(/** @type {Element} */ (target)));
  }

  get content() {
    const heads = COLUMNS.map((name) => element("th", { scope: "col", "data-column": name }, name));
    return [
      this.#form,
      this.#said,
      element(
        "table",
        { class: "subscriptions", "aria-labelledby": "subscriptions-title" },
        element("thead", {}, element("tr", {}, ...heads)),
        this.#rows,
      ),
      element("p", {}, this.#all),
    ];
  }

  /** The host that subscriptions are made for. */
  get host() {
    return this.#input("targetHostName").value.trim();
  }

  /** Begins anew, for whoever is signed in now. */
  restart() {
    this.#turn += 1;
    this.#known.clear();
    this.#ended.clear();
    this.#outcomes.clear();
    this.#say("", "");
    this.draw();
    void this.#when(get(this.#session, SUBSCRIPTIONS_PATH), ({ json }) => {
      for (const subscription of json.value) this.#known.set(subscription.id, subscription);
      this.draw();
    });
  }

  #subscribe() {
    const fields = [...new FormData(this.#form)].filter(([, value]) => value !== "");
    const asked = get(this.#session, SUBSCRIPTIONS_PATH, { method: "POST", json: Object.fromEntries(fields) });
    void this.#when(asked, ({ status, json }) => {
      this.#known.set(json.id, json);
      this.#input("displayName").value = "";
      this.draw();
      const renewed = status === 200;
      this.#say(
        "good",
        renewed ? "Renewed: the id is the same, and it ends later." : "Subscribed. The id is for the app server.",
      );
    });
  }

  /** @param {Subscription} subscription */
  #revoke({ id, ...subscription }) {
    void this.#when(get(this.#session, `${SUBSCRIPTIONS_PATH}/${id}`, { method: "DELETE" }), () => {
      this.#ended.add(id);
      this.draw();
      this.#say("good", `Revoked: ${nameOf(subscription)}. Posts with its id are refused from now on.`);
    });
  }

  #revokeAll() {
    void this.#when(get(this.#session, SUBSCRIPTIONS_PATH, { method: "DELETE" }), () => {
      for (const id of this.#known.keys()) this.#ended.add(id);
      this.draw();
      this.#say("good", "All revoked. Posts with any of their ids are refused from now on.");
    });
  }

  /** @param {Subscription} subscription */
  #post(subscription) {
    void this.#when(this.#sending.post(subscription), (outcome) => {
      this.#outcomes.set(subscription.id, outcome);
      this.draw();
      const good = outcome.status < 300;
      const words = good ? "posted, and on its way to every device" : `refused: ${outcome.code}`;
      this.#say(good ? "good" : "bad", `${outcome.status}: ${words}.`);
    });
  }

  /** @param {Element} target that was clicked */
  #act(target) {
    const action = target.closest("button")?.dataset.do;
    const row = target.closest("tr");
    const subscription = this.#known.get(row?.dataset.id ?? "");
    if (!subscription) return;
    if (action === "use") this.#sending.use(subscription);
    if (action === "post") this.#post(subscription);
    if (action === "revoke" && !this.#ended.has(subscription.id)) this.#revoke(subscription);
  }

  /**
   * Does something with what was asked for, unless somebody else is signed in by then.
   * @template T
   * @param {Promise<T>} asked
   * @param {(answer: T) => void} then
   */
  async #when(asked, then) {
    const turn = this.#turn;
    try {
      const answer = await asked;
      if (turn === this.#turn) then(answer);
    } catch (error) {
      if (turn === this.#turn) this.#say("bad", sentence(error));
    }
  }

  /**
   * @param {"good" | "bad" | ""} state
   * @param {string} text
   */
  #say(state, text) {
    this.#said.dataset.state = state;
    this.#said.textContent = text;
  }

  /** Shows what is known, and keeps the focus where it is. */
  draw() {
    const focused = this.#rows.contains(document.activeElement) ? document.activeElement : null;
    const at = {
      id: focused?.closest("tr")?.dataset.id,
      action: /** @type {HTMLElement | null} */ (focused)?.dataset.do,
    };
    const rows = [...this.#known.values()].map((subscription) => this.#row(subscription));
    if (rows.length === 0) {
      const cell = element(
        "td",
        { colspan: String(COLUMNS.length), class: "hint" },
        "None yet, so no app server can notify this user.",
      );
      rows.push(element("tr", {}, cell));
    }
    this.#rows.replaceChildren(...rows);
    this.#all.hidden = this.#known.size === this.#ended.size;
    if (!focused) return;
    const same = this.#rows.querySelector(`tr[data-id="${at.id}"] button[data-do="${at.action}"]`);
    /** @type {HTMLElement | null} */ (same ?? document.getElementById("subscriptions-title"))?.focus();
  }

  /** @param {Subscription} subscription */
  #row(subscription) {
    const { id, userNotificationSubscriptionId: unsId, createdDateTime, expirationDateTime } = subscription;
    const name = nameOf(subscription);
    const ended = this.#ended.has(id);
    const outcome = this.#outcomes.get(id);
    const used = this.#sending.inUse(subscription);
    const contents = [
      [element("strong", {}, name), element("span", { class: "hint" }, details(subscription))],
      [time(createdDateTime)],
      ended
        ? [element("strong", { class: "ended" }, "revoked")]
        : [countdown(expirationDateTime, "expired"), element("span", { class: "hint" }, time(expirationDateTime))],
      [
        element("code", { title: unsId }, `${unsId.slice(0, 14)}…`),
        " ",
        copyButton("Copy", () => unsId, `Copy id: ${name}`),
      ],
      outcome
        ? [
            element("strong", { "data-state": outcome.status < 300 ? "good" : "bad" }, String(outcome.status)),
            element("span", { class: "hint" }, outcome.code),
          ]
        : [],
      [
        ...(this.#session.pasting
          ? []
          : [
              action("post", "Post as the app", name, {}),
              action("use", "Compose with it", name, { "aria-pressed": String(used) }),
            ]),
        action("revoke", "Revoke", name, { "aria-disabled": String(ended) }),
      ],
    ];
    const cells = COLUMNS.map((column, index) =>
      element(
        index === 0 ? "th" : "td",
        { "data-column": column, ...(index === 0 ? { scope: "row" } : {}) },
        ...contents[index],
      ),
    );
    return element("tr", { "data-id": id, "data-ended": String(ended) }, ...cells);
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }
}

/** @param {Pick<Subscription, "displayName" | "deviceId" | "platform">} subscription */
function nameOf({ displayName, deviceId, platform }) {
  return displayName ?? deviceId ?? `a ${platform} device`;
}

/** @param {Subscription} subscription */
function details({ displayName, deviceId, platform }) {
  return displayName && deviceId ? `${platform} · ${deviceId}` : platform;
}

/**
 * @param {string} name
 * @param {string} label
 * @param {string} whose
 * @param {Record<string, string>} attributes
 */
function action(name, label, whose, attributes) {
  return element(
    "button",
    { type: "button", class: "quiet", "data-do": name, "aria-label": `${label}: ${whose}`, ...attributes },
    label,
  );
}
