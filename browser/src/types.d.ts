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
  priority: "None" | "High" | "Low";
  payload: { rawContent?: string; visualContent?: VisualContent };
  targetPolicy: { platformTypes: Platform[] };
  fallbackPolicy: { endpointFallback: EndpointFallback } | null;
  /** UTC, ISO 8601. */
  expirationDateTime: string;
  /** Seconds. */
  displayTimeToLive: number | null;
}

export type Platform = "Windows" | "iOS" | "Android" | "WebPush";

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
