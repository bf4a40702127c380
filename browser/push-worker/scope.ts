// The service worker's surroundings, as far as they are used: the types of lib.webworker can't stand beside those of
// lib.dom. An argument, so that tests can give their own.

import type { PushMessageData } from "./message.ts";

export interface WorkerEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
export interface ReceivedPush extends WorkerEvent {
  readonly data: PushMessageData | null;
}
export interface NotificationDone extends WorkerEvent {
  readonly notification: Notification;
  readonly action: string;
}
export interface WorkerEvents {
  push: ReceivedPush;
  notificationclick: NotificationDone;
  notificationclose: NotificationDone;
  pushsubscriptionchange: WorkerEvent;
  message: WorkerEvent & { readonly data: unknown };
}

export interface Window {
  readonly url: string;
  readonly focused: boolean;
  focus(): Promise<unknown>;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/** `self` of a service worker. */
export interface WorkerScope {
  readonly registration: {
    readonly scope: string;
    showNotification(title: string, options: object): Promise<void>;
    getNotifications(filter?: { tag?: string }): Promise<Notification[]>;
  };
  readonly clients: {
    matchAll(options: { type: "window"; includeUncontrolled: true }): Promise<readonly Window[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly navigator: { setAppBadge?(count: number): Promise<void> };
  readonly indexedDB: IDBFactory;
  fetch: typeof fetch;
  addEventListener<Type extends keyof WorkerEvents>(type: Type, listener: (event: WorkerEvents[Type]) => void): void;
}
