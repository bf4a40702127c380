// Changes that the app asks for. Each gets a name of its own, and says what the person saw.

import { closed, type LiveClient } from "./api.ts";
import type { Replica } from "./replica.ts";
import type { UserChange } from "./store.ts";

/** Members of a client, which know it without `this`. */
export type Asking = Pick<LiveClient, "update" | "markAllRead" | "markAllSeen" | "answer" | "remove">;

/**
 * @param id of the client: a `ref` tells which tab asked
 * @param isOver whether the client is closed, or is being closed
 * @param onAsked keeps a change, and sends it
 */
export function askingOf(
  replica: Replica,
  id: string,
  isOver: () => boolean,
  onAsked: (change: UserChange) => void,
): Asking {
  const { changes, clock, feed } = replica;
  let refs = 0;

  function ask(asked: Omit<UserChange, "ref">): Promise<void> {
    if (isOver()) return Promise.reject(closed());
    const since = feed.items.get(asked.id)?.last;
    const change = { ref: `${id}.${++refs}`, ...asked, ...(since !== undefined && { since }) };
    const settled = changes.ask(change, replica.standing.state === "live");
    replica.redraw();
    onAsked(change);
    return settled;
  }

  const update: Asking["update"] = (id, change) => ask({ type: "update", id, ...change });

  return {
    update,
    async markAllRead() {
      const { cursor, seq } = feed;
      if (cursor === null) return;
      // Items whose own changes the service hasn't answered will change after that cursor: they are read one by one.
      const own = new Set(changes.all.map(({ id }) => id));
      const late = replica.items.filter(({ id, readState }) => own.has(id) && readState === "unread");
      const asked = late.map(({ id }) => update(id, { readState: "read" }));
      await Promise.all([...asked, ask({ type: "markAllRead", id: "", cursor, through: seq })]);
    },
    async markAllSeen() {
      const { cursor, seq } = feed;
      if (cursor !== null && replica.unseen > 0) await ask({ type: "markAllSeen", id: "", cursor, through: seq });
    },
    answer({ id, revision = 0 }, actionId, text) {
      const answeredDateTime = new Date(clock.now()).toISOString();
      const answer = { actionId, answeredDateTime, revision, ...(text !== undefined && { text }) };
      return ask({ type: "answer", id, answer });
    },
    remove: (id) => ask({ type: "delete", id }),
  };
}
