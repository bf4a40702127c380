// The store behind the KV bindings: the protocol of the runtime's KV client, over one SQLite Durable Object for each
// namespace. An expired entry is never given out, and is removed by and by.

import { DurableObject } from "cloudflare:workers";

/** The least time between a write and its expiration, in seconds: KV's own. */
const LEAST_TTL = 60;

/** How often expired entries are removed while there are some, in milliseconds. */
const SWEEP_PERIOD = 300_000;

/** How many are removed at a time. */
const SWEEP_SIZE = 2000;

/** How many keys a page of the list has at most: KV's own. */
const PAGE = 1000;

const seconds = () => Date.now() / 1000;

export class Store extends DurableObject {
  #sql;
  #alarmIsSet = false;

  /**
   * @param {DurableObjectState} ctx
   * @param {unknown} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, expiration REAL, metadata TEXT, value BLOB NOT NULL) WITHOUT ROWID;
       CREATE INDEX IF NOT EXISTS entry_expiration ON entry (expiration) WHERE expiration IS NOT NULL`,
    );
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmIsSet = (await ctx.storage.getAlarm()) !== null;
    });
  }

  /** @param {Request} request */
  async fetch(request) {
    const { method, headers } = request;
    const url = new URL(request.url);
    const options = url.searchParams;
    if (method === "POST" && url.pathname === "/bulk/get") return this.#getMany(await request.json());
    const raw = url.pathname.slice(1);
    const key = options.get("urlencoded")?.toLowerCase() === "true" ? decodeURIComponent(raw) : raw;
    if (method === "GET") return key === "" ? this.#list(options) : this.#get(key);
    if (method === "PUT") return this.#put(key, await request.arrayBuffer(), headers.get("CF-KV-Metadata"), options);
    if (method !== "DELETE") return new Response(null, { status: 405 });
    this.#sql.exec("DELETE FROM entry WHERE key = ?", key);
    return new Response();
  }

  /** @param {string} key */
  #read(key) {
    return this.#sql
      .exec(
        "SELECT value, metadata, expiration FROM entry WHERE key = ? AND (expiration IS NULL OR expiration > ?)",
        key,
        seconds(),
      )
      .toArray()[0];
  }

  /** @param {string} key */
  #get(key) {
    const entry = this.#read(key);
    if (!entry) return new Response("Not Found", { status: 404 });
    /** @type {Record<string, string>} */
    const headers = {};
    if (entry.expiration !== null) headers["CF-Expiration"] = String(entry.expiration);
    if (entry.metadata !== null) headers["CF-KV-Metadata"] = String(entry.metadata);
    return new Response(/** @type {ArrayBuffer} */ (entry.value), { headers });
  }

  /** @param {{ keys: string[], type?: string, withMetadata?: boolean }} question */
  #getMany({ keys, type, withMetadata }) {
    const found = keys.map((key) => {
      const entry = this.#read(key);
      if (!entry) return [key, null];
      const text = new TextDecoder().decode(/** @type {ArrayBuffer} */ (entry.value));
      const value = type === "json" ? JSON.parse(text) : text;
      const metadata = entry.metadata === null ? null : JSON.parse(String(entry.metadata));
      return [key, withMetadata ? { value, metadata } : value];
    });
    return Response.json(Object.fromEntries(found));
  }

  /** @param {URLSearchParams} options */
  #list(options) {
    const prefix = options.get("prefix") ?? "";
    const after = options.get("cursor") ?? "";
    const limit = Math.min(Number(options.get("key_count_limit") ?? PAGE), PAGE);
    const rows = this.#sql
      .exec(
        `SELECT key, expiration, metadata FROM entry
         WHERE key >= ?1 AND key < ?1 || char(1114111) AND key > ?2 AND (expiration IS NULL OR expiration > ?3)
         ORDER BY key LIMIT ?4`,
        prefix,
        after,
        seconds(),
        limit + 1,
      )
      .toArray();
    const keys = rows.slice(0, limit).map(({ key, expiration, metadata }) => ({
      name: key,
      ...(expiration !== null && { expiration }),
      ...(metadata !== null && { metadata: JSON.parse(String(metadata)) }),
    }));
    const complete = rows.length <= limit;
    return Response.json({
      keys,
      list_complete: complete,
      ...(!complete && { cursor: keys.at(-1)?.name }),
      cacheStatus: null,
    });
  }

  /**
   * @param {string} key
   * @param {ArrayBuffer} value
   * @param {string | null} metadata
   * @param {URLSearchParams} options
   */
  #put(key, value, metadata, options) {
    const now = Math.floor(seconds());
    const ttl = options.get("expiration_ttl");
    const at = options.get("expiration");
    const expiration = ttl !== null ? now + Number(ttl) : at !== null ? Number(at) : null;
    if (expiration !== null && !(expiration >= now + LEAST_TTL))
      return new Response(`An expiration must be at least ${LEAST_TTL} seconds ahead.`, { status: 400 });
    this.#sql.exec(
      "INSERT OR REPLACE INTO entry (key, expiration, metadata, value) VALUES (?, ?, ?, ?)",
      key,
      expiration,
      metadata,
      value,
    );
    if (expiration !== null) this.#sweepLater();
    return new Response();
  }

  #sweepLater() {
    if (this.#alarmIsSet) return;
    this.#alarmIsSet = true;
    void this.ctx.storage.setAlarm(Date.now() + SWEEP_PERIOD);
  }

  alarm() {
    this.#alarmIsSet = false;
    this.#sql.exec(
      "DELETE FROM entry WHERE key IN (SELECT key FROM entry WHERE expiration <= ? ORDER BY expiration LIMIT ?)",
      seconds(),
      SWEEP_SIZE,
    );
    const [{ left }] = this.#sql
      .exec("SELECT EXISTS (SELECT 1 FROM entry WHERE expiration IS NOT NULL) AS left")
      .toArray();
    if (left) this.#sweepLater();
  }
}

/** @param {string} name */
const namespace = (name) => ({
  /**
   * @param {Request} request
   * @param {{ STORE: DurableObjectNamespace<Store> }} env
   */
  fetch: (request, { STORE }) => STORE.get(STORE.idFromName(name)).fetch(request),
});

export const feed = namespace("feed");
export const registry = namespace("registry");
