// The sender's interface for apps.

import type {
  Answer,
  Detail,
  End,
  ErrorCode,
  Options,
  ReadState,
  Refused,
  SentNotification,
  UserActionState,
  Violation,
  Warning,
} from "../generated/types.ts";

/** An access token, or what gives one. `fresh`: the last one was refused, so give another one. */
export type TokenSource = string | ((options: { fresh: boolean }) => string | Promise<string>);

export interface SendOptions {
  /** The service: `https://notify.example.com`. The rest (`/beta/me/notifications`) is added. */
  url: string | URL;
  /** Asked before every attempt; once more, for a fresh one, when the service refuses it. */
  token: TokenSource;
  /** The user notification subscription id, which names the user. A user's own token needs none. */
  unsId?: string | undefined;
  /** Ends the sending or the waiting. A request on its way may arrive all the same. */
  signal?: AbortSignal | undefined;
  /** The most attempts. Default: 5. */
  attempts?: number | undefined;
  /** How long all of it may take, waits included, in milliseconds. Default: 30000. */
  timeout?: number | undefined;
  /** The settings of the service, where they aren't the contract's. */
  policy?: Options["policy"];
  /** Sends a request in place of the global `fetch`: a Worker's service binding, a proxy. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
}

/** The outcome of `send`: the service has stored the notification durably. */
export interface Sent {
  /**
   * 201: new. 200: this `appNotificationId` was in the feed already. It is also the answer when an earlier attempt had
   * arrived and only its answer was lost.
   */
  status: 200 | 201;
  notification: SentNotification;
  /** The address at which it can be read. */
  location: string;
  /** The app's own id of it: the one that was given, or the one that was made. Sent again with it, it is replaced. */
  appNotificationId: string;
  /** The validator's remarks, such as names that are almost right. */
  warnings: Warning[];
  /** The service's name for this request, for asking about it. */
  requestId: string | null;
  /** How many requests it took. */
  attempts: number;
}

/** A notification as the app reads it again that sent it: also for some days after its end, then without its payload. */
export type SentItem = Omit<SentNotification, "payload" | "@odata.context"> & {
  payload?: SentNotification["payload"];
  readState: ReadState;
  userActionState: UserActionState;
  /** The answer that won, where somebody has answered. */
  answer: Answer | null;
  lastModifiedDateTime: string;
  /** How it ended; absent: it is on the feed. */
  ended?: End;
};

/** A notification at one moment. */
export interface Read {
  item: SentItem;
  /** Names this state of the notification, for {@link WaitOptions.etag}. */
  etag: string;
}

export interface WaitOptions extends SendOptions {
  /** The state that is known already: only another one ends the waiting. */
  etag?: string | undefined;
  /** How long to wait at most, in milliseconds. Default: until somebody answers or the notification ends. */
  timeout?: number | undefined;
}

export interface AskOptions extends SendOptions {
  /**
   * How long to wait for an answer, in milliseconds; afterwards the question is retracted. Default: until the
   * notification expires.
   */
  timeout?: number | undefined;
}

/** The end of a question: an answer, or the reason why there is none. */
export type Outcome = { id: string; appNotificationId: string } & (
  | { answer: Answer; reason: null }
  | {
      answer: null;
      /** How the notification ended, or that the time was over and the question was retracted. */
      reason: End | "timeout";
    }
);

/** A change of what the app sent, as {@link Changes} has it. */
export type SentChange =
  | (SentItem & { appNotificationId: string | null; "@odata.etag": string; "@removed"?: undefined })
  | {
      id: string;
      appNotificationId: string | null;
      "@removed": { reason: "deleted" };
      ended: End;
      readState: ReadState;
      userActionState: UserActionState;
      answer: Answer | null;
    };

/** The changes of all that the app sent to a user. */
export interface Changes {
  /** In the order of change, each notification once. */
  items: SentChange[];
  /** The place where the next call goes on. */
  since: string;
}

export interface ChangesOptions extends SendOptions {
  /** {@link Changes.since} of the last call. Default: everything that the service still has. */
  since?: string | undefined;
  /** How many seconds the service waits where there is nothing new, at most 30. Default: it doesn't. */
  wait?: number | undefined;
}

/** A body that isn't a notification: nothing was sent. */
export class InvalidNotificationError extends Error {
  override readonly name = "InvalidNotificationError";
  /** The `error.code` that the service would answer. */
  readonly code: ErrorCode;
  /** All of them; never empty. */
  readonly violations: Violation[];
  readonly warnings: Warning[];

  constructor({ code, violations, warnings }: Refused) {
    super(violations.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join(" "));
    this.code = code;
    this.violations = violations;
    this.warnings = warnings;
  }
}

/** The members of a {@link SendError} besides its message. */
export type SendErrorMembers = Omit<SendError, keyof Error>;

/** The service refused it, or could not be reached. */
export class SendError extends Error {
  override readonly name = "SendError";
  /** The HTTP status of the last answer; 0: there was none. */
  readonly status: number;
  /**
   * Stable: `error.code` of the service's envelope. `NetworkError`: there was no answer, `cause` says why.
   * `UnexpectedAnswer`: what answered isn't the service.
   */
  readonly code: ErrorCode | "NetworkError" | "UnexpectedAnswer";
  /** Every violation that the service found. */
  readonly details: Detail[];
  /** The service's name for this request, for asking about it. */
  readonly requestId: string | null;
  /** The service asked to wait that many seconds. */
  readonly retryAfter: number | null;
  /**
   * The id with which the notification can be sent again without a duplicate; `null`: the call sent no notification.
   */
  readonly appNotificationId: string | null;
  /** How many requests were made. */
  readonly attempts: number;

  constructor(message: string, members: SendErrorMembers, options?: ErrorOptions) {
    super(message, options);
    this.status = members.status;
    this.code = members.code;
    this.details = members.details;
    this.requestId = members.requestId;
    this.retryAfter = members.retryAfter;
    this.appNotificationId = members.appNotificationId;
    this.attempts = members.attempts;
  }
}
