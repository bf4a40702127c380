// The browser as the page's half needs it: an argument, so that tests can give their own.

export interface Surroundings {
  isSecureContext: boolean;
  /** Only Safari on iOS has `standalone`: false in a tab, true for an app on the Home Screen. */
  navigator: Pick<Navigator, "serviceWorker" | "locks"> & {
    standalone?: boolean;
    setAppBadge?(count: number): Promise<void>;
  };
  /** `undefined` where subscriptions can't be made. */
  PushManager?: unknown;
  Notification: { permission: NotificationPermission };
  indexedDB: IDBFactory;
  fetch: typeof fetch;
  /** Milliseconds since 1970. */
  now(): number;
}

export const surroundings = (): Surroundings => {
  const { isSecureContext, navigator, PushManager, Notification, indexedDB } = globalThis;
  const fetched: typeof fetch = (...asked) => fetch(...asked);
  return { isSecureContext, navigator, PushManager, Notification, indexedDB, fetch: fetched, now: () => Date.now() };
};
