// The live client: whose feed it is, who has the connection, and what the app asks.

import {
  type Closed,
  type ConnectOptions,
  type Facility,
  offline,
  type LiveClient,
  type LiveEvent,
  type LiveEvents,
  type Status,
} from "./api.ts";
import { streamOf } from "./address.ts";
import { type Asking, askingOf } from "./asking.ts";
import type { Standing } from "./connection.ts";
import { within } from "./deadline.ts";
import type { Environment, PageEvent } from "./environment.ts";
import type { Core } from "./face.ts";
import { Follower } from "./follower.ts";
import { Identity } from "./identity.ts";
import { finishForgetting, IndexedDbStore } from "./indexed_db.ts";
import { Leader } from "./leader.ts";
import { addressName, feedName, formerName } from "./names.ts";
import { Notes } from "./notes.ts";
import { Replica } from "./replica.ts";
import type { Role } from "./role.ts";
import { noteSignOut } from "./sign_outs.ts";
import type { Store } from "./store.ts";
import { type Message, Tabs } from "./tabs.ts";
import { Tokens } from "./tokens.ts";

/** A first visit loads so many items. */
const TOP = 200;
/** How long a sign-out waits for unanswered changes, and how long it takes at most; milliseconds. */
const FLUSH = 1500;
const FORGET = 2000;
/**
 * How long a closing tab waits for its last save, and how long if the stored feed is deleted afterwards; milliseconds.
 */
const LAST_SAVE = 1000;
const LAST_SAVE_OF_ALL = 250;

export class Client implements Core {
  readonly asking: Asking;
  readonly #options: ConnectOptions;
  readonly #environment: Environment;
  readonly #id: string;
  readonly #stream: URL;
  readonly #replica: Replica;
  readonly #tokens: Tokens;
  readonly #identity: Identity;
  readonly #notes: Notes;
  readonly #unwatch: () => void;
  /** Ends the present run: from the first question whose feed it is. */
  #run = new AbortController();
  #name: string | null = null;
  #user: string | null = null;
  #store: Store | null = null;
  #tabs: Tabs | null = null;
  #role: Role | null = null;
  #closing: Promise<Closed> | null = null;
  /** How many changes weren't answered when it was closed. */
  #unsent = 0;
  #forgetting: Promise<Closed> | null = null;
  readonly #without = new Set<Facility>();
  /** Whether the page is hidden in the back/forward cache or frozen. */
  #away = false;

  constructor(options: ConnectOptions, environment: Environment) {
    this.#options = options;
    this.#environment = environment;
    this.#id = Math.floor(environment.random() * 2 ** 32).toString(36) + environment.now().toString(36);
    this.#stream = streamOf(options);
    this.#replica = new Replica(environment);
    this.#tokens = new Tokens(options.token, environment, () => this.#tellWithout());
    this.#identity = new Identity(options.user, this.#tokens, this.#replica, environment);
    this.#notes = new Notes(environment, addressName(this.#stream));
    this.asking = askingOf(
      this.#replica,
      this.#id,
      () => Boolean(this.#closing ?? this.#forgetting),
      (change) => {
        void this.#store?.keep?.([change], []).catch(() => {});
        this.#role?.ask(change);
      },
    );
    this.#unwatch = environment.watch((event, note) => this.#told(event, note));
    void finishForgetting(environment, this.#notes);
    void this.#start(0);
  }

  get items(): LiveClient["items"] {
    return this.#replica.items;
  }

  get unread(): number {
    return this.#replica.unread;
  }

  get unseen(): number {
    return this.#replica.unseen;
  }

  get more(): boolean {
    return this.#replica.feed.more;
  }

  get status(): Status {
    return this.#replica.status;
  }

  get cursor(): string | null {
    return this.#replica.feed.cursor;
  }

  get leads(): boolean {
    return this.#role?.leads ?? false;
  }

  now(): number {
    return this.#replica.clock.now();
  }

  on<Type extends keyof LiveEvents>(type: Type, listener: (event: LiveEvents[Type]) => void): () => void {
    return this.#replica.events.on(type, listener);
  }

  [Symbol.asyncIterator](): AsyncIterator<LiveEvent> {
    return this.#replica.events[Symbol.asyncIterator]();
  }

  async loadOlder(): Promise<boolean> {
    if (!this.more) return false;
    if (!this.#role) throw offline();
    await this.#role.loadOlder();
    return this.more;
  }

  setEndpoint(id: string | null): void {
    this.#tabs?.post({ type: "endpoint", id });
    this.#connectFor(id);
  }

  reconnect(): void {
    // A page that is frozen or in the back/forward cache joins when it returns.
    if (this.#closing || this.#forgetting || this.#away) return;
    if (this.#role) this.#role.reconnect();
    // A tab that asks for the lock connects as soon as it has it.
    else if (!this.#tabs && this.#replica.standing.state !== "connecting") void this.#start(0);
  }

  close({ forget = false }: { forget?: boolean } = {}): Promise<Closed> {
    if (forget) return (this.#forgetting ??= this.#forget());
    return (this.#closing ??= this.#close(false));
  }

  // --- How it begins

  /** Finds out whose feed it is, reads what is stored of it, and gets or shares the connection. */
  async #start(failures: number): Promise<void> {
    this.#run.abort();
    this.#run = new AbortController();
    const { signal } = this.#run;
    this.#replica.stand({ state: "connecting" });
    const user = await this.#identity.find(failures, signal, () => void this.#start(failures + 1));
    if (user === null || signal.aborted) return;
    const { clock, feed, changes } = this.#replica;
    const name = feedName(this.#stream, user);
    if (this.#name !== null && this.#name !== name) this.#beginAnew();
    this.#name = name;
    this.#user = user;
    if (this.#options.store !== null) this.#notes.remember(this.#name);
    this.#store ??= this.#openStore(name, formerName(this.#stream, user));
    const stored = await this.#store?.load().catch(() => {
      this.#goWithout("storage");
      return null;
    });
    if (signal.aborted) return;
    if (stored) {
      clock.assume(stored.offset);
      this.#replica.owner ??= stored.feed ?? null;
      // Items that were emitted in an earlier visit are shown, but no event is emitted for them.
      feed.adopt({ ...stored, unmet: null, more: stored.more ?? false, seen: null });
      for (const change of stored.changes ?? []) changes.add(change);
      this.#replica.redraw();
    }
    this.#join();
  }

  /** Another user than before: nothing of the former one's is taken along. */
  #beginAnew(): void {
    if (this.#store instanceof IndexedDbStore) void this.#store.close();
    this.#store = null;
    this.#replica.beginAnew();
  }

  #openStore(name: string, former: string): Store | null {
    const { store } = this.#options;
    if (store !== undefined) return store;
    try {
      return new IndexedDbStore(this.#environment, this.#notes, name, former, () => this.#forgotten());
    } catch {
      this.#goWithout("storage");
      return null;
    }
  }

  #join(): void {
    if (!(this.#options.share ?? true)) return this.#lead();
    try {
      this.#tabs = new Tabs(
        {
          name: this.#name!,
          id: this.#id,
          onLead: () => this.#lead(),
          onFollow: () => this.#follow(),
          onAlone: () => this.#cannotShare(),
          onMessage: (message, from) => this.#hear(message, from),
        },
        this.#environment,
      );
    } catch {
      this.#cannotShare();
    }
  }

  #cannotShare(): void {
    this.#tabs = null;
    this.#goWithout("sharing");
    this.#lead();
  }

  #lead(): void {
    void this.#role?.end(false);
    this.#role = new Leader(this.#replica, {
      stream: this.#stream,
      user: this.#options.user === undefined ? this.#user : null,
      top: this.#options.top === undefined ? TOP : this.#options.top,
      tokens: this.#tokens,
      store: this.#store,
      post: (message) => this.#tabs?.post(message),
      onStop: (standing) => void this.#stop(standing),
      onYield: () => this.#yield(),
    });
  }

  #follow(): void {
    void this.#role?.end(false);
    this.#role = new Follower(this.#replica, {
      stream: this.#stream,
      tokens: this.#tokens,
      post: (message) => this.#tabs?.post(message),
      ask: (message) => this.#tabs?.ask(message),
      onStop: (standing) => void this.#stop(standing),
    });
  }

  /** Another tab leads already, or is in a better position to lead: this tab follows, if tabs share a connection. */
  #yield(): void {
    if (!this.#tabs) return;
    const { signal } = this.#run;
    void this.#leave(false).then(() => {
      if (!signal.aborted && !this.#away) this.#join();
    });
  }

  #goWithout(facility: Facility): void {
    this.#without.add(facility);
    this.#tellWithout();
  }

  #tellWithout(): void {
    this.#replica.without = [...this.#without, ...(this.#tokens.missing ? (["token"] as const) : [])];
  }

  // --- What happens around

  #hear(message: Message, from: string): void {
    if (message.type === "forget") this.#forgotten();
    else if (message.type === "endpoint") this.#connectFor(message.id);
    else this.#role?.hear(message, from);
  }

  #connectFor(id: string | null): void {
    const { searchParams } = this.#stream;
    if (searchParams.get("endpoint") === id) return;
    if (id === null) searchParams.delete("endpoint");
    else searchParams.set("endpoint", id);
    this.#role?.renew?.();
  }

  /** The user signed out in another tab: nothing of the feed stays here either. */
  #forgotten(): void {
    // A tab that signs out itself has its own time for it.
    if (this.#closing || this.#forgetting) return;
    void this.#stop({ state: "stopped", cause: "forgotten", reason: "the user signed out in another tab" }, true);
    this.#beginAnew();
    // The tab that signed out may have gone before the disk answered it.
    this.#environment.after(FORGET, () => void finishForgetting(this.#environment, this.#notes));
  }

  #told(event: PageEvent, note?: string): void {
    if (event === "note") {
      if (note === this.#name) this.#forgotten();
    } else if (event === "leave") {
      // Another tab is to have the connection: nobody knows whether this page comes back.
      if (!this.#tabs) return;
      this.#away = true;
      void this.#leave(false);
    } else if (event === "return") {
      if (this.#away) this.#join();
      else this.#role?.told("visible");
      this.#away = false;
    } else if (this.#away) {
      // The page isn't back before `return`, though events of the meantime come first.
    } else if (this.#role) this.#role.told(event);
    else if (this.#replica.standing.state === "waiting" && event !== "offline" && !this.#tokens.missing) {
      this.reconnect();
    }
  }

  /** Ends what this tab has with the others and the service. */
  async #leave(forget: boolean): Promise<void> {
    const [role, tabs] = [this.#role, this.#tabs];
    this.#role = this.#tabs = null;
    const ended = role?.end(forget);
    // Another tab leads as soon as the lock is free: what this one stores comes before.
    if (ended) await within(this.#environment, forget ? LAST_SAVE_OF_ALL : LAST_SAVE, ended).catch(() => {});
    tabs?.close();
  }

  /** Stays disconnected and shows nothing, since another person may be using the device now. */
  async #stop(standing: Standing, forget = false): Promise<void> {
    this.#run.abort();
    this.#away = false;
    this.#tokens.forget();
    this.#replica.hidden = true;
    const left = this.#leave(forget);
    this.#replica.stand(standing);
    await left;
  }

  async #close(forget: boolean): Promise<Closed> {
    this.#unsent = this.#replica.changes.size;
    this.#unwatch();
    this.#run.abort();
    this.#tokens.forget();
    const left = this.#leave(forget);
    this.#replica.changes.close();
    this.#replica.stand({ state: "stopped", cause: "closed", reason: "closed" });
    this.#replica.end();
    this.#replica.events.end();
    await left;
    if (!forget && this.#store instanceof IndexedDbStore) void this.#store.close();
    return { unsent: this.#unsent };
  }

  // --- Signing out

  async #forget(): Promise<Closed> {
    this.#replica.hidden = true;
    this.#replica.events.emit({ type: "change" });
    const name = this.#name ?? this.#notes.last;
    let signOut = "";
    if (name !== null) {
      // In a localStorage that is full, this makes the room for the note.
      this.#notes.forget(name);
      if (this.#options.store === undefined && !this.#notes.empty(name)) {
        signOut = this.#id;
        noteSignOut(this.#environment, name, signOut);
      }
    }
    await within(this.#environment, FORGET, this.#erase(name, signOut)).catch(() => {});
    return { unsent: this.#unsent };
  }

  /** Goes on for as long as it takes: the disk may answer later. */
  async #erase(name: string | null, signOut: string): Promise<void> {
    const { changes, standing } = this.#replica;
    if (!this.#closing && standing.state === "live")
      await within(this.#environment, FLUSH, changes.answered()).catch(() => {});
    this.#tabs?.post({ type: "forget" });
    if (name !== null) {
      this.#notes.tell(name);
      if (this.#options.store !== undefined) this.#notes.emptied(name);
    }
    await (this.#closing ??= this.#close(true));
    const store = this.#store ?? (name === null ? null : this.#openStore(name, name));
    this.#store = null;
    this.#beginAnew();
    await (store instanceof IndexedDbStore ? store.forget(signOut) : store?.forget());
  }
}
