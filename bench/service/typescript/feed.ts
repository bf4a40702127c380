import { DurableObject } from "cloudflare:workers";
import type { Notification } from "./notification";

const LIFETIME = 7 * 24 * 60 * 60 * 1000;

export interface Item extends Notification {
  id: string;
  seq: number;
  createdAt: number;
  expiresAt: number;
  readState: string;
}

type Row = { seq: number; id: string; created_at: number; expires_at: number; read_state: string; body: string };

const itemOf = (row: Row): Item => ({
  id: row.id,
  seq: row.seq,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  readState: row.read_state,
  ...(JSON.parse(row.body) as Notification),
});

/** A user's feed: the items, and the sockets of the user's devices. */
export class Feed extends DurableObject {
  private readonly sql: SqlStorage;
  private alarmIsSet = false;

  constructor(ctx: DurableObjectState, env: never) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS notification (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        read_state TEXT NOT NULL,
        body TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS notification_expires_at ON notification (expires_at);
    `);
  }

  async post(notification: Notification): Promise<Item> {
    const createdAt = Date.now();
    const latest = createdAt + LIFETIME;
    const asked = notification.expirationDateTime ? Date.parse(notification.expirationDateTime) : latest;
    const expiresAt = Math.min(asked, latest);
    const id = crypto.randomUUID();
    const { seq } = this.sql
      .exec<{ seq: number }>(
        `INSERT INTO notification (id, created_at, expires_at, read_state, body)
         VALUES (?, ?, ?, 'unread', ?) RETURNING seq`,
        id,
        createdAt,
        expiresAt,
        JSON.stringify(notification),
      )
      .one();
    if (!this.alarmIsSet) {
      this.alarmIsSet = true;
      if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(expiresAt);
    }
    const item: Item = { ...notification, id, seq, createdAt, expiresAt, readState: "unread" };
    this.broadcast({ type: "notification", item });
    return item;
  }

  list(): Item[] {
    return this.sql
      .exec<Row>("SELECT * FROM notification WHERE expires_at > ? ORDER BY seq DESC LIMIT 20", Date.now())
      .toArray()
      .map(itemOf);
  }

  count(): number {
    return this.sql
      .exec<{ items: number }>("SELECT count(*) AS items FROM notification WHERE expires_at > ?", Date.now())
      .one().items;
  }

  change(id: string, readState: string): Item | null {
    const [row] = this.sql
      .exec<Row>("UPDATE notification SET read_state = ? WHERE id = ? RETURNING *", readState, id)
      .toArray();
    if (!row) return null;
    this.broadcast({ type: "state", id, readState });
    return itemOf(row);
  }

  async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  async alarm(): Promise<void> {
    this.sql.exec("DELETE FROM notification WHERE expires_at <= ?", Date.now());
    const [next] = this.sql.exec<{ at: number | null }>("SELECT min(expires_at) AS at FROM notification").toArray();
    this.alarmIsSet = next?.at != null;
    if (next?.at != null) await this.ctx.storage.setAlarm(next.at);
  }

  private broadcast(message: unknown): void {
    const text = JSON.stringify(message);
    for (const socket of this.ctx.getWebSockets()) socket.send(text);
  }
}
