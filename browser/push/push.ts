// A browser's push subscription: made on a user's action, kept up to date, and ended when the user signs out.

import { userOf } from "../client/token.ts";
import { RECEIPTS_PATH } from "../generated/protocol.ts";
import { type Push, PushError, type PushOptions, type PushState, type Subscribed } from "./api.ts";
import { change, type Owner } from "./kept.ts";
import type { Opening } from "./opening.ts";
import { base, keyOf, subscribe, unsubscribe } from "./service.ts";
import { closeShown } from "./shown.ts";
import type { Surroundings } from "./surroundings.ts";

/** The service is told so often what the browser has, since its push service may have refused it meanwhile; milliseconds. */
const DAY = 86_400_000;

/** The things that `enable` needs at once, since a browser asks a person only in the midst of their act. */
interface Ready {
  registration: ServiceWorkerRegistration;
  key: string;
  user: string;
  /** The browser's subscription. */
  subscription: PushSubscription | null;
}

export function pushOf(options: PushOptions, surroundings: Surroundings): Push {
  const { fetch: fetched, indexedDB, navigator } = surroundings;
  const listeners = new Set<(state: PushState) => void>();
  let state: PushState = "not-ready";
  let ready: Ready | undefined;
  let owner: Owner | undefined;
  /** The last task: they run one after the other, in this page and, where there are locks, in all. */
  let last: Promise<unknown> = Promise.resolve();
  /** Grows with each end: what began before it changes nothing any more. */
  let ends = 0;

  const inTurn = <Value>(act: () => Promise<Value>): Promise<Value> => {
    const turn = () => (navigator.locks ? navigator.locks.request("notifeed.push", act) : act()) as Promise<Value>;
    const done = last.then(turn);
    last = done.catch(() => {});
    return done;
  };

  const stand = (now: PushState, isNew: boolean = now !== state): void => {
    if (!isNew) return;
    state = now;
    for (const listener of listeners) listener(state);
  };

  /** How it stands where there is no subscription. */
  const allowed = (): PushState => {
    const { permission } = surroundings.Notification;
    return permission === "granted" ? "off" : permission === "denied" ? permission : "prompt";
  };

  const own = async (now: Owner | undefined): Promise<void> => {
    owner = await change(indexedDB, "owner", () => now);
  };

  const look = async (): Promise<void> => {
    owner = await change(indexedDB, "owner", (known) => known);
  };

  const make = ({ registration, key: applicationServerKey }: Ready): Promise<PushSubscription> =>
    registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });

  /** Tells the service of the browser's subscription, and keeps whose it is. */
  const report = async ({ key, user }: Ready, subscription: PushSubscription): Promise<Subscribed> => {
    const receipts = base(options.url) + RECEIPTS_PATH;
    const now: Owner = { feed: null, user, id: null, uns: null, endpoint: null, key, renew: 0, receipts };
    // An interruption from here on leaves a subscription that is known to be this app's.
    if (owner?.user !== user) await own(now);
    const deviceId =
      options.deviceId ?? (await change(indexedDB, "device", (device) => device ?? crypto.randomUUID()))!;
    const registered = await subscribe(options, fetched, subscription, deviceId);
    const { id, userNotificationSubscriptionId, feed, expirationDateTime } = registered;
    const told = surroundings.now();
    const renew = Math.min((told + Date.parse(expirationDateTime)) / 2, told + DAY);
    const { endpoint } = subscription;
    await own({ ...now, feed, id, uns: userNotificationSubscriptionId, endpoint, renew });
    stand("on", true);
    options.onSubscribed?.({ id, userNotificationSubscriptionId });
    return { id, userNotificationSubscriptionId };
  };

  /** Nothing is pushed to this browser any more, nothing of it stays to be seen. */
  const end = async (): Promise<void> => {
    // First of all the worker shows nothing of it any more, whatever is on its way.
    await own(owner && { ...owner, feed: null, user: null });
    await change(indexedDB, "unsent", () => undefined);
    const registration = await options.worker;
    if (owner) await (await registration?.pushManager.getSubscription())?.unsubscribe();
    if (ready) ready.subscription = null;
    await closeShown(registration, () => true);
    void navigator.setAppBadge?.(0).catch(() => {});
    await own(undefined);
  };

  const synced = async (): Promise<PushState> => {
    const before = ends;
    ready = undefined;
    if (!surroundings.isSecureContext) return "insecure";
    const registration = surroundings.PushManager ? await active(options.worker) : undefined;
    if (!registration) return navigator.standalone === false ? "needs-install" : "unsupported";
    await look();
    const token = await options.token({ fresh: false });
    const who = token && (options.user ?? userOf(token));
    if (token && !who) throw new PushError("refused", "the token doesn't say whose it is: pass `user`");
    const user = who && (await digest(`${base(options.url)} ${who}`));
    // The former user's pushes end before anything else, whether or not the service can be reached.
    if (owner && (owner.user !== user || allowed() !== "off")) await end();
    if (!user) return allowed();
    let subscription = await registration.pushManager.getSubscription();
    const known = owner;
    const key = await keyOf(options, fetched).catch((error: unknown) => {
      // Without a network nothing can be turned on, and nothing has changed.
      if (known?.id && subscription) return undefined;
      throw error;
    });
    if (key === null) return "unavailable";
    // The push was turned off meanwhile.
    if (before !== ends) return state;
    if (key === undefined) return "on";
    ready = { registration, key, user, subscription };
    if (!known) return subscription ? "foreign" : allowed();
    registration.active?.postMessage({ notifeed: "send" });
    try {
      if (known.key !== key && (await subscription?.unsubscribe())) subscription = null;
      ready.subscription = subscription ??= await make(ready);
    } catch {
      return "needs-gesture";
    }
    if (known.endpoint !== subscription.endpoint || surroundings.now() >= known.renew) {
      await report(ready, subscription);
    }
    return "on";
  };

  const push: Push = {
    get state() {
      return state;
    },
    get feed() {
      return owner?.feed ?? null;
    },
    get subscription() {
      if (state !== "on" || !owner?.id) return null;
      return { id: owner.id, userNotificationSubscriptionId: owner.uns! };
    },
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async enable() {
      const [now, before] = [ready, ends];
      const fail = (code: PushState, reason: unknown = code) => {
        throw new PushError(code, String(reason));
      };
      if (!now) return fail("not-ready");
      const { subscription } = now;
      if (subscription && !owner && !options.takeOver) return fail("foreign");
      let made: PushSubscription;
      try {
        // Nothing is awaited before `make`, unless an old subscription must be ended first.
        if (subscription && owner?.key !== now.key) await subscription.unsubscribe();
        made = await make(now);
      } catch (error) {
        const standing = allowed();
        stand(standing === "off" ? "needs-gesture" : standing);
        return fail(state, error);
      }
      return inTurn(async () => {
        await look();
        // The push was turned off meanwhile, or another tab has turned it on for another user.
        if (before !== ends || (owner && owner.user !== now.user)) {
          await made.unsubscribe();
          return fail("off");
        }
        now.subscription = made;
        return report(now, made);
      });
    },
    async disable() {
      ends++;
      let id: string | null | undefined;
      const leave = async () => {
        await look();
        id ??= owner?.id;
        await end();
        if (id) stand(allowed());
      };
      // At once, though a task may wait for a network that hangs; and again, since it may have kept something meanwhile.
      await leave();
      await inTurn(async () => {
        await leave();
        if (id) await unsubscribe(options, fetched, id).catch(() => {});
      });
    },
    sync: () =>
      inTurn(async () => {
        stand(await synced());
        return state;
      }),
  };

  if (options.onOpen) {
    const workers = navigator.serviceWorker;
    const asked = ({ data, ports }: MessageEvent<Partial<Opening>>) => {
      const { notifeed, id, owner: feed, link } = data ?? {};
      if (notifeed !== "open" || !id || state !== "on" || feed !== owner?.feed) return;
      ports[0]?.postMessage(true);
      options.onOpen?.({ id, ...(link && { link }) });
    };
    workers?.addEventListener("message", asked);
    workers?.startMessages();
  }
  void push.sync().catch(() => {});
  return push;
}

/** The registration once its worker is active: before that nothing can be subscribed. */
async function active(worker: PushOptions["worker"]): Promise<ServiceWorkerRegistration | undefined> {
  const registration = await worker;
  const coming = registration?.installing ?? registration?.waiting;
  if (coming && !registration?.active)
    await new Promise((resolve) => coming.addEventListener("statechange", resolve)).then(() => active(worker));
  return registration;
}

/** The name of a user here: another one for another user, and nothing to be read in it. */
async function digest(user: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(user));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
