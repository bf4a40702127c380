// A double of BroadcastChannel: channels of one browser, between its tabs.

import type { Tab } from "./tab.ts";

export class Channels {
  readonly #open = new Set<Channel>();
  /** The names of channels that were opened, of all times. */
  readonly names: Set<string> = new Set();

  open(tab: Tab, name: string): BroadcastChannel {
    const channel = new Channel(this.#open, tab, name);
    this.names.add(name);
    this.#open.add(channel);
    return channel as unknown as BroadcastChannel;
  }

  /** A tab is gone. */
  release(tab: Tab): void {
    for (const channel of this.#open) if (channel.tab === tab) channel.close();
  }

  /** How many are open in a tab. */
  count(tab: Tab): number {
    return [...this.#open].filter((channel) => channel.tab === tab).length;
  }
}

class Channel {
  readonly #open: Set<Channel>;
  readonly tab: Tab;
  readonly name: string;
  onmessage: ((event: { data: unknown }) => void) | null = null;

  constructor(open: Set<Channel>, tab: Tab, name: string) {
    this.#open = open;
    this.tab = tab;
    this.name = name;
  }

  /** Every channel of the name gets a copy but the one that posts, in the order of posting. */
  postMessage(message: unknown): void {
    if (!this.tab.isAlive) return;
    if (!this.#open.has(this)) throw new DOMException("the channel is closed", "InvalidStateError");
    for (const channel of this.#open) {
      if (channel === this || channel.name !== this.name) continue;
      const data: unknown = structuredClone(message);
      channel.tab.later(() => this.#open.has(channel) && channel.onmessage?.({ data }));
    }
  }

  close(): void {
    this.#open.delete(this);
  }
}
