// The signed-in user and the sender, and the tokens that prove both. Listeners are told of changes.

import { DEVELOPMENT_TOKEN_PATH } from "./notifeed/protocol.js";

/** A token that ends within this many milliseconds is not used any more. */
const SPARE = 60_000;

/**
 * The events of a session:
 * - `user`: another user is signed in, or the same with another token. Forget what the last one saw.
 * - `sender`: notifications are sent by somebody else from now on.
 * - `feed`: something in the user's feed changed, as a section learned that sent it or that listens.
 * - `pasting`: the server issues no tokens, so that the user has to paste one.
 * @typedef {"user" | "sender" | "feed" | "pasting"} News
 */

/**
 * An app server, which posts with an app-only token and what a signed-in client gave it.
 * @typedef {{ app: string, unsId: string }} AppSender
 */

/**
 * A notification that was sent from this page.
 * @typedef {object} Sent
 * @property {string} id
 * @property {number} began when the request was made, in milliseconds of the page's clock (`performance.now()`)
 */

/** @typedef {{ token: string, expires: number }} Held */

export class Session {
  /** The user's principal name. */
  user;
  /** Whether tokens have to be pasted: this isn't a development server. */
  pasting = false;
  /** @type {AppSender | null} who sends; null: the user, by the client app that they are signed in to */
  sender = null;
  /** @type {Held | null} a token that a person got elsewhere; good until it is refused */
  #pasted = null;
  /** @type {Map<string, Held>} by what was asked for */
  #held = new Map();
  /** @type {Map<string, Promise<Held | null>>} the tokens that are on their way, by the same */
  #issuing = new Map();
  #listeners = new EventTarget();

  /** @param {string} user */
  constructor(user) {
    this.user = user;
  }

  /**
   * @param {News} news
   * @param {() => void} listener
   */
  on(news, listener) {
    this.#listeners.addEventListener(news, listener);
  }

  /**
   * A delegated access token of the user; null when one has to be pasted.
   * @param {boolean} [fresh] the last one was refused
   */
  async token(fresh = false) {
    if (fresh) this.#pasted = null;
    return this.#pasted?.token ?? this.#token({ as: this.user }, fresh);
  }

  /**
   * An app-only access token; null if the server issues none.
   * @param {string} app the app's id
   * @param {boolean} [fresh] the last one was refused
   */
  async appToken(app, fresh = false) {
    return this.#token({ app }, fresh);
  }

  /**
   * The headers that say who sends; null when a token has to be pasted.
   * @returns {Promise<Record<string, string> | null>}
   */
  async senderHeaders() {
    const { sender } = this;
    const token = await (sender ? this.appToken(sender.app) : this.token());
    if (token === null) return null;
    return { Authorization: `Bearer ${token}`, ...(sender ? { "X-UNS-ID": sender.unsId } : {}) };
  }

  /** @param {string} user */
  switchTo(user) {
    this.user = user;
    this.#pasted = null;
    this.sendAs(null);
    this.#tell("user");
  }

  /** @param {AppSender | null} sender null: the user again */
  sendAs(sender) {
    this.sender = sender;
    this.#tell("sender");
  }

  /** Notifies all listeners that the feed has changed. */
  feedChanged() {
    this.#tell("feed");
  }

  /**
   * Notifies the listeners of a notification that was sent from this page.
   * @param {Sent} sent
   */
  sent(sent) {
    this.#listeners.dispatchEvent(new CustomEvent("sent", { detail: sent }));
  }

  /** @param {(sent: Sent) => void} listener */
  onSent(listener) {
    this.#listeners.addEventListener("sent", (event) => listener(/** @type {CustomEvent<Sent>} */ (event).detail));
  }

  /** @param {string} token */
  paste(token) {
    this.#pasted = { token, expires: Infinity };
    this.#tell("user");
  }

  /** @param {News} news */
  #tell(news) {
    this.#listeners.dispatchEvent(new Event(news));
  }

  /**
   * @param {{ as: string } | { app: string }} whose
   * @param {boolean} fresh
   */
  async #token(whose, fresh) {
    const name = JSON.stringify(whose);
    const held = fresh ? undefined : this.#held.get(name);
    if (held && held.expires - SPARE >= Date.now()) return held.token;
    // Callers that request the token meanwhile get the same promise.
    const issuing = this.#issuing.get(name) ?? this.#issue(name).finally(() => this.#issuing.delete(name));
    this.#issuing.set(name, issuing);
    const issued = await issuing;
    if (!issued) return null;
    this.#held.set(name, issued);
    return issued.token;
  }

  /**
   * @param {string} body of the question for a token
   * @returns {Promise<Held | null>}
   */
  async #issue(body) {
    const response = await fetch(DEVELOPMENT_TOKEN_PATH, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    if (response.status === 404) {
      this.pasting = true;
      this.#tell("pasting");
      return null;
    }
    if (!response.ok) throw new Error(`no token: ${response.status}`);
    /** @type {{ token: string, expires: string }} */
    const { token, expires } = await response.json();
    return { token, expires: Date.parse(expires) };
  }
}
