// The live client as an app sees it.

import type { FeedNotification, ReadState, RemovalReason, UserActionState } from "../generated/types.ts";
import type { Store } from "./store.ts";

/** The platform whose notifications this client receives. */
export type LivePlatform = "windows" | "ios" | "android" | "webpush";

export interface ConnectOptions {
  /** The service: `https://notify.example.com`. Its path gets `/beta/me/notifications/stream`. */
  url: string | URL;
  platform: LivePlatform;
  /**
   * Gives an access token of the signed-in user, `null` when nobody is signed in: then the client stops. `fresh`:
   * the last one was refused or ends soon, so give another one. A rejection counts as a broken connection: the client
   * calls `token` again later. A login dialog may stay open for as long as needed, since the client makes no second
   * call while one is pending. Returning `undefined` is a mistake.
   */
  token: (options: { fresh: boolean }) => Promise<string | null>;
  /**
   * The signed-in user: any text that differs for each user. It names the stored feed and the connection that tabs
   * share, so that two users of one browser never mix. Default: issuer, tenant and user of the token, which must then
   * be a JWT.
   */
  user?: string;
  /**
   * A first visit loads so many of the newest items, 1 to 1000; `more` then says that there are older ones, and
   * `loadOlder` loads them. Default: 200. `null`: all of them.
   */
  top?: number | null;
  /** The host whose feed it is, for apps that have several. */
  targetHostName?: string;
  /** The `id` of the subscription that it connects for, so that it is listed as live. `setEndpoint` changes it. */
  endpoint?: string;
  /** The place in which items and cursor are kept, so that a reload goes on. Default: IndexedDB where there is one. `null`: memory. */
  store?: Store | null;
  /** Whether all tabs of an origin and user have a single connection. Default: where Web Locks, BroadcastChannel and IndexedDB exist. */
  share?: boolean;
}

/** A thing that a client goes on without (docs/client.md): it was refused, failed, or didn't answer in time. */
export type Facility = "storage" | "sharing" | "token";

/**
 * The reason why a client isn't live; stable, for programs.
 * * `offline`, `unreachable`: no network, or no connection; `server`: the service restarts; `busy`: it has too much to do
 * * `token`: no token is to be had at the moment; `token-refused`: the service refuses what `token` gives
 * * `token-mistake`: `token` gave what is neither a text nor `null`
 * * `user-unknown`: the token doesn't tell whose it is, and there is no `user`
 * * `signed-out`: `token` gave `null`; `another-user`: the token is of another user than the feed
 * * `forgotten`: the user signed out in another tab, with `forget`; `closed`: by the app
 * * `denied`: access was revoked; `malformed`: the service doesn't understand this client
 */
export type Cause =
  | "offline"
  | "unreachable"
  | "server"
  | "busy"
  | "token"
  | "token-refused"
  | "token-mistake"
  | "user-unknown"
  | "signed-out"
  | "another-user"
  | "forgotten"
  | "closed"
  | "denied"
  | "malformed";

/**
 * The state of the connection.
 * * `connecting`: a connection is being opened, or the feed replayed
 * * `live`: everything is here, and changes come as they happen
 * * `waiting`: the connection was lost; it comes back by itself
 * * `stopped`: the client doesn't reconnect until `reconnect()` is called: nobody is signed in, access was revoked, or
 * the client is closed
 */
export interface Status {
  state: "connecting" | "live" | "waiting" | "stopped";
  /** The facilities that this client goes on without; empty: none. */
  without: readonly Facility[];
  /** Why it isn't live, for programs. */
  cause?: Cause;
  /** The close code (docs/live.md), when the server said one. */
  code?: number;
  /** Why it isn't live, in words. */
  reason?: string;
  /** When it comes back: milliseconds since 1970, by the device's clock. */
  retryAt?: number;
}

export interface LiveEvents {
  /** New or replaced content. `replayed`: it is older than this connection. */
  notification: { type: "notification"; notification: FeedNotification; replayed: boolean };
  /** Read or action state changed, here or on another device. */
  state: { type: "state"; notification: FeedNotification };
  /**
   * The notification is gone. `expired`: its expiration has passed. `reset`: it was missing when the feed was loaded
   * again.
   */
  removed: { type: "removed"; notification: FeedNotification; reason: RemovalReason | "expired" | "reset" };
  /** The client has the whole feed. `resumed`: only missed changes were sent; `replayed`: their number. */
  ready: { type: "ready"; resumed: boolean; replayed: number };
  status: { type: "status"; status: Status };
  /**
   * A change of this user was refused by the service and taken back: one of this client, or one that an earlier visit
   * left unanswered.
   */
  refused: { type: "refused"; id: string; change: StateChange | "remove" | "markAllRead" | "answer"; error: LiveError };
  /** `items` or `unread` changed; several changes at once give one event. */
  change: { type: "change" };
}

export type LiveEvent = LiveEvents[keyof LiveEvents];

/** A change of states; what isn't named stays. */
export interface StateChange {
  readState?: ReadState;
  userActionState?: UserActionState;
  /** With `snoozed`: when it is unread again, UTC, ISO 8601. */
  snoozedUntilDateTime?: string;
}

export interface LiveClient extends AsyncIterable<LiveEvent> {
  /** The feed, newest first, without what has expired. The same array as long as nothing changed. */
  readonly items: readonly FeedNotification[];
  /** How many notifications are unread and not dismissed: of `items`, and of the older ones that the feed has. */
  readonly unread: number;
  /**
   * How many of `items` are unread and changed after a list was last looked at, on whichever device; 0 until the service has
   * said it.
   */
  readonly unseen: number;
  /** Whether the feed has older items than `items`, which `loadOlder` gets. */
  readonly more: boolean;
  readonly status: Status;
  /** The position from which the client would go on after a lost connection; `null`: from the beginning. */
  readonly cursor: string | null;
  /** Whether this client has the connection itself, instead of receiving changes from another tab. */
  readonly leads: boolean;
  /**
   * Calls a listener with every event of a type, each exactly once and in order.
   * @returns a function that ends it
   */
  on<Type extends keyof LiveEvents>(type: Type, listener: (event: LiveEvents[Type]) => void): () => void;
  /** The time by the service's clock, as far as it is known: milliseconds since 1970. */
  now(): number;
  /**
   * Loads up to 100 older items into `items`, for all tabs; `unread` counts them already.
   * @returns whether there are more
   * @throws LiveError when there is no connection, or the service refuses
   */
  loadOlder(): Promise<boolean>;
  /**
   * Changes states on all of the user's devices. `items` shows it at once; it is kept until it is answered, sent by
   * whichever tab or visit has a connection, and taken back if it is refused.
   * @throws LiveError when it is refused, or the client is closed before it is answered
   */
  update(id: string, change: StateChange): Promise<void>;
  markRead(id: string): Promise<void>;
  markUnread(id: string): Promise<void>;
  /** Dismisses the notification and marks it as read. */
  dismiss(id: string): Promise<void>;
  /** Takes back a dismissal, a snooze or an activation. */
  restore(id: string): Promise<void>;
  /**
   * Snoozes the notification: it is read now, and at the given time the service makes it unread again on all devices.
   * @throws RangeError for what is no time, LiveError as `update`: also for a time that has passed, or not before the
   * notification's expiration
   */
  snooze(id: string, until: Date | string | number): Promise<void>;
  /** Marks the notification as activated (the user opened it) and as read. */
  activate(id: string): Promise<void>;
  /**
   * Marks everything in the feed so far as read, also what isn't loaded, on all devices and in one step; newer
   * notifications stay unread. The change is kept until it is answered, and undone if it is refused, as with `update`.
   */
  markAllRead(): Promise<void>;
  /** Notes that the user is looking at a list of the whole feed: `unseen` becomes 0 on all devices. */
  markAllSeen(): Promise<void>;
  /**
   * Answers a notification that has `actions`, as the person saw it: where it says something else by now, or somebody
   * has answered already, the service refuses (409 `ContentChanged`, `AlreadyAnswered`). Kept and taken back as
   * `update` is; sent twice it counts once.
   */
  answer(notification: FeedNotification, actionId: string, text?: string): Promise<void>;
  /** Deletes it from the feed, on every device. */
  remove(id: string): Promise<void>;
  /**
   * Connects for another subscription from now on, or for none, and all tabs with it: the one that leads comes back at once. Nothing is
   * pushed to that subscription that a person sees in any of them. `follow` of `notifeed/push` calls it.
   */
  setEndpoint(id: string | null): void;
  /** Reconnects now, instead of waiting or staying stopped; for a user's explicit request. */
  reconnect(): void;
  /**
   * Ends it for good. `forget`: the user signs out. Then nothing of the feed stays on the device or in another tab,
   * whenever it is called; what isn't answered is sent first, for a second and a half at most. It settles within 2 s.
   */
  close(options?: { forget?: boolean }): Promise<Closed>;
}

export interface Closed {
  /** How many changes were given up unanswered. After a close without `forget` they wait for the next visit, where they can be kept. */
  unsent: number;
}

/** The service refused, or could not be asked. */
export class LiveError extends Error {
  override readonly name = "LiveError";
  /** The HTTP status of the answer (docs/live.md); 0: there was none. */
  readonly status: number;
  /** Stable: `error.code` of the service's envelope, or `Closed`. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const offline = (): LiveError => new LiveError(0, "Offline", "There is no connection.");
export const closed = (): LiveError => new LiveError(0, "Closed", "The client is closed.");
