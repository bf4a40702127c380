// Web Push as a page sees it.

/**
 * The state of Web Push in this browser.
 * * `not-ready`: that isn't known yet
 * * `unsupported`: the browser has no push; `insecure`: the page isn't served by https
 * * `needs-install`: on iOS only an app on the Home Screen can have it
 * * `unavailable`: the service has no key to push with
 * * `prompt`: the person can be asked; `denied`: they have said no, and only the browser's settings can change that
 * * `off`: allowed, and not wanted; `on`: what is posted comes
 * * `needs-gesture`: it was on, and the browser makes a new subscription only where a person acts: `enable()`
 * * `foreign`: the browser has a subscription that this app's other code made; `enable()` refuses without `takeOver`
 */
export type PushState =
  | "not-ready"
  | "unsupported"
  | "insecure"
  | "needs-install"
  | "unavailable"
  | "prompt"
  | "denied"
  | "off"
  | "on"
  | "needs-gesture"
  | "foreign";

/** A subscription as the app's server needs it. */
export interface Subscribed {
  /** The subscription's id: a live client's `endpoint`. */
  id: string;
  /** The id that the app's server posts with; another one after each renewal. */
  userNotificationSubscriptionId: string;
}

export interface PushOptions {
  /** The service: `https://notify.example.com`. */
  url: string | URL;
  /** As for `connect`: an access token of the signed-in user, `null` when nobody is signed in. */
  token: (options: { fresh: boolean }) => Promise<string | null>;
  /** The host whose notifications are pushed. */
  targetHostName: string;
  /**
   * The app's service worker: `navigator.serviceWorker?.register("/sw.js")`. `undefined` where the browser has none.
   */
  worker: ServiceWorkerRegistration | undefined | Promise<ServiceWorkerRegistration | undefined>;
  /** `ios`: an app on the Home Screen that is the user's iOS endpoint. Default: `webpush`. */
  platform?: "webpush" | "ios";
  /** The page that a click opens: an address with `{id}` in it. */
  navigate?: string;
  /** The title of notifications that have none. */
  title?: string;
  /** Default: one that is drawn once and kept in the browser. */
  deviceId?: string;
  /** For people to recognize the device by. */
  displayName?: string;
  /** The signed-in user, as for `connect`. Default: the token's own words. */
  user?: string;
  /** Ends a subscription that other code has made. */
  takeOver?: boolean;
  /** Called with the id for the app's server after every new and renewed subscription. */
  onSubscribed?(subscribed: Subscribed): void;
  /** A click on a notification of this user: the page shows it. Without it a click opens `navigate`. */
  onOpen?(opened: { id: string; link?: string }): void;
}

export interface Push {
  readonly state: PushState;
  /** The service's name of the feed that is pushed here, as the first frame of a live connection has it; `null`: none is. */
  readonly feed: string | null;
  /** The subscription while the state is `on`. */
  readonly subscription: Subscribed | null;
  /** Calls back with every new state, and every new subscription. @returns what ends it */
  onState(listener: (state: PushState) => void): () => void;
  /**
   * Turns pushes on. To be called by a person's act, first thing: the browser asks them, where they weren't asked.
   * @throws PushError
   */
  enable(): Promise<Subscribed>;
  /**
   * Turns pushes off, and takes what is shown away: what a sign-out calls before it forgets the token. The browser's part
   * needs no network; where the service can't be told, its push service tells it that the subscription is gone.
   */
  disable(): Promise<void>;
  /**
   * Brings the service's record of this browser's subscription up to date and renews it; ends pushes of another user.
   * The push client calls this once by itself; an app calls it after a sign-in.
   */
  sync(): Promise<PushState>;
}

/** Pushes weren't turned on. */
export class PushError extends Error {
  override readonly name = "PushError";
  /**
   * Stable. `not-ready`: `state` says why; `denied`, `prompt` (the person closed the question), `needs-gesture`: the browser
   * refused; `foreign`: the subscription is other code's; `off`: it was turned off meanwhile; `unreached`: the service can't be
   * reached; `refused`: it says no.
   */
  readonly code: PushState | "unreached" | "refused";

  constructor(code: PushState | "unreached" | "refused", message: string) {
    super(message);
    this.code = code;
  }
}
