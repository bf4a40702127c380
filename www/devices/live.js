// One live connection (`notifeed.v1`) that comes back, with its cursor, for as long as coming back makes sense.

const SUBPROTOCOL = "notifeed.v1";

/** Close codes after which the client stays away: a malformed request, and access taken back. */
const STOP = new Set([4400, 4403]);
/** The token has expired, or was never good: come back with a fresh one. */
const TOKEN_REFUSED = 4401;
/** Come back at once: the server restarted, or cut a long replay. */
const AT_ONCE = new Set([1012, TOKEN_REFUSED, 4408]);

/** Backoff in milliseconds: anything between 0 and FIRST_WAIT doubled with each failure, at most LONGEST_WAIT. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/** The runtime answers a ping without waking the Hub; what stays silent for ANSWER_TIME is a dead line. */
const PING_EVERY = 30_000;
const ANSWER_TIME = 10_000;

/**
 * What to do about a line that was closed.
 * @param {number} code of the close frame; 1006 when there was none
 * @param {number} failures connections in a row, this one included, that brought nothing
 * @param {number} random 0 ≤ random < 1
 * @returns {number} milliseconds to wait before coming back; Infinity: don't
 */
export function waitAfter(code, failures, random) {
  if (STOP.has(code)) return Infinity;
  // What says "at once" and brings nothing, twice, is a loop: it backs off like anything else.
  if (AT_ONCE.has(code) && failures <= 1) return 0;
  return random * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures);
}

/**
 * @typedef {object} Status
 * @property {"connecting" | "live" | "waiting" | "stopped"} state
 * @property {string} [reason] why it isn't live, when there is more to say
 */

/**
 * @typedef {object} LiveOptions
 * @property {string} url of the stream, with its platform; http(s) or ws(s)
 * @property {(fresh: boolean) => Promise<string | null>} token a token, null when there is none to be had without
 *   somebody's help; `fresh`: the last one was refused
 * @property {() => string | null} cursor where to go on
 * @property {(frame: import("./feed.js").Frame) => void} onFrame
 * @property {(status: Status) => void} onStatus
 */

export class LiveConnection {
  #options;
  #failures = 0;
  #tokenRefused = false;
  /** Ends everything that belongs to the present try: socket, listeners, timers. */
  #attempt = new AbortController();

  /** @param {LiveOptions} options */
  constructor(options) {
    this.#options = options;
    addEventListener("online", this.#online);
    addEventListener("offline", this.#offline);
    this.connect();
  }

  /** Connects now, instead of waiting longer or staying away. A line that is up is left alone. */
  connect() {
    if (this.#state === "connecting" || this.#state === "live") return;
    void this.#open();
  }

  /** Ends the connection for good. */
  close() {
    removeEventListener("online", this.#online);
    removeEventListener("offline", this.#offline);
    this.#attempt.abort();
  }

  /**
   * Sends a frame over a line that is live.
   * @param {import("./feed.js").Request} frame
   * @returns {boolean} false: there is no such line, nothing was sent
   */
  send(frame) {
    if (this.#state !== "live" || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #online = () => {
    if (this.#state === "waiting") this.connect();
  };

  // Without a network the line is dead, but no close frame can come to say so. A server on this very machine is
  // still there: then coming back works at once.
  #offline = () => {
    if (this.#state === "connecting" || this.#state === "live") this.#lost(1006, "offline");
  };

  /** @type {Status["state"]} */
  #state = "stopped";
  /** @type {WebSocket | undefined} the one of the present try */
  #socket;

  /** @param {Status} status */
  #report(status) {
    this.#state = status.state;
    this.#options.onStatus(status);
  }

  async #open() {
    this.#attempt.abort();
    this.#attempt = new AbortController();
    const { signal } = this.#attempt;
    this.#report({ state: "connecting" });
    let socket;
    try {
      const token = await this.#options.token(this.#tokenRefused);
      if (signal.aborted) return;
      if (token === null) return this.#report({ state: "stopped", reason: "an access token is needed" });
      socket = new WebSocket(this.#address(), [SUBPROTOCOL, `bearer.${token}`]);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof DOMException) return this.#report({ state: "stopped", reason: "that isn't a token" });
      return this.#lost(1006, "no token to be had");
    }
    this.#socket = socket;
    signal.addEventListener("abort", () => socket.close());
    socket.addEventListener("message", ({ data }) => this.#take(data), { signal });
    socket.addEventListener("close", ({ code, reason }) => this.#lost(code, reason), { signal });
    this.#keepAlive(socket, signal);
  }

  #address() {
    const address = new URL(this.#options.url);
    address.protocol = address.protocol.replace("http", "ws");
    const cursor = this.#options.cursor();
    if (cursor !== null) address.searchParams.set("cursor", cursor);
    return address;
  }

  /** @param {string} data */
  #take(data) {
    if (data === "pong") return;
    /** @type {import("./feed.js").Frame} */
    const frame = JSON.parse(data);
    this.#failures = 0;
    this.#tokenRefused = false;
    this.#options.onFrame(frame);
    if (frame.type === "ready") this.#report({ state: "live" });
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #lost(code, reason) {
    this.#attempt.abort();
    this.#attempt = new AbortController();
    this.#failures += 1;
    this.#tokenRefused = code === TOKEN_REFUSED;
    const wait = waitAfter(code, this.#failures, Math.random());
    if (wait === Infinity) return this.#report({ state: "stopped", reason });
    this.#report({ state: "waiting", reason });
    const timer = setTimeout(() => this.connect(), wait);
    this.#attempt.signal.addEventListener("abort", () => clearTimeout(timer));
  }

  /**
   * Pings an open line and gives up one that doesn't answer.
   * @param {WebSocket} socket
   * @param {AbortSignal} signal
   */
  #keepAlive(socket, signal) {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let silence;
    const ping = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send("ping");
      clearTimeout(silence);
      silence = setTimeout(() => this.#lost(1006, "the line went silent"), ANSWER_TIME);
    }, PING_EVERY);
    socket.addEventListener("message", () => clearTimeout(silence), { signal });
    signal.addEventListener("abort", () => {
      clearInterval(ping);
      clearTimeout(silence);
    });
  }
}
