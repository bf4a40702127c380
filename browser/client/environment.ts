// What a client needs of where it runs: an argument, so that tests can give their own.

/** The longest that a timer can run, in milliseconds: a longer one would run out at once. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;

export interface Environment {
  /** Milliseconds since 1970. */
  now(): number;
  /** 0 ≤ random < 1 */
  random(): number;
  /** A short id, another one every time. */
  id(): string;
  WebSocket: typeof WebSocket;
  /** Calls back when the device comes online or goes offline, or the page is shown. Returns what ends it. */
  watch(told: (event: "online" | "offline" | "visible") => void): () => void;
}

export const surroundings = (): Environment => ({
  now: () => Date.now(),
  random: () => Math.random(),
  id: () => crypto.randomUUID().slice(0, 8),
  WebSocket: globalThis.WebSocket,
  watch(told) {
    // Node and workers have neither page nor, some of them, these events: then nothing is ever told.
    const ended = new AbortController();
    const options = { signal: ended.signal };
    globalThis.addEventListener?.("online", () => told("online"), options);
    globalThis.addEventListener?.("offline", () => told("offline"), options);
    globalThis.document?.addEventListener(
      "visibilitychange",
      () => document.visibilityState === "visible" && told("visible"),
      options,
    );
    return () => ended.abort();
  },
});
