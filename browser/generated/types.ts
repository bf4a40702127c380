// Generated from the Rust types by: UPDATE_TYPES=1 cargo test typescript

/** A valid notification in canonical form, all defaults written out. */
export interface Notification {
  /** When it leaves every feed: UTC, ISO 8601. */
  expirationDateTime: string;
  /** How long it is worth showing: whole seconds as asked, 0 to 2592000. */
  displayTimeToLive: number | null;
  /** The app's own id for it, 1 to 128 characters. */
  appNotificationId: string | null;
  /** The app's cross-device domain, in lower case. */
  targetHostName: string;
  /** The group that it is shown in, at most 128 characters. */
  groupName: string | null;
  /** How urgent it is. */
  priority: Priority;
  /** The content that is sent. */
  payload: Payload;
  /** The audience. */
  targetPolicy: TargetPolicy;
  /** The content for iOS endpoints that don't fetch the raw content in time. */
  fallbackPolicy: FallbackPolicy | null;
}

/** The content that is sent: raw, visual or both. */
export interface Payload {
  /** Content that only the app understands; never empty. */
  rawContent?: string;
  /** The content that a person reads. */
  visualContent?: VisualContent;
}

/** The content that a person reads. */
export interface VisualContent {
  /** Never empty. */
  title: string;
  /** The text under the title. */
  body?: string;
  /** The page that a person goes to who follows the notification. */
  link?: string;
  /** A picture, shown square. */
  icon?: string;
  /** The kind of notification that it is, for people's filters: 1 to 64 characters. */
  category?: string;
  /** The ways to answer it, 1 to 4. */
  actions?: Array<Action>;
}

/** A way to answer a notification: a button, with a line of text where it asks for one. */
export interface Action {
  /** The app's name for it: 1 to 32 letters, digits, `.`, `_` and `-`, once in a notification. */
  id: string;
  /** The text on its button: 1 to 64 characters. */
  title: string;
  /** How its button looks. Default: `default`. */
  style?: ActionStyle;
  /** The line of text that it asks for. Default: none. */
  input?: ActionInput;
}

/** A line of text that an action asks for. */
export interface ActionInput {
  /** The text in the empty line, at most 64 characters. */
  placeholder?: string;
  /** The most characters of the text, 1 to 1000. Default: 200. */
  maxLength?: number;
}

/** How an action's button looks. */
export type ActionStyle =
  /** Like any other. */
  | "default"
  /** The one that most people want. */
  | "primary"
  /** The one that can't be undone. */
  | "destructive";

/** The audience of a notification. */
export interface TargetPolicy {
  /** In canonical order, never empty. */
  platformTypes: Platform[];
}

/** The content for endpoints that don't fetch the raw content in time. */
export interface FallbackPolicy {
  /** On iOS. */
  endpointFallback: EndpointFallback;
}

/**
 * The content that an iOS endpoint shows when it doesn't fetch the raw content in time: pushed to
 * Home Screen apps (`delay`).
 */
export interface EndpointFallback {
  /** Always just iOS. */
  platformTypes: Platform[];
  /** How long the endpoint has to fetch the raw content, 60 to 600 seconds. */
  fallbackDelayInSeconds: number;
  /** The content that is shown then. */
  visualContent: FallbackVisualContent;
}

/** What a fallback shows: it can't be answered. */
export type FallbackVisualContent = Omit<VisualContent, "actions">;

/** The operating system, or browser, of an endpoint. */
export type Platform =
  | "Windows"
  | "iOS"
  | "Android"
  /** A web app. */
  | "WebPush";

/** How urgent the sender says it is. Carried to the endpoints; the server treats all alike. */
export type Priority = "None" | "High" | "Low";

/** The things that a verdict depends on besides the body. */
export interface Options {
  /** The clock: milliseconds since 1970. Default: `Date.now()`. */
  now?: number;
  /** The settings of the server that the body is for. Default: the contract's. */
  policy?: Partial<Policy>;
}

/** The choices that a deployment has. */
export interface Policy {
  /** How long a notification is kept at most, in seconds: 1 to 2592000. Default: 604800. */
  retentionSeconds: number;
  /** The status that answers a throttled caller. Default: 406. */
  throttleStatus: ThrottleStatus;
}

/** The status of the rows `Throttled` and `ServerBusy` of the error table. */
export type ThrottleStatus =
  /** 406, as the page has it. */
  | 406
  /** 429, which today's Graph clients retry by themselves. */
  | 429;

/** What the contract says about a body. */
export type Verdict = Accepted | Refused;

/** The verdict on a body that is a notification. */
export interface Accepted {
  /** Whether the body is a notification. */
  ok: true;
  /** In canonical form. */
  notification: Notification;
  /** Oddities of a body that is valid all the same. */
  warnings: Array<Warning>;
}

/** The verdict on a body that is no notification. */
export interface Refused {
  /** Whether the body is a notification. */
  ok: false;
  /** The `error.code` that the server would answer. */
  code: ErrorCode;
  /** Everything that is wrong with it, at least one and at most 100. */
  violations: Array<Violation>;
  /** Oddities of the body besides. */
  warnings: Array<Warning>;
}

/** A violation of the contract. */
export interface Violation extends Partial<Position> {
  /** The kind of violation, for programs. */
  code: ViolationCode;
  /**
   * The property: `payload.visualContent.title`, `targetPolicy.platformTypes[2]`; empty for
   * the body itself.
   */
  path: string;
  /** A sentence for people: the violation and the way out. */
  message: string;
}

/** A place in a text, as editors count. */
export interface Position {
  /** From 1; a line ends at a line feed (with or without a carriage return before it). */
  line: number;
  /** From 1, in Unicode characters (scalar values); a byte order mark doesn't count. */
  column: number;
}

/** Something that is no violation, but hardly what the sender means. */
export interface Warning {
  /** The kind of oddity, for programs. */
  code: WarningCode;
  /** The property; empty for the body itself. */
  path: string;
  /** A sentence for people: the oddity and the way out. */
  message: string;
}

/** A violation or a warning, for what shows both alike. */
export type Finding = Omit<Violation, "code"> & { code: ViolationCode | WarningCode };

/**
 * A notification as an app posts it, before its defaults. `null` means absent, everywhere. Names of
 * platforms and priorities go in any case.
 */
export interface NotificationRequest {
  /** The app's cross-device domain: no scheme, port or path. */
  targetHostName: string;
  /** The app's own id for it, 1 to 128 characters. Posted again, it replaces what is there. */
  appNotificationId?: string | null;
  /** The group that it is shown in, at most 128 characters. */
  groupName?: string | null;
  /** How urgent it is. Default: `High` with visual content, else `None`. */
  priority?: Priority | Lowercase<Priority> | null;
  /** The content that is sent: raw, visual or both. */
  payload: PayloadRequest;
  /** The audience. Default: all platforms. */
  targetPolicy?: TargetPolicyRequest | null;
  /** The content for endpoints that don't fetch the raw content in time. */
  fallbackPolicy?: FallbackPolicyRequest | null;
  /** When it leaves every feed: ISO 8601. Default and latest: the service's retention from now. */
  expirationDateTime?: string | Date | null;
  /** How long it is worth showing: whole seconds, 0 to 2592000. */
  displayTimeToLive?: number | `${number}` | null;
}

/** The content that is sent: raw, visual or both. */
export interface PayloadRequest {
  /** Content that only the app understands; not empty. */
  rawContent?: string | null;
  /** The content that a person reads. */
  visualContent?: VisualContentRequest | null;
}

/** The content that a person reads. */
export interface VisualContentRequest {
  /** Not empty. */
  title: string;
  /** The text under the title. */
  body?: string | null;
  /** The page that a person goes to who follows the notification: begins with `https://`. */
  link?: string | null;
  /** A picture, shown square: begins with `https://`. */
  icon?: string | null;
  /** The kind of notification that it is, for people's filters: 1 to 64 characters. */
  category?: string | null;
  /** The ways to answer it, 1 to 4. */
  actions?: Array<ActionRequest> | null;
}

/** A way to answer a notification: a button, with a line of text where it asks for one. */
export interface ActionRequest {
  /** The app's name for it: 1 to 32 letters, digits, `.`, `_` and `-`, once in a notification. */
  id: string;
  /** The text on its button: 1 to 64 characters. */
  title: string;
  /** How its button looks. Default: `default`. */
  style?: ActionStyle | Lowercase<ActionStyle> | null;
  /** The line of text that it asks for. Default: none. */
  input?: ActionInputRequest | null;
}

/** A line of text that an action asks for. */
export interface ActionInputRequest {
  /** The text in the empty line, at most 64 characters. */
  placeholder?: string | null;
  /** The most characters of the text, 1 to 1000. Default: 200. */
  maxLength?: number | null;
}

/** The audience of a notification. */
export interface TargetPolicyRequest {
  /** At least one. */
  platformTypes?: Array<Platform | Lowercase<Platform>> | null;
}

/** The content for endpoints that don't fetch the raw content in time. */
export interface FallbackPolicyRequest {
  /** On iOS. */
  endpointFallback?: EndpointFallbackRequest | null;
}

/** The content that an iOS endpoint shows when it doesn't fetch the raw content in time. */
export interface EndpointFallbackRequest {
  /** Just iOS, which the target policy must have as well. */
  platformTypes: Array<Platform | Lowercase<Platform>>;
  /** How long the endpoint has to fetch the raw content, 60 to 600 seconds. */
  fallbackDelayInSeconds: number;
  /** The content that is shown then. */
  visualContent: FallbackVisualContentRequest;
}

/** What a fallback shows: it can't be answered. */
export type FallbackVisualContentRequest = Omit<VisualContentRequest, "actions">;

/** The kinds of violation of a body. Stable: codes are added, never changed. */
export type ViolationCode =
  /** The body is longer than 64 KiB. */
  | "BodyTooLarge"
  /** The body is not UTF-8. */
  | "InvalidUtf8"
  /** The body is not JSON. */
  | "InvalidJson"
  /** Objects and arrays are nested deeper than 16 levels. */
  | "NestedTooDeep"
  /** A name stands twice in one object. */
  | "DuplicateProperty"
  /** An escape of half a surrogate pair. */
  | "LoneSurrogate"
  /** The body is an array. */
  | "MultipleNotifications"
  /** The body is JSON, but neither an object nor an array. */
  | "NotAnObject"
  /** A required property is absent. */
  | "RequiredPropertyMissing"
  /** A declared property has another JSON type than the declared one. */
  | "WrongType"
  /** A string that must not be empty is. */
  | "Empty"
  /** A string is longer than allowed. */
  | "TooLong"
  /** Not a host name. */
  | "InvalidHostName"
  /** Not a date and time. */
  | "InvalidDateTime"
  /** The notification would have expired already. */
  | "ExpirationInPast"
  /** Not whole seconds. */
  | "InvalidSeconds"
  /** A number outside its range. */
  | "OutOfRange"
  /** Not one of the names that are allowed. */
  | "UnknownValue"
  /** An array that must not be empty is. */
  | "EmptyList"
  /** An array with more elements than are looked at. */
  | "TooManyItems"
  /** A platform that can't have a fallback. */
  | "UnsupportedFallbackPlatform"
  /** A fallback for a platform that the notification doesn't target. */
  | "FallbackNotTargeted"
  /** A push subscription on a platform that has none. */
  | "UnsupportedPushPlatform"
  /** A push subscription's endpoint that isn't a URL of a push service that is allowed. */
  | "InvalidPushEndpoint"
  /** A push subscription's key with which nothing can be encrypted. */
  | "InvalidPushKey"
  /** Neither raw nor visual content. */
  | "NoContent"
  /** Raw content is empty. */
  | "EmptyRawContent"
  /** Visual content has no title. */
  | "MissingTitle"
  /** Visual content's title is empty. */
  | "EmptyTitle"
  /** Not a link that begins with `https://` and a host. */
  | "InvalidUrl"
  /** Not an action's id. */
  | "InvalidActionId"
  /** Two actions have the same id. */
  | "DuplicateActionId"
  /** There are more violations than are listed. */
  | "MoreViolations";

/** The kinds of oddity of a body. Stable: codes are added, never changed. */
export type WarningCode =
  /** The contract doesn't declare this property; it is ignored. */
  | "UndeclaredProperty"
  /** The notification expires earlier than asked, because of the policy's retention. */
  | "ExpirationCapped"
  /** There are more warnings than are listed. */
  | "MoreWarnings";

/** A row of the error table, by its `error.code`. If a body falls under several rows, the first in this order answers. */
export type ErrorCode =
  /** 400: the body is an array. */
  | "MultipleNotificationsNotSupported"
  /** 400: the body doesn't match the contract. */
  | "BadRequest"
  /** 400: a header that the call doesn't support. */
  | "UnsupportedHeader"
  /** 400: a client's frame of a type that isn't known. */
  | "UnknownFrame"
  /** 400: the payload has no usable content. */
  | "InvalidPayload"
  /** 401, without `WWW-Authenticate`: a declared property has the wrong JSON type. */
  | "InvalidActivityDataType"
  /** 403: the caller is on the blocked list. */
  | "CallerBlocked"
  /** 403: the caller may not act for, or notify, this user. */
  | "NotAuthorizedForUser"
  /** 405, with `Allow`: the path exists, but not with this method. */
  | "MethodNotAllowed"
  /** 406 (429 by setting), with `Retry-After`: the caller is over its limit. */
  | "Throttled"
  /** 406 (429 by setting), with `Retry-After`: the feed is at its limit. */
  | "ServerBusy"
  /** 415: content type or encoding. */
  | "UnsupportedMediaType"
  /** 401, with `WWW-Authenticate`: no token, or one that proves nothing. */
  | "InvalidAuthenticationToken"
  /** 404: unknown path or id, or not the caller's. */
  | "ItemNotFound"
  /** 410: a cursor or delta token from another feed. */
  | "SyncStateNotFound"
  /** 412: `If-Match` doesn't match. */
  | "PreconditionFailed"
  /** 409: the item has changed since what the client knew. */
  | "ItemChanged"
  /** 409: the notification has been replaced since the person saw it. */
  | "ContentChanged"
  /** 409: the notification has been answered; the detail names the action that won. */
  | "AlreadyAnswered"
  /** 424: in a batch, a request that this one depends on has failed. */
  | "FailedDependency"
  /** 413: more than 64 KiB. */
  | "RequestBodyTooLarge"
  /** 426: the stream was asked for without `Upgrade: websocket`. */
  | "UpgradeRequired"
  /** 503, with `Retry-After`: a store is down, or the deployment isn't configured. */
  | "ServiceUnavailable";

/** An error on the wire: `error` of the envelope and of a `result` frame. */
export interface ErrorObject {
  /** Stable, for programs. */
  code: ErrorCode;
  /** A sentence for people: what is wrong and what to do. */
  message: string;
  /** Which request this answers. */
  innerError: InnerError;
  /** Every violation, in the order of the document. */
  details: Array<Detail>;
}

/** Which request an error answers: what support asks for. */
export interface InnerError {
  /** UTC to the second, without a zone. */
  date: string;
  /** The server's own id of the request. */
  "request-id": string;
  /** The caller's, if it sent one, else the server's. */
  "client-request-id": string;
}

/** A violation, as the envelope's `details` carries it. */
export interface Detail {
  /** Stable code of the violation. */
  code: ViolationCode | RefusalCode;
  /** The thing that it is about: a property path, a header or a query option. */
  target: string;
  /** A sentence that says what to do. */
  message: string;
}

/** The fault of a request outside of its body. Stable: codes are added, never changed. */
export type RefusalCode =
  /** A header that the call doesn't support. */
  | "UnsupportedHeader"
  /** `Content-Type` isn't JSON. */
  | "UnsupportedContentType"
  /** `Content-Encoding` is neither gzip nor deflate. */
  | "UnsupportedContentEncoding"
  /** The body isn't in the encoding that `Content-Encoding` names, or is cut off. */
  | "CorruptContentEncoding"
  /** A header that the call needs is absent. */
  | "RequiredHeaderMissing"
  /** A query parameter that the call needs is absent. */
  | "RequiredParameterMissing"
  /** A query parameter of the stream has no usable value. */
  | "InvalidParameter"
  /** A query option that the call doesn't have, or whose value can't be used. */
  | "InvalidQueryOption"
  /** A preference of `Prefer` that the call has, with a value that it can't have. */
  | "InvalidPreference"
  /** The app isn't registered, or not for that host. */
  | "HostNotRegistered"
  /** The subscription that `endpoint` names has ended, or never was. */
  | "SubscriptionEnded"
  /** The item has changed since what the client knew of it. */
  | "ItemChanged"
  /** The notification was replaced since the person saw it. */
  | "ContentChanged"
  /** Another answer won: the target is its action. */
  | "AlreadyAnswered"
  /** The feed is being healed from its copy. */
  | "FeedHealing";

/** A notification as its sender has it: what 201 and 200 answer with. */
export interface SentNotification {
  /** The type and origin of this object, for OData clients. */
  "@odata.context": string;
  /** The whole seconds left to show it. */
  displayTimeToLive: number | null;
  /** When it leaves every feed: UTC, ISO 8601. */
  expirationDateTime: string;
  /** The group that it is shown in. */
  groupName: string | null;
  /** For its whole life, also when it is replaced. */
  id: string;
  /** How urgent it is. */
  priority: Priority;
  /** Only what is visual. */
  payload: SentPayload;
}

/** The part of a payload that an answer repeats: raw content never is. */
export interface SentPayload {
  /** The content that a person reads. */
  visualContent?: VisualContent;
}

/** A notification as its receivers have it. */
export interface FeedNotification {
  /** For its whole life, also when it is replaced. */
  id: string;
  /** When it was first posted: UTC, ISO 8601. */
  createdDateTime: string;
  /** When anything of it last changed: UTC, ISO 8601. */
  lastModifiedDateTime: string;
  /** When it leaves every feed: UTC, ISO 8601. */
  expirationDateTime: string;
  /** The whole seconds that were left to show it when this was written, never negative. */
  displayTimeToLive: number | null;
  /** Whether the user has read it. */
  readState: ReadState;
  /** The user's way of dealing with it. */
  userActionState: UserActionState;
  /** Whether it has been replaced. */
  status: NotificationStatus;
  /** The revision, for a notification with actions: 1, and one more with each replacement. */
  revision?: number;
  /** The answer, where there is one. */
  answer?: Answer;
  /** The instant at which it is unread again, while it is snoozed until then: UTC, ISO 8601. */
  snoozedUntilDateTime?: string;
  /** The app's own id for it, 1 to 128 characters. */
  appNotificationId: string | null;
  /** The app's cross-device domain, in lower case. */
  targetHostName: string;
  /** The group that it is shown in, at most 128 characters. */
  groupName: string | null;
  /** How urgent it is. */
  priority: Priority;
  /** The content that is sent. */
  payload: Payload;
  /** The audience. */
  targetPolicy: TargetPolicy;
  /** The content for iOS endpoints that don't fetch the raw content in time. */
  fallbackPolicy: FallbackPolicy | null;
}

/** Whether the user has read it. */
export type ReadState = "unread" | "read";

/** The end of an item, as its sender is told of it. */
export type End =
  | "expired"
  /** By its user. */
  | "deleted"
  /** By its sender. */
  | "retracted";

/** The user's way of dealing with an item. */
export type UserActionState = "noInteraction" | "activated" | "dismissed" | "snoozed";

/** Whether it is what was posted first. */
export type NotificationStatus =
  | "active"
  /** It has been replaced, under the same id. */
  | "updated";

/** The states to set; what is absent stays. */
export interface StateUpdate {
  /** Whether the user has read it. */
  readState?: ReadState;
  /** The new state of the user's dealing with it. */
  userActionState?: UserActionState;
  /** With `snoozed`: the instant at which it is unread again. */
  snoozedUntilDateTime?: string;
}

/** The answer that won. */
export interface Answer {
  /** The action's id. */
  actionId: string;
  /** The line of text, where there is one. */
  text?: string;
  /** When it was given: UTC, ISO 8601. */
  answeredDateTime: string;
  /** The platform of the device that it was given on. */
  platform?: Platform;
  /** The subscription of that device; its sender isn't told. */
  endpoint?: string;
}

/** An answer that a person gives. */
export interface Answering {
  /** The action's id. */
  actionId: string;
  /** The `revision` of the notification that the person saw. */
  revision: number;
  /** The client's own name for this answer, 1 to 64 characters, the same in each of its tries. */
  key?: string;
  /** The line of text, where the action asks for one. */
  text?: string;
}

/**
 * A frame of the server over `notifeed.v1`: one JSON object in a text frame; the first is always `feed`.
 * `reset`: the client's cursor can't be honoured, it forgets everything, the live feed follows.
 */
export type ServerFrame =
  | ({ type: "feed" } & FeedFrame)
  | { type: "reset" }
  | ({ type: "notification" } & NotificationFrame)
  | ({ type: "state" } & StateFrame)
  | ({ type: "removed" } & RemovedFrame)
  | ({ type: "readAll" } & ReadAllFrame)
  | ({ type: "seenAll" } & SeenAllFrame)
  | ({ type: "ready" } & ReadyFrame)
  | ({ type: "result" } & ResultFrame);

/** The feed's owner, as a digest, and the service's clock. */
export interface FeedFrame {
  /**
   * Opaque, the same for all connections of one user of one host: a client that has stored another value ignores the
   * frames, since they are of another user's feed.
   */
  feed: string;
  /** The server's clock: UTC, ISO 8601. */
  now: string;
}

/** New or replaced content. */
export interface NotificationFrame {
  /** Whether the frame belongs to a replay of changes that the client missed. */
  replayed: boolean;
  /** All of it. */
  notification: FeedNotification;
  /** The change's number: grows within an epoch of the feed. */
  seq: number;
  /** The position at which everything up to this change is known: opaque, for storing. */
  cursor: string;
  /** The server waits for an `ack` of this number before it sends much more. */
  ack?: true;
}

/** Only the states changed. */
export interface StateFrame {
  /** The notification's. */
  id: string;
  /** Whether the user has read it. */
  readState: ReadState;
  /** The user's way of dealing with it. */
  userActionState: UserActionState;
  /** The answer, where there is one. */
  answer?: Answer;
  /** The instant at which it is unread again, while it is snoozed until then: UTC, ISO 8601. */
  snoozedUntilDateTime?: string;
  /** The change's number: grows within an epoch of the feed. */
  seq: number;
  /** The position at which everything up to this change is known: opaque, for storing. */
  cursor: string;
  /** The server waits for an `ack` of this number before it sends much more. */
  ack?: true;
}

/** A notification is gone. */
export interface RemovedFrame {
  /** The notification's. */
  id: string;
  /** Why it went. */
  reason: RemovalReason;
  /** The change's number: grows within an epoch of the feed. */
  seq: number;
  /** The position at which everything up to this change is known: opaque, for storing. */
  cursor: string;
  /** The server waits for an `ack` of this number before it sends much more. */
  ack?: true;
}

/** Why an item goes. */
export type RemovalReason =
  /** The item was deleted, or its replacement has expired. */
  | "deleted"
  /** The replacement isn't for this platform. */
  | "retargeted"
  /** The app that sent it took it back. */
  | "retracted";

/**
 * Every unread item was read whose last change has a number up to `through`, in one step: each has a
 * number of its own since, of which `seq` is the last.
 */
export interface ReadAllFrame {
  /** The number up to which items were read. */
  through: number;
  /** Only the items that this platform receives; `null`: all. */
  platform: Platform | null;
  /** The change's number: grows within an epoch of the feed. */
  seq: number;
  /** The position at which everything up to this change is known: opaque, for storing. */
  cursor: string;
  /** The server waits for an `ack` of this number before it sends much more. */
  ack?: true;
}

/** The user has looked at a list that contained everything up to `through`. No item has changed. */
export interface SeenAllFrame {
  /** The number up to which everything is seen. */
  through: number;
  /** On which platform; `null`: on all. */
  platform: Platform | null;
}

/** The replay is over; from here on changes come as they happen. */
export interface ReadyFrame {
  /** The position at which everything is known. */
  cursor: string;
  /** The subscription that the client named. */
  endpoint: string | null;
  /** Whether the replay went on from the client's cursor. */
  resumed: boolean;
  /** The server's clock: UTC, ISO 8601. */
  now: string;
  /** Only the newest items were asked for, and there are older ones, which come by pages of the list. */
  more?: true;
  /** The items that are unread and not dismissed, of those that the connection's platform receives. */
  unread: number;
  /** The unread items whose last change has a number beyond `seenThrough`. */
  unseen: number;
  /** The number up to which everything is seen. */
  seenThrough: number;
}

/** The answer to a client's frame. */
export interface ResultFrame {
  /** The client's own name for its frame. */
  ref: string;
  /** The HTTP status that the same request would have got. */
  status: number;
  /** The change's number, if it made one. */
  seq?: number;
  /**
   * The position at which the change is known, if it made one: the sender isn't told of it
   * otherwise.
   */
  cursor?: string;
  /** In a change: the server waits for an `ack` of its number before it sends much more. */
  ack?: true;
  /** In the answer to `markAllRead` and `markAllSeen`: the number up to which items were marked. */
  through?: number;
  /** In the answer to `markAllRead` and `markAllSeen`: as `ready` has it. */
  unread?: number;
  /** In the answer to `markAllRead` and `markAllSeen`: as `ready` has it. */
  unseen?: number;
  /** The item's read state, for an item that has changed since what the client knew. */
  readState?: ReadState;
  /** The user's way of dealing with the item, for an item that has changed since what the client knew. */
  userActionState?: UserActionState;
  /** In the answer to `answer`: the answer that won. */
  answer?: Answer;
  /** The error, where the request failed. */
  error?: ErrorObject;
}

/**
 * A client's frame of `notifeed.v1`, besides the text `ping`. `ref`: the client's name for the
 * frame, at most 64 characters, which the `result` repeats.
 */
export type ClientFrame =
  | {
      type: "ack";
      /** The number of the last change that arrived. */
      seq: number;
      /** Whether a person sees it: then it isn't pushed to the endpoint. */
      visible?: boolean;
      /** `false`: this is flow control only. Default: `true`. */
      delivered?: boolean;
    }
  | ({ ref: string } & ClientRequest);

/** A client's request, to be answered with a `result`. */
export type ClientRequest =
  | {
      type: "update";
      /** The item, as the client names it. */
      id: string;
      /**
       * The number of the item's last change that the client knows: if it has changed since, nothing
       * is set.
       */
      since?: number;
      /** Whether the user has read it. */
      readState?: ReadState;
      /** The new state of the user's dealing with it. */
      userActionState?: UserActionState;
      /** With `snoozed`: the instant at which it is unread again. */
      snoozedUntilDateTime?: string;
    }
  | {
      type: "delete";
      /** The item, as the client names it. */
      id: string;
      /**
       * The number of the item's last change that the client knows: if it has changed since, it
       * stays.
       */
      since?: number;
    }
  | {
      type: "answer";
      /** The item, as the client names it. */
      id: string;
      /** The action's id. */
      actionId: string;
      /** The `revision` of the notification that the person saw. */
      revision: number;
      /** The client's own name for this answer, 1 to 64 characters, the same in each of its tries. */
      key?: string;
      /** The line of text, where the action asks for one. */
      text?: string;
    }
  | {
      type: "markAllRead";
      /** Up to where: a frame's. Without one, all. */
      cursor?: string;
    }
  | {
      type: "markAllSeen";
      /** Up to where: a frame's. Without one, all. */
      cursor?: string;
    }
  | {
      type: "token";
      /** A fresh token of the same user. */
      token: string;
    };
