// A double of a browser with its tabs: all that a client needs of where it runs (browser/client/environment.ts), where
// each thing can be absent, refuse, never answer or lie, and each tab can be stopped, frozen, put away or killed.

import { Client } from "../../browser/client/client.ts";
import { faceOf } from "../../browser/client/face.ts";
import type { ConnectOptions, LiveClient } from "../../browser/client/api.ts";
import type { Environment, PageEvent } from "../../browser/client/environment.ts";
import { Channels } from "./channels.ts";
import { Databases } from "./databases.ts";
import { Locks } from "./locks.ts";
import { Network } from "./network.ts";
import type { Random } from "./random.ts";
import type { Service } from "./service.ts";
import type { World } from "./world.ts";

/** A message between tabs, and an answer of the browser, take so long; milliseconds. */
const PROMPT = 0.5;
/** Timers of a page that isn't in view run at whole seconds. */
const HIDDEN_TIMERS = 1000;

export interface Faults {
  /** `forbidden`: every call throws. `throws`: so does the getter. `full`: nothing more can be written. */
  storage: "works" | "absent" | "throws" | "forbidden" | "hangs" | "fails" | "full";
  locks: "works" | "absent" | "throws" | "denied" | "hangs";
  channels: "works" | "absent" | "throws";
  settings: "works" | "absent" | "throws" | "full";
}

/** A browser of one device, with one origin's storage. */
export class Browser {
  readonly world: World;
  readonly service: Service;
  readonly network: Network;
  readonly databases: Databases = new Databases();
  readonly locks: Locks = new Locks();
  readonly channels: Channels = new Channels();
  readonly settings: Map<string, string> = new Map();
  readonly tabs: Set<Tab> = new Set();
  readonly faults: Faults = { storage: "works", locks: "works", channels: "works", settings: "works" };
  /** The characters that localStorage holds at most, once it is full. */
  room: number | null = null;
  /** How far the device's clock is ahead of the true time; milliseconds. */
  clockError = 0;

  constructor(world: World, service: Service) {
    this.world = world;
    this.service = service;
    this.network = new Network(world, service);
  }

  tab(): Tab {
    const tab = new Tab(this);
    this.tabs.add(tab);
    return tab;
  }

  /** Storage works again, or fails in another way. */
  setStorage(storage: Faults["storage"]): void {
    this.faults.storage = storage;
    if (storage !== "hangs") this.databases.goOn();
  }

  /** The network goes or comes back, and the tabs are told. */
  setOnline(online: boolean): void {
    this.network.setOnline(online);
    for (const tab of this.tabs) tab.tell(online ? "online" : "offline");
  }

  /** A person clears the site's data. */
  clearData(): void {
    this.settings.clear();
    this.databases.clear();
  }
}

/** A page in a tab, from its load until it is gone. */
export class Tab {
  readonly browser: Browser;
  readonly environment: Environment;
  readonly random: Random;
  isVisible = true;
  isAlive = true;
  /** Whether it was frozen, and is told when it goes on. */
  isFrozen = false;
  /** How many timers ran out. */
  timers = 0;
  /** The tasks that wait for a page that is stopped; `null`: it runs. */
  #held: (() => void)[] | null = null;
  readonly #watchers = new Set<(event: PageEvent, key?: string) => void>();

  constructor(browser: Browser) {
    this.browser = browser;
    this.random = browser.world.random.fork();
    this.environment = environmentOf(this);
  }

  get isStopped(): boolean {
    return this.#held !== null;
  }

  /** As `connect` of `notifeed/live` does. */
  connect(options: Partial<ConnectOptions> & Pick<ConnectOptions, "token">): LiveClient {
    const whole = { url: "https://notify.example", platform: "windows", ...options } as const;
    return faceOf(new Client(whole, this.environment));
  }

  /** Everything that happens to a page comes through here. */
  enter(act: () => void): void {
    if (!this.isAlive) return;
    if (this.#held) this.#held.push(act);
    else act();
  }

  /** The same, a moment later. */
  later(act: () => void, milliseconds: number = PROMPT): void {
    this.browser.world.after(milliseconds, () => this.enter(act));
  }

  tell(event: PageEvent, key?: string): void {
    this.enter(() => {
      for (const watcher of [...this.#watchers]) watcher(event, key);
    });
  }

  watch(told: (event: PageEvent, key?: string) => void): () => void {
    this.#watchers.add(told);
    return () => this.#watchers.delete(told);
  }

  /** How many still listen to the page. */
  get watchers(): number {
    return this.#watchers.size;
  }

  show(): void {
    this.isVisible = true;
    this.tell("visible");
  }

  hide(): void {
    this.isVisible = false;
  }

  /** `alert()`, or a debugger: nothing runs, and nobody was told before. */
  stop(): void {
    this.#held ??= [];
  }

  goOn(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const act of held) this.later(act, 0);
  }

  /** The browser freezes the page, or puts it into its back/forward cache: it is told, and then stops. */
  freeze(): void {
    if (this.#held) return;
    this.isFrozen = true;
    this.tell("leave");
    // The page can still do what it does at once.
    this.browser.world.after(PROMPT / 2, () => this.stop());
  }

  resume(): void {
    this.isFrozen = false;
    this.goOn();
    this.later(() => this.tell("return"), 0);
  }

  /** The page is gone: closed, reloaded or crashed. `warned`: it was told before. */
  kill(warned: boolean = true): void {
    if (warned && !this.#held) this.tell("leave");
    this.isAlive = false;
    const { databases, locks, channels, network, tabs } = this.browser;
    databases.release(this);
    locks.release(this);
    channels.release(this);
    network.release(this);
    tabs.delete(this);
  }
}

function environmentOf(tab: Tab): Environment {
  const { browser } = tab;
  const { world, faults } = browser;
  const given = <T>(fault: string, thing: () => T): T | undefined => {
    if (fault === "throws") throw new DOMException("forbidden", "SecurityError");
    return fault === "absent" ? undefined : thing();
  };
  return {
    now: () => Math.floor(world.now + browser.clockError),
    elapsed: () => world.elapsed,
    after(milliseconds, act) {
      let due = world.elapsed + Math.min(Math.max(milliseconds, 0) || 0, 2 ** 31 - 1);
      if (!tab.isVisible) due = Math.ceil(due / HIDDEN_TIMERS) * HIDDEN_TIMERS;
      let isCancelled = false;
      const cancel = world.after(due - world.elapsed, () =>
        tab.enter(() => {
          if (isCancelled) return;
          tab.timers += 1;
          act();
        }),
      );
      return () => {
        isCancelled = true;
        cancel();
      };
    },
    random: () => tab.random.next(),
    WebSocket: browser.network.socketOf(tab),
    fetch: browser.network.fetchOf(tab),
    databases: () => given(faults.storage, () => browser.databases.of(tab)),
    locks: () => given(faults.locks, () => browser.locks.of(tab)),
    settings: () => given(faults.settings, () => settingsOf(tab)),
    signOuts: new Map(),
    channel: (name) => given(faults.channels, () => browser.channels.open(tab, name)),
    visible: () => tab.isVisible,
    watch: (told) => tab.watch(told),
  };
}

/** `localStorage`, whose own properties are its entries. Full, it takes no more than has been taken out since. */
function settingsOf(tab: Tab): Storage {
  const { browser } = tab;
  const { settings, faults, tabs } = browser;
  const size = () => [...settings].join().length;
  if (faults.settings === "full") browser.room ??= size();
  else browser.room = null;
  const methods = {
    getItem: (key: string) => settings.get(key) ?? null,
    setItem(key: string, value: string) {
      const added = key.length + value.length - (settings.has(key) ? `${key}${settings.get(key)}`.length : 0);
      if (browser.room !== null && added > 0 && size() + added > browser.room)
        throw new DOMException("no room", "QuotaExceededError");
      if (settings.get(key) === value) return;
      settings.set(key, value);
      if (value) for (const other of tabs) if (other !== tab) other.later(() => other.tell("note", key));
    },
    removeItem: (key: string) => void settings.delete(key),
  };
  return Object.assign(Object.create(methods) as Storage, Object.fromEntries(settings));
}
