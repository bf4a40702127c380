// A simulated browser for the tests of both halves, page and worker: one push subscription, notifications, windows, and
// a service that answers.

import { IDBFactory as Databases } from "fake-indexeddb";
import type { PushOptions } from "./api.ts";
import { change, type Owner } from "./kept.ts";
import type { Surroundings } from "./surroundings.ts";

export interface Asked {
  method: string;
  path: string;
  body: Record<string, unknown> | undefined;
}

export class Browser {
  readonly indexedDB: IDBFactory = new Databases();
  readonly asked: Asked[] = [];
  permission: NotificationPermission = "granted";
  subscription: PushSubscription | null = null;
  /** The endpoints that were made and ended, in order. */
  readonly made: string[] = [];
  readonly ended: string[] = [];
  shown: (Notification & { options: Record<string, unknown> })[] = [];
  /** The messages from the page to the worker. */
  readonly told: unknown[] = [];
  badge: number | undefined;
  /** The name of the error that subscribing fails with. */
  refuses: string | undefined;
  isOnline = true;
  key = "first-key";
  now = 1_000_000;
  /** The name of the feed's user for the service, by their token. */
  user: string | null = "megan";
  /** Answers instead of the service. */
  answer: ((asked: Asked) => Response | undefined) | undefined;

  readonly pushManager: PushManager = {
    getSubscription: async () => this.subscription,
    subscribe: async ({ applicationServerKey }: PushSubscriptionOptionsInit) => {
      if (this.refuses) throw new DOMException(this.refuses, "NotAllowedError");
      if (this.subscription) {
        const { options } = this.subscription as unknown as { options: { applicationServerKey: string } };
        if (options.applicationServerKey !== applicationServerKey) throw new DOMException("", "InvalidStateError");
        return this.subscription;
      }
      return (this.subscription = this.#make(applicationServerKey as string));
    },
  } as unknown as PushManager;

  readonly registration = {
    scope: "https://app.example.com/",
    active: { postMessage: (message: unknown) => this.told.push(message) },
    pushManager: this.pushManager,
    showNotification: async (title: string, options: Record<string, unknown>) => {
      const notification = {
        title,
        options,
        ...options,
        close: () => (this.shown = this.shown.filter((one) => one !== notification)),
      } as unknown as Notification & { options: Record<string, unknown> };
      this.shown = [...this.shown.filter(({ tag }) => tag !== options["tag"]), notification];
    },
    getNotifications: async ({ tag }: { tag?: string } = {}) =>
      this.shown.filter((one) => tag === undefined || one.tag === tag),
  } as unknown as ServiceWorkerRegistration;

  readonly fetch = (async (address: string, { method, body }: RequestInit) => {
    if (!this.isOnline) throw new TypeError("no network");
    const path = address.replace("https://notify.example.com/beta/me/notifications/", "");
    const asked = { method: method!, path, body: body ? JSON.parse(body as string) : undefined };
    this.asked.push(asked);
    return this.answer?.(asked) ?? this.#served(asked);
  }) as typeof fetch;

  get surroundings(): Surroundings {
    const notification = {
      get permission() {
        return browser.permission;
      },
    };
    const browser = this;
    const { fetch, indexedDB } = this;
    const navigator = { setAppBadge: async (count: number) => void (this.badge = count) } as Surroundings["navigator"];
    const now = () => this.now;
    return { isSecureContext: true, navigator, PushManager: {}, Notification: notification, indexedDB, fetch, now };
  }

  get options(): PushOptions {
    return {
      url: "https://notify.example.com/",
      token: async () => this.user && jwt(this.user),
      targetHostName: "app.example.com",
      worker: this.registration,
    };
  }

  owner(): Promise<Owner | undefined> {
    return change(this.indexedDB, "owner", (owner) => owner);
  }

  /** The paths of what was asked since the last time. */
  paths(): string[] {
    return this.asked.splice(0).map(({ method, path }) => `${method} ${path}`);
  }

  /** Other code of the app, or the browser itself, makes a subscription. */
  #make(applicationServerKey: string): PushSubscription {
    const endpoint = `https://push.example.com/${this.made.length + 1}`;
    this.made.push(endpoint);
    const subscription = {
      endpoint,
      options: { applicationServerKey },
      toJSON: () => ({ endpoint, keys: { p256dh: "p", auth: "a" } }),
      unsubscribe: async () => {
        this.ended.push(endpoint);
        if (this.subscription === subscription) this.subscription = null;
        return true;
      },
    } as unknown as PushSubscription;
    return subscription;
  }

  #served({ path }: Asked): Response {
    if (path.endsWith("applicationServerKey")) return Response.json({ keyId: "1", applicationServerKey: this.key });
    if (path !== "subscriptions") return new Response(null, { status: 204 });
    return Response.json(
      {
        id: `subscription of ${this.user}`,
        userNotificationSubscriptionId: `uns of ${this.user}`,
        feed: `feed of ${this.user}`,
        expirationDateTime: new Date(this.now + 1000).toISOString(),
      },
      { status: 201 },
    );
  }
}

const jwt = (sub: string): string => `h.${btoa(JSON.stringify({ iss: "i", sub }))}.s`;
