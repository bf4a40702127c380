// One of the tabs that share a feed has the line: who holds the Web Lock leads. The others are told by BroadcastChannel.

import type { Status } from "./api.ts";
import type { FeedFrame, Position } from "./feed.ts";
import type { Request, Result } from "./outbox.ts";

/** What tabs tell each other. Those with `to` are for one tab, the others for all. */
export type Message =
  /** A tab has come, or wants to know whether anybody leads; it has the feed up to `cursor`. */
  | { type: "hello"; cursor: string | null }
  /** From who leads: how it stands. `position`: the feed, for who hasn't it. */
  | { type: "welcome"; to?: string; status: Status; position: Position | null }
  | { type: "frame"; frame: FeedFrame }
  | { type: "status"; status: Status }
  | { type: "request"; request: Request }
  | { type: "result"; to: string; result: Result }
  | { type: "reconnect" };

type Posted = Message & { from: string };

/** What any tab says; all the rest comes from who leads. */
const ASKING = new Set<Message["type"]>(["hello", "request", "reconnect"]);

/** Who leads answers within this time, or has been put to sleep by its browser: then another takes over; milliseconds. */
const PATIENCE = 3000;

export interface TabsOptions {
  /** The same for all tabs that share. */
  name: string;
  /** This tab's own. */
  id: string;
  onLead(): void;
  /** Another tab took over. */
  onFollow(): void;
  onMessage(message: Message, from: string): void;
}

export class Tabs {
  readonly #options: TabsOptions;
  readonly #channel: BroadcastChannel;
  readonly #closed = new AbortController();
  #leads = false;
  /** Ends this tab's lead. */
  #resign: () => void = () => {};
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TabsOptions) {
    this.#options = options;
    this.#channel = new BroadcastChannel(options.name);
    this.#channel.onmessage = ({ data }: MessageEvent<Posted>) => {
      if ("to" in data && data.to !== undefined && data.to !== options.id) return;
      if (!ASKING.has(data.type)) this.#quiet();
      options.onMessage(data, data.from);
    };
    void this.#queue({});
  }

  get leads(): boolean {
    return this.#leads;
  }

  post(message: Message): void {
    if (!this.#closed.signal.aborted)
      this.#channel.postMessage({ ...message, from: this.#options.id } satisfies Posted);
  }

  /** Asks for a sign of life of who leads; without one this tab takes over. */
  ask(message: Message): void {
    this.post(message);
    this.#patience ??= setTimeout(() => {
      this.#patience = undefined;
      if (!this.#leads) void this.#queue({ steal: true });
    }, PATIENCE);
  }

  close(): void {
    this.#closed.abort();
    this.#quiet();
    this.#resign();
    this.#channel.close();
  }

  #quiet(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  /** Waits for the lock, holds it as long as it can, and waits again when it was stolen. */
  async #queue(options: { steal?: boolean }): Promise<void> {
    const { signal } = this.#closed;
    try {
      await navigator.locks.request(this.#options.name, options.steal ? options : { signal }, () => {
        if (signal.aborted) return;
        this.#quiet();
        this.#leads = true;
        this.#options.onLead();
        return new Promise<void>((resolve) => (this.#resign = resolve));
      });
    } catch {
      if (signal.aborted || !this.#leads) return;
      this.#leads = false;
      this.#options.onFollow();
      void this.#queue({});
    }
  }
}
