// The browser itself as a fifth device: pushed to by its vendor's push service while no page is open.

import { get } from "../api.js";
import { element } from "../element.js";
import { ENDPOINTS_PATH } from "../notifeed/protocol.js";
import { createPush } from "../notifeed/push.js";
import { headline } from "./item.js";

/** @typedef {import("./platforms.js").Notification} Notification */
/** @typedef {import("../notifeed/push.js").Push} Push */

/**
 * The page around it.
 * @typedef {object} Page
 * @property {() => readonly Notification[]} items of the feed, newest first
 * @property {() => void} changed this browser has another endpoint, or none any more
 */

/** How many notifications are told of. */
const TOLD = 5;

const HINT =
  "Turn push on, close this page, and send a notification: the browser shows it. Dismiss it there, and it disappears from all devices.";

/** @type {Record<import("../notifeed/push.js").PushState, string>} */
const STATES = {
  "not-ready": "Finding out",
  unsupported: "This browser has no push",
  insecure: "Only pages over https have push",
  "needs-install": "Put this page on the Home Screen first",
  unavailable: "The deployment has no key to push with",
  prompt: "Off: the browser will ask you",
  denied: "Forbidden in the browser's settings",
  off: "Off",
  on: "On",
  "needs-gesture": "Off: turn push on again",
  foreign: "Other code of this origin has a push subscription",
};

/** @type {Record<string, string>} by delivery */
const DELIVERIES = {
  delivered: "this browser has it",
  pushed: "pushed, and taken by the push service",
  refused: "refused by the push service",
  expired: "expired before it could be pushed",
  notTargeted: "not for Web Push",
  pending: "held while this page is open, or on its way",
};

export class BrowserPane {
  #session;
  #host;
  /** @type {Page} */
  #page;
  /** @type {string | null} the subscription's id while it is on */
  endpoint = null;
  #state = element("span", { role: "status" }, "Off");
  #toggle = element("button", { type: "button", class: "quiet" }, "Set up");
  #endpoint = element("p", { class: "hint" });
  #items = element("ol", { class: "pushes" });
  /** @type {Push | null} null: not set up in this visit */
  #push = null;
  /** The number of the latest request, so that a late answer doesn't replace a newer one. */
  #looks = 0;

  /**
   * @param {import("../session.js").Session} session
   * @param {string} host
   * @param {Page} page
   */
  constructor(session, host, page) {
    this.#session = session;
    this.#host = host;
    this.#page = page;
    this.#items.setAttribute("aria-label", "Deliveries to this browser");
    const title = element("h3", {}, "This browser");
    this.node = element(
      "article",
      { class: "this-browser", "aria-label": "This browser" },
      element("header", {}, title, this.#state, this.#toggle),
      element("p", { class: "hint" }, HINT),
      this.#endpoint,
      this.#items,
    );
    this.#toggle.addEventListener("click", () => void this.#press());
    // A push that was set up in an earlier visit goes on.
    void navigator.serviceWorker?.getRegistration().then((registration) => registration && this.#setUp());
  }

  /** Another user is signed in: the former one's pushes end. */
  startAnew() {
    this.#items.replaceChildren();
    void this.#push?.sync().catch((error) => this.#complain(error));
  }

  /** Shows whether the newest notifications were delivered to this browser. */
  async look() {
    const id = this.endpoint;
    const look = ++this.#looks;
    if (!id) return this.#items.replaceChildren();
    const rows = this.#page
      .items()
      .slice(0, TOLD)
      .map((item) => this.#row(id, item));
    const told = await Promise.all(rows).catch(() => []);
    if (look === this.#looks) this.#items.replaceChildren(...told);
  }

  /** @param {string} id @param {Notification} notification */
  async #row(id, notification) {
    const { json } = await get(this.#session, `${ENDPOINTS_PATH}?notification=${notification.id}`);
    const own = json.value.find((/** @type {any} */ endpoint) => endpoint.id === id);
    const { delivery, push, lastPushDateTime, lastPushError } = own ?? { push: "gone" };
    const last = lastPushDateTime ? `, last taken ${new Date(lastPushDateTime).toLocaleTimeString()}` : "";
    this.#endpoint.textContent = `The endpoint is ${push}${last}${lastPushError ? `; failed: ${lastPushError}` : ""}.`;
    const words = DELIVERIES[delivery] ?? "delivery unknown";
    return element("li", {}, element("strong", {}, headline(notification)), ` ${words}`);
  }

  #setUp() {
    if (this.#push) return;
    this.#push = createPush({
      url: location.origin,
      token: ({ fresh }) => this.#session.token(fresh),
      targetHostName: this.#host,
      worker: navigator.serviceWorker?.register("/push-worker.js", { type: "module" }),
      displayName: "The console's browser",
      ...(location.protocol === "https:" && { navigate: `${location.origin}/?notification={id}` }),
    });
    this.#push.onState(() => this.#show());
    this.#show();
  }

  async #press() {
    try {
      if (!this.#push) return this.#setUp();
      // Nothing comes before it: the browser asks a person only in the midst of their act.
      await (this.#push.state === "on" ? this.#push.disable() : this.#push.enable());
    } catch (error) {
      this.#complain(error);
    }
  }

  #show() {
    const state = this.#push?.state ?? "off";
    this.#state.textContent = STATES[state];
    this.node.dataset.state = state;
    this.#toggle.textContent = state === "on" ? "Turn off" : "Turn on";
    if (state !== "on") this.#endpoint.textContent = "";
    const endpoint = this.#push?.subscription?.id ?? null;
    const isAnother = endpoint !== this.endpoint;
    this.endpoint = endpoint;
    if (isAnother) this.#page.changed();
    void this.look();
  }

  /** @param {unknown} error */
  #complain(error) {
    this.#state.textContent = error instanceof Error ? error.message : String(error);
  }
}
