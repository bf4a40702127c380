// The surroundings that a client needs: an argument, so that tests can give their own. Any of it may be absent, throw,
// never answer, or lie.

/** The longest delay of a timer, in milliseconds: a timer with a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * `leave`: the page is put away or frozen, perhaps for ever. `return`: it is back. `note`: another tab has written a
 * text that isn't empty into `settings`.
 */
export type PageEvent = "online" | "offline" | "visible" | "leave" | "return" | "note";

export interface Environment {
  /** Milliseconds since 1970 by the device's clock, which may be wrong and may be set. */
  now(): number;
  /** Milliseconds since some moment, ever more. */
  elapsed(): number;
  /** Acts once after so many milliseconds. Returns what cancels it. */
  after(milliseconds: number, act: () => void): () => void;
  /** 0 ≤ random < 1 */
  random(): number;
  WebSocket: typeof WebSocket;
  fetch: typeof fetch;
  /** A socket over server-sent events; absent: there is nothing to fall back to. Rejects where it can't be loaded. */
  events?: (address: URL, token: string) => Promise<WebSocket>;
  /** The following three throw where the browser forbids them, and return nothing where it has none. */
  databases(): IDBFactory | undefined;
  locks(): LockManager | undefined;
  settings(): Storage | undefined;
  /** Sign-outs that are noted for as long as the page lives, by the feed's name. */
  signOuts: Map<string, string>;
  /** Opens a channel to other tabs; `undefined` where there are none. */
  channel(name: string): BroadcastChannel | undefined;
  /** Whether the page is in view. */
  visible(): boolean;
  /** Calls back when something happens around; `key`: where a note was written. Returns what ends it. */
  watch(told: (event: PageEvent, key?: string) => void): () => void;
}

const ofThisPage = new Map<string, string>();

export const surroundings = (): Environment => ({
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(milliseconds, act) {
    const timer = setTimeout(act, Math.min(milliseconds, LONGEST_TIMER));
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  WebSocket: globalThis.WebSocket,
  fetch: (...asked) => fetch(...asked),
  events: async (address, token) => {
    const { EventSocket } = await import("./event_socket.ts");
    return new EventSocket(address, token, (...asked) => fetch(...asked)) as unknown as WebSocket;
  },
  databases: () => globalThis.indexedDB,
  locks: () => globalThis.navigator?.locks,
  settings: () => globalThis.localStorage,
  signOuts: ofThisPage,
  channel: (name) => globalThis.BroadcastChannel && new BroadcastChannel(name),
  visible: () => globalThis.document?.visibilityState !== "hidden",
  watch(told) {
    // Node and workers have no page, and some of them lack these events: then no callback is ever called.
    const ended = new AbortController();
    const page = globalThis.document;
    const on = (target: EventTarget | undefined, type: string, act: (event: Event) => void) =>
      target?.addEventListener?.(type, act, { signal: ended.signal });
    on(globalThis, "online", () => told("online"));
    on(globalThis, "offline", () => told("offline"));
    on(page, "visibilitychange", () => page.visibilityState === "visible" && told("visible"));
    if (page) on(globalThis, "pagehide", () => told("leave"));
    on(globalThis, "pageshow", (event) => (event as PageTransitionEvent).persisted && told("return"));
    on(globalThis, "storage", (event) => {
      const { key, newValue } = event as StorageEvent;
      if (key && newValue) told("note", key);
    });
    on(page, "freeze", () => told("leave"));
    on(page, "resume", () => told("return"));
    return () => ended.abort();
  },
});
