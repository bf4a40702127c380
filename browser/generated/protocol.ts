// Generated from the Rust tables by: UPDATE_TYPES=1 cargo test typescript

import type { ErrorCode, Platform, ThrottleStatus } from "./types.ts";

/** The feed of the signed-in user; an app posts to it. */
export const NOTIFICATIONS_PATH = "/beta/me/notifications";

/** The number of notifications. */
export const COUNT_PATH = "/beta/me/notifications/$count";

/** The changes since a delta token. */
export const DELTA_PATH = "/beta/me/notifications/delta";

/** The user's endpoints: subscriptions and connections. */
export const ENDPOINTS_PATH = "/beta/me/notifications/endpoints";

/** Everything unread. */
export const MARK_ALL_READ_PATH = "/beta/me/notifications/markAllRead";

/** Everything unseen. */
export const MARK_ALL_SEEN_PATH = "/beta/me/notifications/markAllSeen";

/** The subscriptions of the user's devices. */
export const SUBSCRIPTIONS_PATH = "/beta/me/notifications/subscriptions";

/** The live connection. */
export const STREAM_PATH = "/beta/me/notifications/stream";

/** The acknowledgements of a device that follows the feed by server-sent events. */
export const ACK_PATH = "/beta/me/notifications/ack";

/** The receipts of pushes. */
export const RECEIPTS_PATH = "/beta/me/notifications/receipts";

/** Everything that is stored of the user: of the app's hosts, or of all hosts with the scope `Notifications.ReadWrite.All`. */
export const PERSONAL_DATA_PATH = "/beta/me/notifications/personalData";

/** A notification; `Location` names it as an activity. */
export const NOTIFICATION_PATH = "/beta/me/notifications/{id}";

/** A notification; `Location` names it as an activity. */
export const ACTIVITY_PATH = "/beta/me/activities/{id}";

/** The key that a browser's push subscription is made with. */
export const APPLICATION_SERVER_KEY_PATH = "/beta/me/notifications/subscriptions/applicationServerKey";

/** A subscription. */
export const SUBSCRIPTION_PATH = "/beta/me/notifications/subscriptions/{id}";

/** Several requests in one. */
export const BATCH_PATH = "/beta/$batch";

/** The types of the feed, in OData's XML. */
export const METADATA_PATH = "/beta/$metadata";

/** A token of a test user, in development only. */
export const DEVELOPMENT_TOKEN_PATH = "/dev/token";

/** The copies in KV of a page of the feed, in development only. */
export const DEVELOPMENT_COPIES_PATH = "/dev/copies";

/** The WebSocket subprotocol. */
export const SUBPROTOCOL = "notifeed.v1";

/**
 * The beginning of a second subprotocol that carries the token, for browsers, which can't set headers
 * on a WebSocket.
 */
export const BEARER_SUBPROTOCOL = "bearer.";

/** The text that a client sends to learn whether its connection is alive. */
export const PING = "ping";

/** The answer to a ping. */
export const PONG = "pong";

/** How a client comes back after a close. */
export type Reconnect =
  /** The client stays away until a person acts: the same request would be refused again. */
  | "never"
  /** The client comes back at once with its cursor. */
  | "atOnce"
  /** The client comes back at once with its cursor and a fresh token. */
  | "freshToken"
  /**
   * The client comes back with its cursor after a random wait that grows with each failure, and after
   * the seconds that the reason names.
   */
  | "backoff";

/** The way back after each close code that the service sends. After any other code: `backoff`. */
export const RECONNECT: Readonly<Record<number, Reconnect>> = {
  1012: "atOnce",
  1013: "backoff",
  4400: "never",
  4401: "freshToken",
  4403: "never",
  4408: "atOnce",
  4429: "backoff",
};

/** The text in a close reason that whole seconds to wait follow: `ServerBusy retry-after=60`. */
export const REASON_RETRY_AFTER = "retry-after=";

/** The reason of a 4403 after which a client comes back without `endpoint`: its subscription has ended. */
export const SUBSCRIPTION_ENDED = "SubscriptionEnded";

/** The close code where the service doesn't understand the client. */
export const CLOSE_MALFORMED = 4400;

/** The close code where the token has expired, or is invalid. */
export const CLOSE_TOKEN_REFUSED = 4401;

/** The close code where access was taken back, or the subscription has ended. */
export const CLOSE_DENIED = 4403;

/** The close code where a replay was cut, or the client fell silent. */
export const CLOSE_TOO_SLOW = 4408;

/** The close code where the client sends too much, or the service has too much to do. */
export const CLOSE_BUSY = 4429;

/** The platforms, in canonical order. */
export const PLATFORMS: readonly Platform[] = ["Windows", "iOS", "Android", "WebPush"];

/** The platforms as they stand in `platform=` of a query, in canonical order. */
export const PLATFORM_PARAMETERS: readonly Lowercase<Platform>[] = ["windows", "ios", "android", "webpush"];

/** The HTTP status of each `error.code`. A setting of the service turns 406 into 429. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, number>> = {
  MultipleNotificationsNotSupported: 400,
  BadRequest: 400,
  UnsupportedHeader: 400,
  UnknownFrame: 400,
  InvalidPayload: 400,
  InvalidActivityDataType: 401,
  CallerBlocked: 403,
  NotAuthorizedForUser: 403,
  MethodNotAllowed: 405,
  Throttled: 406,
  ServerBusy: 406,
  UnsupportedMediaType: 415,
  InvalidAuthenticationToken: 401,
  ItemNotFound: 404,
  SyncStateNotFound: 410,
  PreconditionFailed: 412,
  ItemChanged: 409,
  ContentChanged: 409,
  AlreadyAnswered: 409,
  FailedDependency: 424,
  RequestBodyTooLarge: 413,
  UpgradeRequired: 426,
  ServiceUnavailable: 503,
};

/** The statuses that answer a throttled caller, by a setting of the service. */
export const THROTTLE_STATUSES: readonly ThrottleStatus[] = [406, 429];

/** The largest decoded body, in bytes. A longer body is 413. */
export const MAX_BODY_BYTES = 65536;

/** How many objects and arrays may be in one another. */
export const MAX_DEPTH = 16;

/**
 * How many violations, and how many warnings, are listed at most. If there are more, the last one listed says
 * so.
 */
export const MAX_LISTED = 100;

/** The most characters (Unicode scalar values) of `appNotificationId`; the least is 1. */
export const MAX_APP_NOTIFICATION_ID = 128;

/** The most characters (Unicode scalar values) of `groupName`; it may be empty. */
export const MAX_GROUP_NAME = 128;

/** The longest `displayTimeToLive`, in seconds: 30 days. The shortest is 0. */
export const MAX_DISPLAY_TIME_TO_LIVE = 2592000;

/** The shortest `fallbackDelayInSeconds`. */
export const MIN_FALLBACK_DELAY = 60;

/** The longest `fallbackDelayInSeconds`. */
export const MAX_FALLBACK_DELAY = 600;

/** How many elements of a `platformTypes` are looked at; an array with more is refused. */
export const MAX_PLATFORM_TYPES = 64;

/** The longest `client-request-id` that is echoed, in characters. */
export const MAX_CLIENT_REQUEST_ID = 128;

/** The longest that a call waits, in seconds. */
export const MAX_WAIT = 30;

/** The most characters of `deviceId`; the least is 1. */
export const MAX_DEVICE_ID = 64;

/** The most characters of `displayName`. */
export const MAX_DISPLAY_NAME = 128;

/**
 * The most bytes of `pushSubscription`, as compact JSON: 4 KiB. Browsers' subscriptions have some
 * hundred.
 */
export const MAX_PUSH_SUBSCRIPTION = 4096;

/** The most subscriptions that a user has of one host. */
export const MAX_SUBSCRIPTIONS = 1000;

/** The number of items of a page without `$top`. */
export const DEFAULT_TOP = 20;

/** The most items of a page. */
export const MAX_TOP = 100;

/** The longest `$filter`, in characters. */
export const MAX_FILTER = 1024;

/** The most conditions of a `$filter`. */
export const MAX_CONDITIONS = 8;

/**
 * How many items a feed holds at most: neither expired nor deleted. A post that would add one
 * more is refused; what was accepted is never dropped for it.
 */
export const MAX_ITEMS = 10000;

/**
 * The number of live connections that a feed has at most. A further one is refused: 406, or 4429 where the
 * client can see no status.
 */
export const MAX_SOCKETS = 1000;

/** The longest `ref`, in characters. */
export const MAX_REFERENCE = 64;

/** The largest frame that a client may send, in bytes: a token is the largest thing in one. */
export const MAX_FRAME_BYTES = 20480;

/** How many bytes of frames may be under way to one client. The frame that fills it may pass it. */
export const WINDOW = 524288;

/** 7 days: every capture of the live service shows an expiration of exactly now + 7 days. */
export const DEFAULT_RETENTION_SECONDS = 604800;

/** The shortest retention that can be set: 1 s. */
export const MIN_RETENTION_SECONDS = 1;

/** The longest retention that can be set: 30 days. */
export const MAX_RETENTION_SECONDS = 2592000;

/** The scope that a delegated token must carry. */
export const SCOPE = "Notifications.ReadWrite.CreatedByApp";

/**
 * How long a socket lives at most: one hour, or its token if that ends sooner.
 * In milliseconds.
 */
export const MAX_SOCKET_LIFE = 3600000;

/**
 * How long a client that sends pings may be silent until its connection counts as dead:
 * three minutes. The Hub notices this only at its next event, so an idle feed costs nothing. A client that never pings
 * is never silent.
 * In milliseconds.
 */
export const SILENCE = 180000;

/**
 * How long a client with a full window that has never acknowledged anything is waited for,
 * before it is closed with `Close::TOO_SLOW`, to go
 * on by its cursor: most clients that don't acknowledge never will.
 * In milliseconds.
 */
export const FIRST_PATIENCE = 2000;

/** The most items that `top` of a stream's query asks a replay for; the least is 1. */
export const MAX_REPLAY_TOP = 1000;

/** The longest subscription id, in characters. */
export const MAX_SUBSCRIPTION_ID = 256;

/** The most characters of an answer's text where its action doesn't say. */
export const DEFAULT_ANSWER_TEXT = 200;
