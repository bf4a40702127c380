// Tabs that share a feed have a single connection: the tab that holds the Web Lock leads. The others are told by
// BroadcastChannel.

import type { Result } from "./changes.ts";
import type { Standing } from "./connection.ts";
import type { Environment } from "./environment.ts";
import type { FeedFrame, Position } from "./feed.ts";
import type { UserChange } from "./store.ts";

/** Messages between tabs. Those with `to` are for one tab, the others for all. */
export type Message =
  /** A tab has come, or wants to know whether anybody leads; it has the feed up to `cursor`. */
  | { type: "hello"; cursor: string | null }
  /** From the leader: how it stands. `position`: the feed, for a tab that hasn't it. `user`: by the leader's token. */
  | {
      type: "welcome";
      to?: string;
      standing: Standing;
      position: Position | null;
      changes: UserChange[];
      feed: string | null;
      rest: number;
      now: number | null;
      user: string | null;
    }
  | { type: "frame"; frame: FeedFrame }
  | { type: "standing"; standing: Standing }
  | { type: "change"; change: UserChange }
  | { type: "result"; result: Result }
  /** A tab in view has what came under this number. */
  | { type: "seen"; seq: number }
  /** Older items can't be had. */
  | { type: "failed"; to: string; status: number; code: string; message: string }
  | { type: "older" }
  | { type: "reconnect" }
  /** The tabs connect for another subscription, or for none. */
  | { type: "endpoint"; id: string | null }
  /** The user signs out: every tab stops. */
  | { type: "forget" };

export type Posted = Message & { from: string };

/** Messages of any tab; all others are the leader's. */
const ASKING = new Set<Message["type"]>(["hello", "change", "reconnect", "older", "seen", "forget"]);

/**
 * The time within which a leader must answer; otherwise its browser has suspended it, and another tab takes over;
 * milliseconds.
 */
const PATIENCE = 3000;
/** A tab takes over by force at most once in so many milliseconds. */
const STEAL = 30_000;
/** Web Locks that don't answer by then aren't used; milliseconds. */
const LOCKS = 1000;

export interface TabsOptions {
  /** The same for all tabs that share. */
  name: string;
  /** The id of this tab. */
  id: string;
  onLead(): void;
  /** Another tab leads. */
  onFollow(): void;
  /** There is no sharing. */
  onAlone(): void;
  onMessage(message: Message, from: string): void;
}

export class Tabs {
  readonly #options: TabsOptions;
  readonly #environment: Environment;
  readonly #closed = new AbortController();
  readonly #locks: LockManager;
  readonly #channel: BroadcastChannel;
  #leads = false;
  /** Ends this tab's lead. */
  #resign: () => void = () => {};
  #patience: (() => void) | undefined;
  #stoleAt = -Infinity;

  /** @throws where there are neither locks nor channels, or they are forbidden */
  constructor(options: TabsOptions, environment: Environment) {
    this.#options = options;
    this.#environment = environment;
    const [locks, channel] = [environment.locks(), environment.databases() && environment.channel(options.name)];
    if (!locks || !channel) throw new Error();
    this.#locks = locks;
    this.#channel = channel;
    channel.onmessage = ({ data }: MessageEvent<Posted>) => {
      if ("to" in data && data.to !== undefined && data.to !== options.id) return;
      if (!ASKING.has(data.type)) this.#quiet();
      options.onMessage(data, data.from);
    };
    const cancel = environment.after(LOCKS, () => this.#alone());
    this.#closed.signal.addEventListener("abort", cancel);
    void this.#request({ ifAvailable: true }, cancel);
  }

  post(message: Message): void {
    if (this.#closed.signal.aborted) return;
    this.#channel.postMessage({ ...message, from: this.#options.id } satisfies Posted);
  }

  /** Asks for a sign of life of the leader; without one this tab takes over. */
  ask(message: Message): void {
    this.post(message);
    this.#patience ??= this.#environment.after(PATIENCE, () => {
      this.#patience = undefined;
      if (this.#leads || this.#environment.elapsed() - this.#stoleAt < STEAL) return;
      this.#stoleAt = this.#environment.elapsed();
      void this.#request({ steal: true });
    });
  }

  close(): void {
    this.#closed.abort();
    this.#quiet();
    this.#resign();
    this.#channel.close();
  }

  #alone(): void {
    if (this.#closed.signal.aborted) return;
    this.close();
    this.#options.onAlone();
  }

  #quiet(): void {
    this.#patience?.();
    this.#patience = undefined;
  }

  /** Asks for the lock, holds it as long as it can, and waits for it when it is another's. */
  async #request(how: LockOptions, answered = () => {}): Promise<void> {
    const { signal } = this.#closed;
    try {
      const options = how.ifAvailable || how.steal ? how : { signal };
      await this.#locks.request(this.#options.name, options, (lock) => {
        answered();
        if (signal.aborted) return;
        if (!lock) {
          this.#options.onFollow();
          return void this.#request({});
        }
        this.#quiet();
        this.#leads = true;
        this.#options.onLead();
        return new Promise<void>((resolve) => (this.#resign = resolve));
      });
    } catch {
      answered();
      if (signal.aborted) return;
      if (!this.#leads) return how.steal ? undefined : this.#alone();
      this.#leads = false;
      this.#options.onFollow();
      void this.#request({});
    }
  }
}
