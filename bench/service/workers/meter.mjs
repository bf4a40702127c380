// The deployed Worker, with a meter between its Hub and the platform's storage. It counts what the
// storage itself says that it read and wrote, whatever way the Hub goes there; KV is counted
// by KV (stores.mjs). Knows of the Worker only that it exports `Hub` and a default handler.
//
// Its clock stands until a timer or an alarm rings, and alarms ring when they are told to: a week of
// a notification's life passes in a moment, and is the same each time.

import Inner, { Hub as InnerHub } from "../../../worker/build/index.js";

/** @typedef {{ runs: number, rowsRead: number, rowsWritten: number }} Rows */

const counted = { requests: 0, alarms: 0, messages: 0, alarmsSet: 0 };
/** By statement; methods of the storage by their names. @type {Map<string, Rows>} */
const statements = new Map();
/** Statements that may still be read from. @type {Set<{ text: string, cursor: { rowsRead: number, rowsWritten: number } }>} */
const open = new Set();
/** @type {Set<string>} */
const hubs = new Set();
/** The meter's own questions aren't counted. */
let metering = true;

/** The time; 0 until somebody asks for it in a request. */
let now = 0;
const clock = Date.now;
Date.now = () => (now ||= clock());

/** How long a timer takes at most, in milliseconds: what is waited for comes sooner, and the time passes all the same. */
const longestTimer = 100;
const { setTimeout } = globalThis;
globalThis.setTimeout = /** @type {any} */ (
  (/** @type {() => void} */ act, milliseconds = 0) => {
    const at = Date.now() + milliseconds;
    return setTimeout(
      () => {
        now = Math.max(now, at);
        act();
      },
      Math.min(milliseconds, longestTimer),
    );
  }
);

/** When each Hub's alarm rings. @type {WeakMap<object, number>} */
const alarms = new WeakMap();

/**
 * @param {string} text
 * @param {number} rowsRead
 * @param {number} rowsWritten
 * @param {number} [runs]
 */
function count(text, rowsRead, rowsWritten, runs = 1) {
  const rows = statements.get(text) ?? { runs: 0, rowsRead: 0, rowsWritten: 0 };
  rows.runs += runs;
  rows.rowsRead += rowsRead;
  rows.rowsWritten += rowsWritten;
  statements.set(text, rows);
}

/** Takes down what the statements cost that were begun so far. */
function settle() {
  for (const { text, cursor } of open) count(text, cursor.rowsRead, cursor.rowsWritten, 0);
  open.clear();
}

/**
 * Puts a method of ours in place of one that all objects of a class have.
 * @param {any} object
 * @param {string} name
 * @param {(method: Function) => Function} around
 */
function replace(object, name, around) {
  let holder = object;
  while (holder && !Object.hasOwn(holder, name)) holder = Object.getPrototypeOf(holder);
  const method = holder?.[name];
  if (typeof method !== "function" || method.isOurs) return;
  const ours = around(method);
  holder[name] = Object.assign(ours, { isOurs: true });
}

/**
 * Lets a function of ours see what a method is given and returns.
 * @param {any} object
 * @param {string} name
 * @param {(result: any, args: any[]) => void} note
 */
function tap(object, name, note) {
  replace(
    object,
    name,
    (method) =>
      /** @this {any} @param {any[]} args */
      function (...args) {
        const result = method.apply(this, args);
        if (metering) note(result, args);
        return result;
      },
  );
}

/** @param {DurableObjectState} state */
function watch({ storage }) {
  tap(storage.sql, "exec", (cursor, [text]) => {
    count(text, 0, 0);
    open.add({ text, cursor });
  });
  const size = (/** @type {any} */ keys) => (Array.isArray(keys) ? keys.length : 1);
  tap(storage, "get", (_, [keys]) => count("get", size(keys), 0));
  tap(storage, "put", (_, [entries]) => count("put", 0, typeof entries === "string" ? 1 : Object.keys(entries).length));
  tap(storage, "delete", (_, [keys]) => count("delete", 0, size(keys)));
  tap(storage, "list", (found) => {
    Promise.resolve(found).then((entries) => count("list", entries.size, 0));
  });
  replace(
    storage,
    "setAlarm",
    () =>
      /** @this {any} @param {number | Date} at */
      async function (at) {
        alarms.set(this, Number(at));
        counted.alarmsSet++;
        // Each setting of the alarm is billed as a row.
        count("setAlarm", 0, 1);
      },
  );
  replace(
    storage,
    "getAlarm",
    () =>
      /** @this {any} */
      async function () {
        return alarms.get(this) ?? null;
      },
  );
  replace(
    storage,
    "deleteAlarm",
    () =>
      /** @this {any} */
      async function () {
        alarms.delete(this);
      },
  );
}

/**
 * A stub whose calls are counted, be they `fetch` or RPC.
 * @param {any} stub
 */
function counting(stub) {
  return new Proxy(stub, {
    get(target, name) {
      const member = target[name];
      if (typeof member !== "function") return member;
      return (/** @type {any[]} */ ...args) => {
        if (!String(name).startsWith("meter")) counted.requests++;
        return target[name](...args);
      };
    },
  });
}

export class Hub extends InnerHub {
  /**
   * @param {DurableObjectState} state
   * @param {any} env
   */
  constructor(state, env) {
    watch(state);
    super(state, env);
    hubs.add(String(state.id));
  }

  /**
   * @param {WebSocket} socket
   * @param {string | ArrayBuffer} message
   */
  webSocketMessage(socket, message) {
    counted.messages++;
    return super.webSocketMessage(socket, message);
  }

  /** The content of the tables, and when the alarm rings, in milliseconds from now. */
  meterStorage() {
    settle();
    metering = false;
    try {
      const { sql } = this.ctx.storage;
      const tables = sql.exec(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
      );
      let rows = 0;
      for (const { name } of tables.toArray()) rows += Number(sql.exec(`SELECT count(*) AS n FROM "${name}"`).one().n);
      const alarm = alarms.get(this.ctx.storage);
      return { rows, alarm: alarm === undefined ? null : alarm - Date.now() };
    } finally {
      metering = true;
    }
  }

  /** Lets the alarm ring, at its time. */
  async meterAlarm() {
    const at = alarms.get(this.ctx.storage);
    if (at === undefined) return;
    now = Math.max(at, now);
    alarms.delete(this.ctx.storage);
    counted.alarms++;
    await this.alarm();
  }
}

export default {
  /**
   * `GET /-/meter` answers the counts and what lies in the Hubs, `POST` lets their alarms ring; all else is the Worker's.
   * @param {Request} request
   * @param {any} env
   */
  async fetch(request, env) {
    for (const name of ["get", "getByName"]) {
      replace(
        env.HUB,
        name,
        (method) =>
          /** @this {any} @param {any[]} args */
          function (...args) {
            return counting(method.apply(this, args));
          },
      );
    }
    if (new URL(request.url).pathname !== "/-/meter") return Inner.fetch(request, env);
    const storage = [];
    for (const id of hubs) {
      const hub = env.HUB.get(env.HUB.idFromString(id));
      if (request.method === "POST") await hub.meterAlarm();
      storage.push(await hub.meterStorage());
    }
    return Response.json({ ...counted, statements: Object.fromEntries(statements), storage });
  },
};
