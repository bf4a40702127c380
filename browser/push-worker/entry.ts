// `notifeed/push-worker`: the service worker's half of Web Push. It shows what comes, says what a person did with it, and
// leads back to the app.

import { change, type Deed } from "../push/kept.ts";
import { isKnown, isMessage, type PushMessage, read, type Shown } from "./message.ts";
import { lead } from "./lead.ts";
import { keep, send } from "./receipts.ts";
import type { NotificationDone, WorkerScope } from "./scope.ts";

export type { About, PushMessage } from "./message.ts";
export type { WorkerScope } from "./scope.ts";

export interface HandleOptions {
  /** Pushes of other senders are left alone: another handler of this worker shows them. */
  shared?: boolean;
  /** The title where there is none, or where it may not be shown. Default: "New notification". */
  title?: string;
  /** The buttons of a notification; `null`: none. Default: "Mark read" and "Dismiss". */
  buttons?: { read: string; dismiss: string } | null;
  /** The app's picture, and its one for small places: addresses in the app's own origin. */
  icon?: string;
  badge?: string;
  /** The page that a click leads to without `navigate` or a link. Default: the worker's scope. */
  home?: string;
  /** Changes what is shown of this user's own notification: further options of `showNotification`, or `title`. */
  show?(message: PushMessage): { title?: string } & Record<string, unknown>;
}

/**
 * Handles `push`, `notificationclick`, `notificationclose`, `pushsubscriptionchange` and the page's messages of a service worker. To be called
 * once, while the worker's script runs for the first time.
 */
export function handle(scope: WorkerScope | object, options: HandleOptions = {}): void {
  const worker = new PushWorker(scope as WorkerScope, options);
  const { addEventListener } = scope as WorkerScope;
  const on = addEventListener.bind(scope) as WorkerScope["addEventListener"];
  on("push", (event) => {
    const json = read(event.data);
    if (options.shared && !isKnown(json)) return;
    event.waitUntil(worker.push(json));
  });
  on("notificationclick", (event) => {
    if (shownOf(event)) event.waitUntil(worker.clicked(event));
  });
  on("notificationclose", (event) => {
    if (shownOf(event)) event.waitUntil(worker.closed(event));
  });
  on("pushsubscriptionchange", (event) => event.waitUntil(worker.changed()));
  on("message", (event) => {
    if ((event.data as { notifeed?: string } | null)?.notifeed === "send") event.waitUntil(worker.tell());
  });
}

/** The data that a notification of this worker carries; `undefined`: it is another's. */
function shownOf({ notification }: NotificationDone): Partial<Shown> | undefined {
  return (notification.data as { notifeed?: Partial<Shown> } | null)?.notifeed;
}

class PushWorker {
  readonly #scope: WorkerScope;
  readonly #options: HandleOptions;
  /** Notifications that were clicked or closed from here: their end isn't a person's dismissal. */
  readonly #done = new Set<string>();

  constructor(scope: WorkerScope, options: HandleOptions) {
    this.#scope = scope;
    this.#options = options;
  }

  /** Shows exactly one notification, whatever came: a browser ends the subscription of a worker that shows none. */
  async push(json: unknown): Promise<void> {
    const message = isMessage(json) && (await this.#isOwned(json.notifeed.owner)) ? json : null;
    try {
      await (message ? this.#show(message) : this.#showLeast());
    } catch {
      await this.#showLeast();
    }
    if (!message) return;
    const { id, owner, close = [], receipt, unread } = message.notifeed;
    // The user may have signed out meanwhile: nothing of theirs stays, and something is seen all the same.
    if (!(await this.#isOwned(owner))) {
      await this.#showLeast();
      return this.#close([id]);
    }
    await this.#close(close.filter((one) => one !== id));
    if (unread !== undefined) await this.#scope.navigator.setAppBadge?.(unread).catch(() => {});
    await this.tell(receipt, { received: true });
  }

  async clicked(event: NotificationDone): Promise<void> {
    const { notification, action } = event;
    const shown = shownOf(event) ?? {};
    this.#end(notification);
    const told = this.tell(shown.receipt, deedOf(action, shown));
    // The window is opened first, because a browser allows that only for a few seconds after a click.
    if (action === "") {
      const { navigate, link } = shown;
      const home = this.#options.home ?? this.#scope.registration.scope;
      await lead(this.#scope, navigate ?? link ?? home, shown);
    }
    await told;
  }

  async closed(event: NotificationDone): Promise<void> {
    const { receipt } = shownOf(event) ?? {};
    if (this.#done.delete(keyOf(event.notification))) return;
    await this.tell(receipt, { readState: "read", userActionState: "dismissed" });
  }

  /** The page does the rest, at its next start: this worker has no token. */
  async changed(): Promise<void> {
    const changed = change(this.#scope.indexedDB, "owner", (owner) => owner && { ...owner, endpoint: null });
    await changed.catch(() => {});
  }

  async #isOwned(feed: string): Promise<boolean> {
    return (await this.#owner().catch(() => undefined))?.feed === feed;
  }

  #owner(): ReturnType<typeof change<"owner">> {
    return change(this.#scope.indexedDB, "owner", (owner) => owner);
  }

  async #show(message: PushMessage): Promise<void> {
    const { notification, notifeed } = message;
    const { id, revision, owner, link, receipt, actions } = notifeed;
    const { navigate, body, tag, timestamp } = notification;
    const before = await this.#scope.registration.getNotifications({ tag });
    const last = (before[0]?.data as { notifeed?: Shown } | null)?.notifeed?.revision;
    const shown = { id, revision, owner, navigate, link, receipt, actions };
    const { read, dismiss } = this.#options.buttons ?? { read: "Mark read", dismiss: "Dismiss" };
    const buttons = actions || this.#options.buttons === null ? [] : [button("read", read), button("dismiss", dismiss)];
    const { title, ...more } = this.#options.show?.(message) ?? {};
    await this.#scope.registration.showNotification(title ?? notification.title ?? this.#title, {
      ...this.#pictures,
      body,
      tag,
      timestamp,
      // A push that comes twice makes no second sound.
      renotify: last !== undefined && last < revision,
      actions: buttons,
      ...more,
      data: { ...(more["data"] as object), notifeed: shown },
    });
  }

  /** Shows a notification without content, because the push isn't for this user or can't be read. */
  async #showLeast(): Promise<void> {
    const data = { notifeed: {} };
    await this.#scope.registration.showNotification(this.#title, { ...this.#pictures, tag: "notifeed", data });
  }

  get #title(): string {
    return this.#options.title ?? "New notification";
  }

  get #pictures(): { icon?: string; badge?: string } {
    const { icon, badge } = this.#options;
    return { ...(icon && { icon }), ...(badge && { badge }) };
  }

  async #close(ids: string[]): Promise<void> {
    for (const tag of ids)
      for (const notification of await this.#scope.registration.getNotifications({ tag })) this.#end(notification);
  }

  #end(notification: Notification): void {
    this.#done.add(keyOf(notification));
    notification.close();
  }

  /** Tells the service, with what it hasn't been told before; offline it is kept for the next time. */
  async tell(receipt?: string, deed: Deed = {}): Promise<void> {
    try {
      const to = receipt && (await this.#owner())?.receipts;
      if (to) await keep(this.#scope, { receipt, to, deed });
      await send(this.#scope);
    } catch {
      // There is no storage: the service isn't told.
    }
  }
}

const button = (action: string, title: string) => ({ action, title });

const keyOf = ({ tag, timestamp }: Notification & { timestamp?: number }): string => `${tag} ${timestamp}`;

function deedOf(action: string, { actions }: Partial<Shown>): Deed {
  if (action === "read") return { readState: "read" };
  if (action === "dismiss") return { readState: "read", userActionState: "dismissed" };
  // A click doesn't activate a notification with actions: an answer in the page does.
  return { readState: "read", ...(!actions && { userActionState: "activated" as const }) };
}
