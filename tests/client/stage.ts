// A service and a browser, and what tests look at.

import assert from "node:assert/strict";
import type { ConnectOptions, LiveClient, LiveEvent, LiveEvents } from "../../browser/client/api.ts";
import { Service } from "./service.ts";
import { Browser, type Tab } from "./tab.ts";
import { World } from "./world.ts";

export const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

export class Stage {
  readonly world: World;
  readonly service: Service;
  readonly browser: Browser;

  constructor(seed: number = 1) {
    this.world = new World(seed);
    this.service = new Service(this.world);
    this.browser = new Browser(this.world, this.service);
  }

  /** Fails the test for an exception that nobody catches. */
  [Symbol.dispose](): void {
    this.world[Symbol.dispose]();
    assert.deepEqual(this.world.errors, []);
  }

  /** A client of a user, in a tab of its own. */
  open(user: string = "ann", options: Partial<ConnectOptions> = {}, tab: Tab = this.browser.tab()): Opened {
    const opened: Opened = { tab, tokens: 0, client: null as unknown as LiveClient, events: [] };
    const token = () => {
      opened.tokens += 1;
      return Promise.resolve(this.service.token(user));
    };
    opened.client = tab.connect({ token, ...options });
    for (const type of ["notification", "state", "removed", "ready", "status", "refused"] as const)
      opened.client.on(type, (event) => opened.events.push(event));
    return opened;
  }

  /** The same, once it is live. */
  async live(user: string = "ann", options: Partial<ConnectOptions> = {}, tab?: Tab): Promise<Opened> {
    const opened = this.open(user, options, tab ?? this.browser.tab());
    await this.is(opened, "live");
    return opened;
  }

  /** A client that was live, and then lost the network. */
  async offline(options: Partial<ConnectOptions> = {}): Promise<Opened> {
    const opened = await this.live("ann", options);
    await this.world.run(SECOND);
    this.browser.setOnline(false);
    await this.world.run(SECOND);
    return opened;
  }

  is({ client }: Opened, state: string): Promise<void> {
    return this.world.until(`the client is ${state}`, () => client.status.state === state);
  }

  /** The content of the disk, of all feeds. */
  get disk(): { titles: string[]; changes: number; names: string[]; settings: number } {
    const { databases, settings } = this.browser;
    const { stored } = databases;
    return {
      titles: stored.flatMap(({ items }) => items.map(({ notification }) => titleOf(notification))).sort(),
      changes: stored.reduce((sum, { changes }) => sum + changes.length, 0),
      names: stored.map(({ name }) => name),
      settings: settings.size,
    };
  }
}

export interface Opened {
  tab: Tab;
  client: LiveClient;
  /** How often `token` was called. */
  tokens: number;
  events: unknown[];
}

export function titleOf({ payload }: { payload: { visualContent?: { title: string } } }): string {
  return payload.visualContent?.title ?? "";
}

/** The titles that a client shows, newest first. */
export function shown({ client }: Opened): string[] {
  return client.items.map(titleOf);
}

/** The changes of a client that the service refused, in order. */
export function refusals({ events }: Opened): LiveEvents["refused"][] {
  return (events as LiveEvent[]).filter((event) => event.type === "refused");
}
