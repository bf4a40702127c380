// A connection where WebSockets are blocked: server-sent events, read by `fetch`, and requests for all that would be sent
// as frames (docs/live.md, "Without WebSockets"). To `Connection` it is a socket like any other. Loaded only when needed.

import {
  CLOSE_BUSY,
  CLOSE_DENIED,
  CLOSE_MALFORMED,
  CLOSE_TOKEN_REFUSED,
  PING,
  PONG,
  REASON_RETRY_AFTER,
  SUBSCRIPTION_ENDED,
} from "../generated/protocol.ts";
import type { ClientFrame, ServerFrame } from "../generated/types.ts";
import { BROKEN } from "./backoff.ts";

/** A comment comes every 25 s: a line that is silent for longer than two of them is broken; milliseconds. */
const SILENCE = 60_000;
/** How long after a change's HTTP answer the stream may take to deliver its frame; milliseconds. */
const LATE = 1000;

/** The close codes of the refusals that a client meets, by status. */
const CLOSES: Readonly<Record<number, number>> = {
  400: CLOSE_MALFORMED,
  401: CLOSE_TOKEN_REFUSED,
  403: CLOSE_DENIED,
  406: CLOSE_BUSY,
  429: CLOSE_BUSY,
  503: 1013, // Try again later (RFC 6455 §7.4).
};

type Request = Exclude<ClientFrame, { type: "ack" }>;

/** An error as the service answers it. */
interface Refusal {
  error?: { code?: string; details?: { code: string }[] };
}

interface Answered {
  status: number;
  body: { error?: unknown; answer?: unknown; readState?: string; userActionState?: string };
  etag: string;
}

export class EventSocket extends EventTarget {
  readyState = 0;
  readonly #address: URL;
  readonly #headers: Record<string, string>;
  readonly #fetch: typeof fetch;
  readonly #ended = new AbortController();
  #heardAt = performance.now();
  /** The cursors of frames that ask to be acknowledged. */
  readonly #cursors = new Map<number, string>();
  /** The changes that aren't told yet: what each is about, and the end of the wait. */
  readonly #untold = new Map<string, () => void>();

  /** @param address that of a WebSocket, the cursor included */
  constructor(address: URL, token: string, ask: typeof fetch) {
    super();
    this.#address = new URL(address);
    this.#address.protocol = address.protocol.replace("ws", "http");
    this.#headers = { Authorization: `Bearer ${token}` };
    this.#fetch = ask;
    void this.#read().catch(() => this.#end(BROKEN, ""));
  }

  send(text: string): void {
    if (text === PING) {
      if (performance.now() - this.#heardAt < SILENCE) queueMicrotask(() => this.#tell(PONG));
      return;
    }
    const frame = JSON.parse(text) as ClientFrame;
    if (frame.type === "ack") void this.#acknowledge(frame.seq, frame.visible);
    else void this.#carryOut(frame).then((result) => this.#tell(JSON.stringify({ type: "result", ...result })));
  }

  close(): void {
    this.readyState = 3;
    this.#ended.abort();
  }

  async #read(): Promise<void> {
    const { signal } = this.#ended;
    const headers = { ...this.#headers, Accept: "text/event-stream" };
    const response = await this.#fetch(this.#address, { headers, signal, cache: "no-store" });
    const type = response.headers.get("Content-Type") ?? "";
    if (!response.ok || !response.body || !type.startsWith("text/event-stream")) return this.#refused(response);
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (let text = ""; ;) {
      const { value, done } = await reader.read();
      if (done) return this.#end(BROKEN, "");
      this.#heardAt = performance.now();
      const events = (text + decoder.decode(value, { stream: true })).split("\n\n");
      text = events.pop()!;
      for (const event of events) this.#hear(event);
    }
  }

  #hear(event: string): void {
    const fields = new Map(event.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]));
    const data = fields.get("data");
    if (data === undefined) return;
    if (fields.get("event") === "close") {
      const { code, reason } = JSON.parse(data) as { code: number; reason: string };
      return this.#end(code, reason);
    }
    const frame = JSON.parse(data) as ServerFrame;
    if ("ack" in frame && frame.seq !== undefined) this.#cursors.set(frame.seq, fields.get("id") ?? "");
    this.#tell(data);
    this.#untold.get("id" in frame ? frame.id : frame.type)?.();
  }

  #tell(data: string): void {
    if (this.readyState === 1) this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }

  #end(code: number, reason: string): void {
    if (this.readyState === 3) return;
    this.close();
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }

  /** Ends as a socket would be closed that the service refuses. */
  async #refused(response: Response): Promise<void> {
    const { error } = (await response.json().catch(() => ({}))) as Refusal;
    const ended = error?.details?.some(({ code }) => code === SUBSCRIPTION_ENDED);
    const after = response.headers.get("Retry-After");
    const reason = ended ? SUBSCRIPTION_ENDED : (error?.code ?? "") + (after ? ` ${REASON_RETRY_AFTER}${after}` : "");
    this.#end(ended ? CLOSE_DENIED : ((error && CLOSES[response.status]) ?? BROKEN), reason);
  }

  async #acknowledge(seq: number, visible?: boolean): Promise<void> {
    const cursor = this.#cursors.get(seq);
    this.#cursors.delete(seq);
    // Without a subscription there is nothing to be delivered to: flow control needs no acknowledgement from the
    // client.
    if (cursor === undefined || !this.#address.searchParams.has("endpoint")) return;
    await this.#ask("POST", "/ack", ["endpoint"], { cursor, visible }).catch(() => {});
  }

  /** Carries out what a frame asks for. @returns its result, once the stream has told of the change */
  async #carryOut(frame: Request): Promise<object> {
    const { ref } = frame;
    // A fresh token needs a fresh connection.
    if (frame.type === "token") return { ref, status: 400 };
    try {
      if (frame.type === "markAllRead" || frame.type === "markAllSeen") {
        const told = this.#told(frame.type === "markAllRead" ? "readAll" : "seenAll");
        const { status, body } = await this.#ask("POST", `/${frame.type}`, ["platform"], { cursor: frame.cursor });
        if (status < 300) await told;
        return { ref, status, error: body.error };
      }
      const path = `/${encodeURIComponent(frame.id)}`;
      const { type, ref: _, id, since, ...rest } = { since: undefined, ...frame };
      let etag: string | undefined;
      if (since !== undefined) {
        const item = await this.#ask("GET", path, []);
        if (item.status !== 200) return { ref, status: item.status, error: item.body.error };
        etag = item.etag;
        // The tag of an item ends with the number of its last change.
        if (!etag.endsWith(`.${since}"`)) return changed(ref, item.body);
      }
      const told = this.#told(id);
      const { status, body } =
        type === "delete"
          ? await this.#ask("DELETE", path, [], undefined, etag)
          : await this.#ask("PATCH", path, ["endpoint"], type === "answer" ? { answer: rest } : rest, etag);
      if (status === 412) return changed(ref, (await this.#ask("GET", path, [])).body);
      if (status < 300) await told;
      return { ref, status, error: body.error, answer: body.answer };
    } catch {
      return { ref, status: 503 };
    }
  }

  /** Waits until the stream tells of a change: nothing is told of one that changes nothing. */
  #told(about: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LATE);
      this.#untold.set(about, () => {
        this.#untold.delete(about);
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Makes a request beside the stream. @param query the names of its own query that it repeats */
  async #ask(method: string, path: string, query: string[], body?: object, etag?: string): Promise<Answered> {
    const address = new URL(this.#address);
    address.pathname = address.pathname.replace(/\/stream$/, path);
    address.search = "";
    for (const name of ["targetHostName", ...query]) {
      const value = this.#address.searchParams.get(name);
      if (value !== null) address.searchParams.set(name, value);
    }
    const headers: Record<string, string> = { ...this.#headers };
    if (body) headers["Content-Type"] = "application/json";
    if (etag !== undefined) headers["If-Match"] = etag;
    const { signal } = this.#ended;
    const response = await this.#fetch(address, {
      method,
      headers,
      signal,
      ...(body && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      body: (await response.json().catch(() => ({}))) as Answered["body"],
      // A proxy that compresses turns the ETag into a weak one.
      etag: (response.headers.get("ETag") ?? "").replace("W/", ""),
    };
  }
}

/** The result of a change of an item that has changed since: its states. */
function changed(ref: string, { readState, userActionState }: Answered["body"]): object {
  const error = { code: "ItemChanged", message: "The item has changed since.", details: [] };
  return { ref, status: 409, readState, userActionState, error };
}
