// A browser's push subscription: made by a person's act, kept true, and ended with its user.

import type { LiveClient } from "../client/api.ts";
import { userOf } from "../client/token.ts";
import type { FeedNotification } from "../generated/types.ts";
import type { Opening } from "../push-worker/lead.ts";
import { type Push, PushError, type PushOptions, type PushState, type Subscribed } from "./api.ts";
import { Kept, type Owner, sendUnsent } from "./kept.ts";
import { Service } from "./service.ts";
import type { Surroundings } from "./surroundings.ts";

/** What `enable` needs at once, since a browser asks a person only in the midst of their act. */
interface Ready {
  registration: ServiceWorkerRegistration;
  key: Uint8Array<ArrayBuffer>;
  user: string;
  /** What the browser has. */
  subscription: PushSubscription | null;
}

/** The options in which a subscription is made; a browser lets nobody push in secret. */
const made = (applicationServerKey: Uint8Array<ArrayBuffer>): PushSubscriptionOptionsInit => ({
  userVisibleOnly: true,
  applicationServerKey,
});

/** States in which a person may turn pushes on, once everything is at hand. */
const ASKABLE: ReadonlySet<PushState> = new Set(["prompt", "off", "on", "needs-gesture"]);

export class BrowserPush implements Push {
  readonly #options: PushOptions;
  readonly #surroundings: Surroundings;
  readonly #service: Service;
  readonly #kept: Kept;
  readonly #listeners = new Set<(state: PushState) => void>();
  readonly #closed = new AbortController();
  #state: PushState = "not-ready";
  #ready: Ready | null = null;
  #owner: Owner | null = null;
  /** One thing after the other, in this page and, where there are locks, in all. */
  #last: Promise<unknown> = Promise.resolve();
  /** Grows with each end: what began before it changes nothing any more. */
  #ends = 0;
  #registered: Promise<ServiceWorkerRegistration> | undefined;

  constructor(options: PushOptions, surroundings: Surroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#service = new Service(options, surroundings);
    this.#kept = new Kept(surroundings.databases);
    const { workers } = surroundings;
    if (options.onOpen && workers) {
      const { signal } = this.#closed;
      workers.addEventListener("message", (event) => this.#asked(event as MessageEvent<Partial<Opening>>), { signal });
      workers.startMessages();
    }
    void this.sync().catch(() => {});
  }

  get state(): PushState {
    return this.#state;
  }

  get subscription(): Subscribed | null {
    const { id = null, uns = null } = (this.#state === "on" && this.#owner) || {};
    return id === null || uns === null ? null : { id, userNotificationSubscriptionId: uns };
  }

  onState(listener: (state: PushState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async enable(): Promise<Subscribed> {
    const ready = this.#ready;
    if (!ready)
      throw new PushError(ASKABLE.has(this.#state) ? "not-ready" : this.#state, "pushes can't be turned on now");
    const { registration, key, subscription } = ready;
    const ends = this.#ends;
    const isOurs = this.#owner?.user === ready.user;
    if (subscription && !this.#owner && !this.#options.takeOver) {
      throw new PushError("foreign", "the browser has a subscription that other code made");
    }
    const subscribe = () => registration.pushManager.subscribe(made(key));
    let now: PushSubscription;
    try {
      // Nothing is awaited before it, unless there is one to be ended first.
      if (!subscription) now = await subscribe();
      else if (isOurs && sameKey(subscription, key)) now = subscription;
      else now = await subscription.unsubscribe().then(subscribe);
    } catch (error) {
      const state = this.#allowed();
      this.#stand(state === "off" ? "needs-gesture" : state);
      throw new PushError(this.#state, String(error));
    }
    return this.#inTurn(async () => {
      if (ends !== this.#ends) {
        await now.unsubscribe();
        throw new PushError("off", "it was turned off meanwhile");
      }
      ready.subscription = now;
      return this.#report(now, ready.user);
    });
  }

  async disable(): Promise<void> {
    this.#ends++;
    await this.#inTurn(async () => {
      const id = (await this.#kept.owner())?.id;
      await this.#end();
      if (this.#ready) this.#stand(this.#allowed());
      if (id) await this.#service.unsubscribe(id).catch(() => {});
    });
  }

  sync(): Promise<PushState> {
    return this.#inTurn(async () => {
      const state = await this.#synced(this.#ends);
      if (state) this.#stand(state);
      return this.#state;
    });
  }

  follow(client: LiveClient): () => void {
    const tidy = async () => {
      const ids = new Map(client.items.map((item) => [item.id, item]));
      await this.#closeShown((id) => {
        const item = ids.get(id);
        return item ? isSeen(item) : !client.more;
      });
    };
    const badge = () => this.#state === "on" && this.#surroundings.badge(client.unread);
    const ended = [
      client.on("ready", () => (badge(), void tidy())),
      client.on("change", badge),
      client.on("state", ({ notification }) => {
        if (isSeen(notification)) void this.#closeShown((id) => id === notification.id);
      }),
      client.on("removed", ({ notification }) => void this.#closeShown((id) => id === notification.id)),
    ];
    return () => ended.forEach((end) => end());
  }

  close(): void {
    this.#closed.abort();
    this.#listeners.clear();
  }

  // --- How it stands

  /** @returns `null`: it was ended meanwhile */
  async #synced(ends: number): Promise<PushState | null> {
    const { secure, workers, pushes, installable } = this.#surroundings;
    this.#ready = null;
    if (!secure) return "insecure";
    if (installable && !pushes) return "needs-install";
    if (!workers || !pushes) return "unsupported";
    const registration = await this.#register(workers);
    const subscription = await registration.pushManager.getSubscription();
    this.#owner = await this.#kept.owner();
    const token = await this.#options.token({ fresh: false });
    const user = token === null ? null : await this.#digest(this.#options.user ?? userOf(token));
    // The former user's pushes end before anything else, and whether or not the service can be reached.
    if (this.#owner && this.#owner.user !== user) await this.#end();
    if (user === null || ends !== this.#ends) return ends === this.#ends ? this.#allowed() : null;
    const known = this.#owner;
    let key: Uint8Array<ArrayBuffer> | null;
    try {
      key = await this.#service.key();
    } catch (error) {
      // Without a network nothing can be turned on, and nothing has changed.
      if (known?.id && subscription && this.#allowed() === "off") return "on";
      throw error;
    }
    if (!key) return "unavailable";
    if (ends !== this.#ends) return null;
    const ready = { registration, key, user, subscription: known ? subscription : await current(registration) };
    this.#ready = ready;
    if (!known) return ready.subscription ? "foreign" : this.#allowed();
    void sendUnsent(this.#kept, this.#surroundings.fetch).catch(() => {});
    const allowed = this.#allowed();
    if (allowed !== "off") {
      await this.#end();
      return allowed;
    }
    let now = subscription;
    if (!now || !sameKey(now, key)) {
      try {
        await now?.unsubscribe();
        now = await registration.pushManager.subscribe(made(key));
      } catch {
        return "needs-gesture";
      }
    }
    if (ends !== this.#ends) return null;
    ready.subscription = now;
    const isTrue = known.id !== null && known.endpoint === now.endpoint && !known.changed;
    if (!isTrue || this.#surroundings.now() >= known.renew) await this.#report(now, user);
    return "on";
  }

  /** Tells the service of the browser's subscription, and keeps whose it is. */
  async #report(subscription: PushSubscription, user: string): Promise<Subscribed> {
    const owner: Owner = {
      ...{ feed: null, user, id: null, uns: null, endpoint: null, changed: false, renew: 0 },
      receipts: this.#service.receipts,
    };
    // What is interrupted from here on is known to be this app's.
    if (this.#owner?.user !== user) await this.#own(owner);
    const deviceId = this.#options.deviceId ?? (await this.#kept.device());
    const registered = await this.#service.subscribe(subscription, deviceId);
    const { id, userNotificationSubscriptionId: uns, feed, createdDateTime, expirationDateTime } = registered;
    const life = Date.parse(expirationDateTime) - Math.max(Date.parse(createdDateTime), this.#surroundings.now());
    const renew = this.#surroundings.now() + life / 2;
    await this.#own({ ...owner, feed: feed ?? null, id, uns, endpoint: subscription.endpoint, renew });
    this.#stand("on");
    const subscribed = { id, userNotificationSubscriptionId: uns };
    this.#options.onSubscribed?.(subscribed);
    return subscribed;
  }

  async #own(owner: Owner | null): Promise<void> {
    this.#owner = owner;
    await this.#kept.own(owner);
  }

  /** Nothing is pushed to this browser any more, nothing of it stays to be seen. */
  async #end(): Promise<void> {
    const { workers } = this.#surroundings;
    // First of all the worker shows nothing of it any more, whatever is on its way.
    const owner = await this.#kept.owner();
    if (owner) await this.#own({ ...owner, feed: null, user: null });
    await this.#kept.forget();
    if (!workers) return;
    const registration = await this.#register(workers);
    if (owner) await (await current(registration))?.unsubscribe();
    await this.#closeShown(() => true);
    this.#surroundings.badge(0);
    if (this.#ready) this.#ready.subscription = await current(registration);
    await this.#own(null);
  }

  #register(workers: ServiceWorkerContainer): Promise<ServiceWorkerRegistration> {
    const { worker, module = true } = this.#options;
    if (typeof worker !== "string" && !(worker instanceof URL)) return Promise.resolve(worker);
    const registered = (this.#registered ??= workers
      .register(worker, { type: module ? "module" : "classic" })
      .then((registration) => active(registration)));
    registered.catch(() => (this.#registered = undefined));
    return registered;
  }

  /** How it stands where there is no subscription. */
  #allowed(): PushState {
    const permission = this.#surroundings.permission();
    return permission === "granted" ? "off" : permission === "denied" ? "denied" : "prompt";
  }

  #stand(state: PushState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  async #closeShown(fits: (id: string) => boolean): Promise<void> {
    const { workers } = this.#surroundings;
    if (!workers || !this.#surroundings.pushes) return;
    const registration = await this.#register(workers);
    for (const notification of await registration.getNotifications()) {
      const shown = (notification.data as { notifeed?: { id?: string } } | null)?.notifeed;
      if (shown && fits(shown.id ?? "")) notification.close();
    }
  }

  // --- What the service worker asks

  #asked({ data, ports }: MessageEvent<Partial<Opening>>): void {
    const { notifeed, id, owner, link } = data ?? {};
    if (notifeed !== "open" || id === undefined || this.#state !== "on" || owner !== this.#owner?.feed) return;
    ports[0]?.postMessage(true);
    this.#options.onOpen?.({ id, ...(link !== undefined && { link }) });
  }

  // --- Means

  #inTurn<Value>(act: () => Promise<Value>): Promise<Value> {
    const { locks } = this.#surroundings;
    const turn = () => (locks ? locks.request("notifeed.push", act) : act()) as Promise<Value>;
    const done = this.#last.then(turn, turn);
    this.#last = done.catch(() => {});
    return done;
  }

  /** The name of a user here: another one for another user, and nothing to be read in it. */
  async #digest(user: string | null): Promise<string> {
    if (user === null) throw new PushError("refused", "the token doesn't say whose it is: pass `user`");
    const bytes = new TextEncoder().encode(`${this.#service.name} ${user}`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, 16);
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

const current = (registration: ServiceWorkerRegistration): Promise<PushSubscription | null> =>
  registration.pushManager.getSubscription();

/** A registration subscribes only once its worker runs. */
async function active(registration: ServiceWorkerRegistration): Promise<ServiceWorkerRegistration> {
  const worker = registration.installing ?? registration.waiting;
  if (!registration.active && worker)
    await new Promise<void>((resolve) =>
      worker.addEventListener("statechange", () => worker.state === "installing" || resolve()),
    );
  return registration;
}

function sameKey({ options }: PushSubscription, key: Uint8Array): boolean {
  const had = options.applicationServerKey && new Uint8Array(options.applicationServerKey);
  return !had || (had.length === key.length && had.every((byte, index) => byte === key[index]));
}

/** Whether a person has dealt with it. */
const isSeen = ({ readState, userActionState }: FeedNotification): boolean =>
  readState === "read" || userActionState !== "noInteraction";
