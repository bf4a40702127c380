// The deployed Worker over a storage that can go back to an earlier moment, as Cloudflare's can and workerd alone can't:
// `POST /moment/{id}` keeps all tables of a Hub as they are; its next session after onNextSessionRestoreBookmark has them
// again. Unlike the real one it knows only these moments, and leaves the alarm as it is.

import worker, { Hub as DeployedHub } from "../../../worker/build/index.js";

/** @typedef {{ sql: string[], rows: [string, any[][]][] }} Dump */

/** By Hub: the moments that were kept, the last one first. @type {Map<string, { at: number, dump: Dump }[]>} */
const moments = new Map();
/** By Hub: the tables of its next session. @type {Map<string, Dump>} */
const next = new Map();

const OWN = "name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' AND sql IS NOT NULL";

/** @param {any} sql @returns {Dump} */
function dumped(sql) {
  const made = sql.exec(`SELECT name, type, sql FROM sqlite_master WHERE ${OWN} ORDER BY type DESC`).toArray();
  const tables = made.filter((/** @type {any} */ { type }) => type === "table");
  return {
    sql: made.map((/** @type {any} */ one) => one.sql),
    rows: tables.map((/** @type {any} */ { name }) => [name, [...sql.exec(`SELECT * FROM "${name}"`).raw()]]),
  };
}

/** @param {any} sql @param {Dump} dump */
function restored(sql, dump) {
  for (const { name } of sql.exec(`SELECT name FROM sqlite_master WHERE type = 'table' AND ${OWN}`).toArray())
    sql.exec(`DROP TABLE "${name}"`);
  for (const statement of dump.sql) sql.exec(statement);
  for (const [name, rows] of dump.rows)
    for (const row of rows) sql.exec(`INSERT INTO "${name}" VALUES (${row.map(() => "?").join()})`, ...row);
}

/** @param {DurableObjectState} ctx */
function withBookmarks(ctx) {
  const id = ctx.id.toString();
  const storage = /** @type {any} */ (ctx.storage);
  const dump = next.get(id);
  if (dump) restored(storage.sql, dump);
  next.delete(id);
  storage.getBookmarkForTime = async (/** @type {number} */ time) => {
    const moment = moments.get(id)?.find(({ at }) => at <= time);
    if (!moment) throw new Error("there is no such moment");
    return String(moment.at);
  };
  storage.onNextSessionRestoreBookmark = async (/** @type {string} */ bookmark) => {
    const moment = moments.get(id)?.find(({ at }) => at === Number(bookmark));
    if (moment) next.set(id, moment.dump);
    return "undo";
  };
  return ctx;
}

export class Hub extends DeployedHub {
  /**
   * @param {DurableObjectState} ctx
   * @param {any} env
   */
  constructor(ctx, env) {
    super(withBookmarks(ctx), env);
  }

  keepMoment() {
    const id = this.ctx.id.toString();
    const moment = { at: Date.now(), dump: dumped(this.ctx.storage.sql) };
    moments.set(id, [moment, ...(moments.get(id) ?? [])]);
    return new Date(moment.at).toISOString();
  }
}

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  async fetch(request, env) {
    const id = /^\/moment\/(\w+)$/.exec(new URL(request.url).pathname)?.[1];
    if (!id) return worker.fetch(request, env);
    return new Response(await env.HUB.get(env.HUB.idFromString(id)).keepMoment());
  },
};
