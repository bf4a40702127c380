// The feed as one tab has it and shows it, whether it leads or follows.

import type { FeedNotification, ReadState, UserActionState } from "../generated/types.ts";
import type { Facility, LiveError, LiveEvent, LiveEvents, Status } from "./api.ts";
import { Changes } from "./changes.ts";
import { Clock } from "./clock.ts";
import type { Standing } from "./connection.ts";
import type { Environment } from "./environment.ts";
import { Events } from "./events.ts";
import { expirationOf, Feed, type Change, type FeedFrame } from "./feed.ts";
import type { Held, UserChange } from "./store.ts";

/** Changes that come within this many milliseconds during a replay are told as one. */
const GATHER = 50;
/** A timer that ran out too early, as clocks have it, waits so long; milliseconds. */
const EARLY = 1000;

export class Replica {
  readonly environment: Environment;
  readonly feed: Feed = new Feed();
  readonly events: Events = new Events();
  readonly clock: Clock;
  readonly changes: Changes;
  /** The feed's name, by the service's word: another one for another user. */
  owner: string | null = null;
  /** How many items are unread that the feed has and this client hasn't. */
  rest = 0;
  /** Whether it is uncertain that the current user owns the feed: then nothing is shown. */
  #hidden = false;
  #without: readonly Facility[] = [];
  #standing: Standing = { state: "connecting" };
  #status: Status = { state: "connecting", without: [] };
  #items: readonly FeedNotification[] = [];
  #dirty = true;
  #changed: (() => void) | undefined;
  #expiry: (() => void) | undefined;
  #early = false;
  #replayed = 0;
  /** To be told as soon as the status says that the connection is live. */
  #ready: LiveEvents["ready"] | null = null;

  constructor(environment: Environment) {
    this.environment = environment;
    this.clock = new Clock(environment);
    this.changes = new Changes(environment);
  }

  get status(): Status {
    return this.#status;
  }

  get standing(): Standing {
    return this.#standing;
  }

  get items(): readonly FeedNotification[] {
    this.#draw();
    return this.#items;
  }

  get unread(): number {
    const rest = this.#hidden || this.changes.readsAll ? 0 : this.rest;
    return this.items.filter(isUnread).length + rest;
  }

  /** The unread items whose last change came after everything was looked at. */
  get unseen(): number {
    const asked = this.changes.all.filter(({ type }) => type === "markAllSeen").map(({ through = -1 }) => through);
    const seen = Math.max(this.feed.seen ?? Infinity, ...asked);
    const last = ({ id }: FeedNotification) => this.feed.items.get(id)?.last ?? -1;
    return this.items.filter((item) => isUnread(item) && last(item) > seen).length;
  }

  set hidden(hidden: boolean) {
    if (this.#hidden === hidden) return;
    this.#hidden = hidden;
    this.redraw();
  }

  set without(without: readonly Facility[]) {
    this.#without = without;
    this.#tellStatus();
  }

  /** Nothing is known any more: neither items nor changes, nor whose they were. */
  beginAnew(): void {
    this.owner = null;
    this.rest = 0;
    this.changes.close();
    this.feed.adopt({ items: [], seq: -1, cursor: null, unmet: null, more: false, seen: null });
    this.redraw();
  }

  /** Takes a frame in, and tells of what it changed. */
  take(frame: FeedFrame): Change[] {
    if (frame.type === "reset") this.changes.renumber();
    const changes = this.feed.take(frame);
    this.#count(frame, changes);
    for (const { type, held } of changes) if (type === "known") this.changes.unchanged(held.notification.id, held.last);
    this.#replayed += changes.length;
    if (this.clock.isSure) changes.push(...this.feed.expire(this.clock.now()));
    this.tell(changes);
    if (frame.type === "ready" && this.#standing.state !== "live")
      this.#ready = { type: "ready", resumed: frame.resumed, replayed: this.#replayed };
    return changes;
  }

  #count(frame: FeedFrame, changes: Change[]): void {
    if (!this.feed.more) this.rest = 0;
    else if (frame.type === "ready" || frame.type === "count")
      this.rest = frame.unread - unreadOf(this.feed.items.values());
    else if (frame.type === "older") this.rest -= unreadOf(changes.map(({ held }) => held));
    this.rest = Math.max(this.rest, 0) || 0;
  }

  /** Tells of changes that the feed has taken in. */
  tell(changes: Change[]): void {
    for (const { type, held, ...more } of changes) {
      if (type === "known") continue;
      this.events.emit({ type, notification: held.notification, ...more } as LiveEvent);
    }
    this.redraw();
  }

  /** The service refused a change, and it was taken back. */
  refused({ type, id, ref, since, ...states }: UserChange, error: LiveError): void {
    // A refused `markAllSeen` isn't reported: the next look at a list marks it as seen again.
    if (type === "markAllSeen") return;
    this.events.emit({
      type: "refused",
      id,
      change: type === "update" ? states : type === "delete" ? "remove" : type,
      error,
    });
  }

  stand(standing: Standing): void {
    if (standing.state === "connecting") this.#replayed = 0;
    this.#standing = standing;
    this.#tellStatus();
    if (standing.state !== "live" || !this.#ready) return;
    this.events.emit(this.#ready);
    this.#ready = null;
  }

  #tellStatus(): void {
    const status = { ...this.#standing, without: this.#without };
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    this.events.emit({ type: "status", status });
  }

  /** The items may have become others: the app is told once for everything that comes together. */
  redraw(): void {
    this.#dirty = true;
    this.#changed ??= this.environment.after(this.#standing.state === "live" ? 0 : GATHER, () => {
      this.#changed = undefined;
      this.#awaitExpiry();
      this.events.emit({ type: "change" });
    });
  }

  /** Nothing happens by itself any more. */
  end(): void {
    this.#changed?.();
    this.#expiry?.();
    this.#changed = this.#expiry = undefined;
  }

  /** Is told of expired items once the service's clock is known; until then they are only hidden. */
  onExpired: (changes: Change[]) => void = () => {};

  #awaitExpiry(): void {
    this.#expiry?.();
    const now = this.clock.now();
    const next = this.feed.nextExpiration(now);
    if (next === Infinity) return;
    this.#expiry = this.environment.after(Math.max(next - now, this.#early ? EARLY : 0), () => {
      const changes = this.clock.isSure ? this.feed.expire(this.clock.now()) : [];
      this.#early = changes.length === 0;
      if (changes.length) this.onExpired(changes);
      this.tell(changes);
    });
  }

  #draw(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    const now = this.clock.now();
    const known = new Map(this.#items.map((item) => [item.id, item]));
    const shown = this.#hidden ? [] : this.feed.newestFirst().filter((item) => expirationOf(item) > now);
    const items = this.changes.applyTo(shown, this.feed.items).map((item) => {
      const before = known.get(item.id);
      return before && isSame(before, item) ? before : item;
    });
    const same = items.length === this.#items.length && items.every((item, index) => item === this.#items[index]);
    if (!same) this.#items = items;
  }
}

function isSame(one: FeedNotification, other: FeedNotification): boolean {
  const members = one as unknown as Record<string, unknown>;
  return Object.entries(other).every(([name, value]) => members[name] === value);
}

function unreadOf(items: Iterable<Held>): number {
  return [...items].filter(({ notification }) => isUnread(notification)).length;
}

function isUnread({ readState, userActionState }: { readState: ReadState; userActionState: UserActionState }): boolean {
  return readState === "unread" && userActionState !== "dismissed";
}
