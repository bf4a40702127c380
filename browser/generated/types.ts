/** What a verdict depends on besides the body. */
export interface Options {
  /** The clock: milliseconds since 1970. Default: `Date.now()`. */
  now?: number;
  /** The settings of the server that the body is for. Default: the contract's. */
  policy?: {
    /** How long a notification is kept at most, in seconds: 1 to 2592000. Default: 604800. */
    retentionSeconds?: number;
    /** The status that answers a throttled caller. Default: 406. */
    throttleStatus?: 406 | 429;
  };
}

/** A valid notification in canonical form, all defaults written out. */
export interface Notification {
  appNotificationId: string | null;
  targetHostName: string;
  groupName: string | null;
  priority: Priority;
  payload: Payload;
  targetPolicy: { platformTypes: Platform[] };
  fallbackPolicy: { endpointFallback: EndpointFallback } | null;
  /** UTC, ISO 8601. */
  expirationDateTime: string;
  /** Seconds. */
  displayTimeToLive: number | null;
}

export type Priority = "None" | "High" | "Low";
export type Platform = "Windows" | "iOS" | "Android" | "WebPush";

export interface Payload {
  rawContent?: string;
  visualContent?: VisualContent;
}

export interface VisualContent {
  title: string;
  body?: string;
}

export interface EndpointFallback {
  platformTypes: Platform[];
  fallbackDelayInSeconds: number;
  visualContent: VisualContent;
}

/** A violation of the contract, or a warning. */
export interface Finding {
  /** Stable, for programs. */
  code: string;
  /** The property, `payload.visualContent.title`; empty: the body itself. */
  path: string;
  /** A sentence that says what to do. */
  message: string;
  /** Where it is in the text, from 1: for faults of the text itself. */
  line?: number;
  column?: number;
}

export type Verdict =
  | { ok: true; notification: Notification; warnings: Finding[] }
  | {
      ok: false;
      /** The `error.code` that the server would answer. */
      code: string;
      /** All of them; never empty. */
      violations: Finding[];
      warnings: Finding[];
    };

export type ReadState = "unread" | "read";
export type UserActionState = "noInteraction" | "activated" | "dismissed" | "snoozed";

/** A notification in the receiver's view. */
export interface FeedNotification {
  id: string;
  appNotificationId: string | null;
  targetHostName: string;
  groupName: string | null;
  priority: Priority;
  payload: Payload;
  targetPolicy: { platformTypes: Platform[] };
  fallbackPolicy: { endpointFallback: EndpointFallback } | null;
  createdDateTime: string;
  lastModifiedDateTime: string;
  expirationDateTime: string;
  displayTimeToLive: number | null;
  readState: ReadState;
  userActionState: UserActionState;
  status: "active" | "updated";
}

export type RemovalReason = "deleted" | "retargeted";

/** What the server sends over `notifeed.v1`. */
export type ServerFrame =
  | { type: "reset" }
  | { type: "notification"; seq: number; cursor: string; replayed: boolean; notification: FeedNotification }
  | {
      type: "state";
      seq: number;
      cursor: string;
      id: string;
      readState: ReadState;
      userActionState: UserActionState;
    }
  | { type: "removed"; seq: number; cursor: string; id: string; reason: RemovalReason }
  | { type: "ready"; cursor: string; endpoint: string | null; resumed: boolean }
  | {
      type: "result";
      ref: string;
      status: number;
      seq?: number;
      cursor?: string;
      error?: { code: string; message: string };
    };

/** What a client sends over `notifeed.v1`, besides the text `ping`. */
export type ClientFrame =
  | { type: "update"; ref: string; id: string; readState?: ReadState; userActionState?: UserActionState }
  | { type: "delete"; ref: string; id: string }
  | { type: "token"; ref: string; token: string }
  | { type: "ack"; seq: number };
