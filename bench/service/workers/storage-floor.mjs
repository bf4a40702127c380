// The storage floor: the floor with the storage that our design needs, and no more. A row with
// three indexes, the head in memory, an alarm a second in which each body goes into KV, one mark.
// Reached by `fetch`, or (REACHED_BY is "rpc") by RPC.

import { DurableObject } from "cloudflare:workers";

/** How long bodies wait for others before they go to KV together, in milliseconds. */
const WINDOW = 1000;

/** How long an item lives, in seconds. */
const LIFETIME = 7 * 24 * 60 * 60;

/** @typedef {{ HUB: DurableObjectNamespace<Feed>, FEED: KVNamespace, REACHED_BY: string }} Env */

/** @extends {DurableObject<Env>} */
export class Feed extends DurableObject {
  /** @type {[id: string, body: string][]} bodies that KV doesn't have yet */
  due = [];
  alarmAt = 0;

  /**
   * @param {DurableObjectState} state
   * @param {Env} env
   */
  constructor(state, env) {
    super(state, env);
    this.sql = state.storage.sql;
    this.sql.exec(
      "CREATE TABLE IF NOT EXISTS item " +
        "(ordinal INTEGER PRIMARY KEY, seq INTEGER, id TEXT, expiration INTEGER, state TEXT, body TEXT); " +
        "CREATE UNIQUE INDEX IF NOT EXISTS item_seq ON item (seq); " +
        "CREATE UNIQUE INDEX IF NOT EXISTS item_id ON item (id); " +
        "CREATE INDEX IF NOT EXISTS item_expiration ON item (expiration); " +
        "CREATE TABLE IF NOT EXISTS mark (only INTEGER PRIMARY KEY, copied INTEGER)",
    );
    this.seq = Number(this.sql.exec("SELECT coalesce(max(seq), 0) AS seq FROM item").one().seq);
  }

  /** @param {string} body */
  post(body) {
    const id = crypto.randomUUID();
    const now = Date.now();
    const seq = ++this.seq;
    this.sql.exec(
      "INSERT INTO item (ordinal, seq, id, expiration, body) VALUES (?, ?, ?, ?, ?)",
      seq,
      seq,
      id,
      now + LIFETIME * 1000,
      body,
    );
    this.due.push([id, body]);
    if (now > this.alarmAt) {
      this.alarmAt = now + WINDOW;
      this.ctx.storage.setAlarm(this.alarmAt);
    }
    for (const socket of this.ctx.getWebSockets()) socket.send(body);
    return body;
  }

  /**
   * @param {number} ordinal
   * @param {string} state
   */
  change(ordinal, state) {
    this.sql.exec("UPDATE item SET seq = ?, state = ? WHERE ordinal = ?", ++this.seq, state, ordinal);
    for (const socket of this.ctx.getWebSockets()) socket.send(state);
    return state;
  }

  list() {
    const bodies = [];
    for (const [body] of this.sql.exec("SELECT body FROM item ORDER BY ordinal DESC LIMIT 20").raw()) bodies.push(body);
    return `[${bodies.join(",")}]`;
  }

  count() {
    return String(this.sql.exec("SELECT count(*) AS items FROM item").one().items);
  }

  /** @param {Request} request */
  async fetch(request) {
    if (request.headers.get("Upgrade")) return this.stream(request);
    const { status, body } = await answer(request, this);
    return new Response(body, { status });
  }

  /** @param {Request} request `?after=` a number: what came later is sent first */
  stream(request) {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    const after = new URL(request.url).searchParams.get("after");
    if (after) {
      for (const [body] of this.sql.exec("SELECT body FROM item WHERE seq > ? ORDER BY seq", after).raw()) {
        server.send(/** @type {string} */ (body));
      }
    }
    return new Response(null, { status: 101, webSocket: client });
  }

  async alarm() {
    const due = this.due;
    this.due = [];
    await Promise.all(
      due.map(([id, body]) => this.env.FEED.put(`${this.ctx.id}:${id}:1`, body, { expirationTtl: LIFETIME })),
    );
    this.sql.exec("INSERT OR REPLACE INTO mark VALUES (1, ?)", this.seq);
  }
}

/**
 * Reads a request and asks the feed, which is the object itself or a stub.
 * @param {Request} request
 * @param {Pick<Feed, "post" | "change" | "list" | "count"> | DurableObjectStub<Feed>} feed
 * @returns {Promise<{ status: number, body: string }>}
 */
async function answer(request, feed) {
  if (request.method === "POST") return { status: 201, body: await feed.post(await request.text()) };
  if (request.method === "PATCH") {
    const ordinal = Number(request.url.slice(request.url.lastIndexOf("/") + 1));
    return { status: 200, body: await feed.change(ordinal, await request.text()) };
  }
  return { status: 200, body: await (request.url.endsWith("/$count") ? feed.count() : feed.list()) };
}

export default {
  /**
   * @param {Request} request to `/{user}` or below
   * @param {Env} env
   */
  async fetch(request, env) {
    const user = new URL(request.url).pathname.split("/", 2)[1];
    const feed = env.HUB.get(env.HUB.idFromName(user));
    if (env.REACHED_BY !== "rpc" || request.headers.get("Upgrade")) return feed.fetch(request);
    const { status, body } = await answer(request, feed);
    return new Response(body, { status });
  },
};
