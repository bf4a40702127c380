// What the page's half needs of a browser: an argument, so that tests can give their own.

export interface Surroundings {
  secure: boolean;
  /** `undefined` where there are none. */
  workers: ServiceWorkerContainer | undefined;
  /** Whether subscriptions can be made at all. */
  pushes: boolean;
  /** A page on iOS that could be put on the Home Screen. */
  installable: boolean;
  permission(): NotificationPermission;
  databases: IDBFactory;
  locks: LockManager | undefined;
  fetch: typeof fetch;
  now(): number;
  /** Shows a number at the app's icon, where there is one. */
  badge(count: number): void;
}

export function surroundings(): Surroundings {
  const { navigator, isSecureContext, PushManager, Notification, indexedDB } = globalThis;
  const own = navigator as Navigator & { standalone?: boolean };
  return {
    secure: isSecureContext,
    workers: navigator.serviceWorker,
    pushes: PushManager !== undefined && Notification !== undefined,
    // Only Safari on iOS knows the word.
    installable: own.standalone === false,
    permission: () => Notification.permission,
    databases: indexedDB,
    locks: navigator.locks,
    fetch: (...asked) => fetch(...asked),
    now: () => Date.now(),
    badge: (count) => void own.setAppBadge?.(count).catch(() => {}),
  };
}
