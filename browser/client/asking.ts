// Changes that the app asks for. Each gets a name of its own, and says what the person saw.

import type { FeedNotification } from "../generated/types.ts";
import { LiveError, type StateChange } from "./api.ts";
import type { Replica } from "./replica.ts";
import type { UserChange } from "./store.ts";

export class Asking {
  readonly #replica: Replica;
  readonly #id: string;
  readonly #isOver: () => boolean;
  readonly #onAsked: (change: UserChange) => void;
  #refs = 0;

  /**
   * @param id of the client: a `ref` tells which tab asked
   * @param isOver whether the client is closed, or is being
   * @param onAsked keeps a change, and sends it
   */
  constructor(replica: Replica, id: string, isOver: () => boolean, onAsked: (change: UserChange) => void) {
    this.#replica = replica;
    this.#id = id;
    this.#isOver = isOver;
    this.#onAsked = onAsked;
  }

  update(id: string, change: StateChange): Promise<void> {
    return this.#ask({ type: "update", id, ...change });
  }

  async markAllRead(): Promise<void> {
    const { changes, feed, items } = this.#replica;
    const { cursor, seq } = feed;
    if (cursor === null) return;
    // Items whose own changes the service hasn't answered will change after that cursor: they are read one by one.
    const own = new Set(changes.all.map(({ id }) => id));
    const late = items.filter(({ id, readState }) => own.has(id) && readState === "unread");
    const asked = late.map(({ id }) => this.update(id, { readState: "read" }));
    await Promise.all([...asked, this.#ask({ type: "markAllRead", id: "", cursor, through: seq })]);
  }

  async markAllSeen(): Promise<void> {
    const { feed, unseen } = this.#replica;
    const { cursor, seq } = feed;
    if (cursor !== null && unseen > 0) await this.#ask({ type: "markAllSeen", id: "", cursor, through: seq });
  }

  answer({ id, revision = 0 }: FeedNotification, actionId: string, text?: string): Promise<void> {
    const answeredDateTime = new Date(this.#replica.clock.now()).toISOString();
    const answer = { actionId, answeredDateTime, revision, ...(text !== undefined && { text }) };
    return this.#ask({ type: "answer", id, answer });
  }

  remove(id: string): Promise<void> {
    return this.#ask({ type: "delete", id });
  }

  #ask(asked: Omit<UserChange, "ref">): Promise<void> {
    if (this.#isOver()) return Promise.reject(new LiveError(0, "Closed", "The client is closed."));
    const { feed, changes, standing } = this.#replica;
    const since = feed.items.get(asked.id)?.last;
    const change = { ref: `${this.#id}.${++this.#refs}`, ...asked, ...(since !== undefined && { since }) };
    const settled = changes.ask(change, standing.state === "live");
    this.#replica.redraw();
    this.#onAsked(change);
    return settled;
  }
}
