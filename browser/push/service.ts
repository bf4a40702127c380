// What the page asks of the service.

import { APPLICATION_SERVER_KEY_PATH, NOTIFICATIONS_PATH, SUBSCRIPTIONS_PATH } from "../generated/protocol.ts";
import { type PushOptions, PushError, type Subscribed } from "./api.ts";
import type { Surroundings } from "./surroundings.ts";

/** The answer to a subscription. */
export interface Registered extends Subscribed {
  /** What the service calls the feed; nothing is pushed without it. */
  feed?: string;
  createdDateTime: string;
  expirationDateTime: string;
}

export class Service {
  readonly #options: PushOptions;
  readonly #surroundings: Surroundings;
  readonly #base: string;

  constructor(options: PushOptions, surroundings: Surroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#base = String(options.url).replace(/\/*$/, "");
  }

  /** Where receipts go. */
  get receipts(): string {
    return `${this.#base}${NOTIFICATIONS_PATH}/receipts`;
  }

  /** The service, as its users are told apart. */
  get name(): string {
    return `${this.#base} ${this.#options.targetHostName}`;
  }

  /** @returns the key that subscriptions are made with; `null`: the service pushes nothing */
  async key(): Promise<Uint8Array<ArrayBuffer> | null> {
    const answer = await this.#ask("GET", APPLICATION_SERVER_KEY_PATH);
    if (!answer) return null;
    const { applicationServerKey } = answer as { applicationServerKey: string };
    return Uint8Array.from(atob(applicationServerKey.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
      character.charCodeAt(0),
    );
  }

  async subscribe(subscription: PushSubscription, deviceId: string): Promise<Registered> {
    const { targetHostName, platform = "webpush", displayName, navigate, title } = this.#options;
    const webPush = navigate === undefined ? undefined : { navigate, title };
    const pushSubscription = subscription.toJSON();
    const body = { targetHostName, platform, deviceId, displayName, pushSubscription, webPush };
    return (await this.#ask("POST", SUBSCRIPTIONS_PATH, body)) as Registered;
  }

  async unsubscribe(id: string): Promise<void> {
    const host = encodeURIComponent(this.#options.targetHostName);
    await this.#ask("DELETE", `${SUBSCRIPTIONS_PATH}/${id}?targetHostName=${host}`);
  }

  /** @returns `null` for 404 */
  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    for (const fresh of [false, true]) {
      const token = await this.#options.token({ fresh });
      if (token === null) throw new PushError("refused", "nobody is signed in");
      const headers = { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) };
      let answer: Response;
      try {
        const sent = body ? { body: JSON.stringify(body) } : {};
        answer = await this.#surroundings.fetch(this.#base + path, { method, headers, ...sent });
      } catch (error) {
        throw new PushError("unreached", String(error));
      }
      if (answer.status === 401 && !fresh) continue;
      if (answer.status === 404) return null;
      const text = await answer.text();
      if (answer.ok) return text === "" ? {} : (JSON.parse(text) as unknown);
      throw new PushError(answer.status >= 500 ? "unreached" : "refused", `${answer.status}: ${text}`);
    }
    return null;
  }
}
