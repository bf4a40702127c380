// Changes of the user that the service hasn't answered: shown as done, sent while there is a connection, sent again when
// no answer comes, and taken back when it is refused. All tabs know of all of it.

import type { ClientFrame, FeedNotification, ServerFrame } from "../generated/types.ts";
import { closed, LiveError } from "./api.ts";
import type { Environment } from "./environment.ts";
import { withStates } from "./feed.ts";
import type { Held, UserChange } from "./store.ts";

export type Result = Extract<ServerFrame, { type: "result" }>;

/** The service lets a client send 500 frames at once and 100 a second (docs/limits.md): we stay well below. */
const BURST = 250;
const PER_SECOND = 50;
/** A change that isn't answered by then, or that the service has no room for, is sent again; milliseconds. */
const AGAIN = 30_000;

/** The states of an item that is answered. */
export const ANSWERED = { readState: "read", userActionState: "activated" } as const;

interface Pending {
  change: UserChange;
  /**
   * Whether the change was made while there was a connection and was sent over it: then the user saw the current state.
   */
  fresh: boolean;
  sent: boolean;
  settle?: { resolve(): void; reject(error: LiveError): void };
}

export class Changes {
  readonly #environment: Environment;
  readonly #pending = new Map<string, Pending>();
  #send: ((frame: ClientFrame) => boolean) | null = null;
  #budget = BURST;
  #refill: (() => void) | undefined;
  #again: (() => void) | undefined;
  #onAnswered: () => void = () => {};

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  get all(): UserChange[] {
    return [...this.#pending.values()].map(({ change }) => change);
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Whether everything is to be read, and the service hasn't answered yet. */
  get readsAll(): boolean {
    return this.all.some(isAll);
  }

  /** When nothing is unanswered any more. */
  answered(): Promise<void> {
    return new Promise((resolve) => {
      if (this.size === 0) resolve();
      this.#onAnswered = resolve;
    });
  }

  /** Another tab's change, or an earlier visit's. */
  add(change: UserChange, fresh = false): void {
    if (this.#pending.has(change?.ref) || typeof change?.id !== "string") return;
    this.#pending.set(change.ref, { change, fresh, sent: false });
    this.#pump();
  }

  /** Adds a change that this client makes. @returns a promise that is settled by the answer */
  ask(change: UserChange, fresh: boolean): Promise<void> {
    const asked = new Promise<void>((resolve, reject) => {
      this.#pending.set(change.ref, { change, fresh, sent: false, settle: { resolve, reject } });
    });
    // An app that doesn't look at the answer sees in the feed that it was taken back.
    asked.catch(() => {});
    this.#pump();
    return asked;
  }

  /** There is a connection: what isn't answered is sent over it. */
  connected(send: (frame: ClientFrame) => boolean): void {
    this.#send = send;
    this.#resend();
  }

  disconnected(): void {
    this.#send = null;
    for (const timer of [this.#refill, this.#again]) timer?.();
    this.#refill = this.#again = undefined;
  }

  /** The feed is read anew with other numbers: what was known by the old ones may have changed. */
  renumber(): void {
    for (const pending of this.#pending.values()) pending.change = { ...pending.change, since: 0 };
  }

  /** An item is as it was when the user changed it. */
  unchanged(id: string, last: number | undefined): void {
    for (const pending of this.#pending.values()) {
      if (pending.change.id === id && pending.change.since === 0 && last !== undefined)
        pending.change = { ...pending.change, since: last };
    }
  }

  /** A `markAllRead` is answered, and was the change `seq` of these items: their next changes follow on it. */
  follow(items: ReadonlyMap<string, Held>, seq: number | undefined): void {
    for (const { change } of this.#pending.values())
      if (seq !== undefined && change.since !== undefined && items.get(change.id)?.last === seq) change.since = seq;
    this.#pump();
  }

  /**
   * Takes an answer.
   * @returns the change, and why it was refused; nothing where it is to be sent again, or isn't known
   */
  answer(result: Result): { change: UserChange; error: LiveError | null; own: boolean } | undefined {
    const { ref, status, error, seq, readState, userActionState } = result;
    const pending = this.#pending.get(ref);
    if (!pending) return undefined;
    const { change, settle } = pending;
    if (status === 406 || status === 429 || status >= 500) {
      pending.fresh = false;
      this.#awaitAgain();
      return undefined;
    }
    this.#pending.delete(ref);
    if (seq !== undefined) {
      // The next change of the same item follows on this one.
      for (const { change: next } of this.#pending.values())
        if (next.id === change.id && next.since !== undefined && next.since < seq) next.since = seq;
    }
    const done =
      status < 300 ||
      // Deleting an item that is already gone counts as success, and so does a change that was sent twice.
      (status === 404 && change.type === "delete") ||
      (status === 409 &&
        change.type === "update" &&
        (change.readState ?? readState) === readState &&
        (change.userActionState ?? userActionState) === userActionState);
    const refusal = done ? null : new LiveError(status, error?.code ?? "", error?.message ?? "The service refused it.");
    if (refusal) settle?.reject(refusal);
    else settle?.resolve();
    if (this.size === 0) this.#onAnswered();
    // Changes that were asked for after it wait for `follow`.
    if (!isAll(change)) this.#pump();
    return { change, error: refusal, own: settle !== undefined };
  }

  /** No answer comes any more. */
  close(): void {
    this.disconnected();
    for (const { settle } of this.#pending.values()) settle?.reject(closed());
    this.#pending.clear();
  }

  /** The notifications as they are when everything that was asked is done. */
  applyTo(items: FeedNotification[], held: ReadonlyMap<string, Held>): FeedNotification[] {
    if (this.#pending.size === 0) return items;
    const changes = byItem(this.all);
    const through = Math.max(...this.all.filter(isAll).map((change) => change.through ?? -1));
    return items.flatMap((item) => {
      // A change of the item itself that was asked for earlier is as the user wants it: see `markAllRead` of the client.
      const isRead = (held.get(item.id)?.last ?? -1) <= through;
      let shown: FeedNotification = isRead && item.readState === "unread" ? { ...item, readState: "read" } : item;
      for (const change of changes.get(item.id) ?? []) {
        const { type, answer } = change;
        if (type === "delete") return [];
        if (answer && shown.revision === answer.revision) shown = { ...withStates(shown, ANSWERED), answer };
        shown = withStates(shown, change);
      }
      return [shown];
    });
  }

  #resend(): void {
    for (const pending of this.#pending.values()) pending.sent = false;
    this.#pump();
  }

  /** Sends what isn't sent, one change of an item after the other. */
  #pump(): void {
    if (!this.#send || this.#pending.size === 0) return;
    const busy = new Set<string>();
    for (const pending of this.#pending.values()) {
      const { since, through, answer, ...change } = pending.change;
      const { type, ref, id, cursor } = change;
      const all = isAll(change);
      // A `markAllRead` is sent only after the service has answered all earlier changes; later changes wait for its
      // answer.
      if (all && busy.size) break;
      if (!pending.sent && !busy.has(change.id)) {
        // A change that was asked for offline, or is sent again, is only done where nothing has changed since.
        const one = pending.fresh || since === undefined ? change : { ...change, since };
        // The key makes a repeated answer the same again.
        const given = answer && { actionId: answer.actionId, revision: answer.revision, text: answer.text, key: ref };
        const frame = cursor !== undefined ? { type, ref, cursor } : answer ? { type, ref, id, ...given } : one;
        if (this.#budget === 0 || !this.#send(frame as ClientFrame)) break;
        pending.sent = true;
        pending.fresh = false;
        this.#budget -= 1;
      }
      busy.add(change.id);
      if (all) break;
    }
    if (this.#budget < BURST) this.#refill ??= this.#environment.after(1000, this.#refilled);
    this.#awaitAgain();
  }

  #awaitAgain(): void {
    this.#again ??= this.#environment.after(AGAIN, () => {
      this.#again = undefined;
      this.#resend();
    });
  }

  readonly #refilled = () => {
    this.#refill = undefined;
    this.#budget = Math.min(BURST, this.#budget + PER_SECOND);
    this.#pump();
  };
}

function isAll({ type }: UserChange): boolean {
  return type === "markAllRead";
}

function byItem(changes: UserChange[]): Map<string, UserChange[]> {
  const grouped = new Map<string, UserChange[]>();
  for (const change of changes) grouped.set(change.id, [...(grouped.get(change.id) ?? []), change]);
  return grouped;
}
