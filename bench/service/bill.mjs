// The bill: what each operation is charged for, counted by the storage itself, from the request to
// the last trace of it being gone. Each operation has a process of its own, with nothing else in it.

import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { notifeed, notifeedModules, startNotifeed, userOf } from "./contenders.mjs";
import { Line, request, Socket } from "./line.mjs";
import { Stores } from "./stores-process.mjs";
import { host, keySet } from "./tokens.mjs";

/**
 * The charges of an operation.
 * @typedef {object} Charges
 * @property {number} workerRequests
 * @property {number} hubRequests requests and alarms of the Durable Object, and 20 messages of sockets as one
 * @property {number} rowsWritten settings of the alarm among them, a row each
 * @property {number} alarmsSet
 * @property {number} rowsRead
 * @property {number} kvPuts
 * @property {number} kvDeletes
 * @property {number} kvLists
 * @property {number} kvReads by the key
 */

/** The writers of rows: statements or methods of the storage, and how many rows each wrote. @typedef {Record<string, number>} Writers */
/** @typedef {{ charges: Charges, writers: Writers, dollars: number }} Bill `dollars` a million */

/** @type {{ date: string, dollarsPerMillion: Record<string, number>, socketMessagesPerRequest: number, dollarsPerGigabyteMonth: { hub: number, kv: number } }} */
export const prices = JSON.parse(readFileSync(new URL("prices.json", import.meta.url), "utf8"));

const hour = 60 * 60 * 1000;

/** An alarm that rings later than this has nothing to do with what was asked, in milliseconds. */
const horizon = 2 * hour;

/** More alarms than this are no life but a loop. */
const patience = 60;

const feed = "/beta/me/notifications";

/** A Worker under the meter, and what its user asks of it. */
class Metered {
  #requests = 0;
  #began = Date.now();

  /**
   * @param {Stores} stores
   * @param {string} name
   */
  static async start(stores, name) {
    const modules = notifeedModules({ main: "bench/service/workers/meter.mjs" });
    const namespace = `bill ${name}`;
    // The time that a row stays for its sender changes nothing of the bill, but would outlast the token.
    const vars = { SENDER_RETENTION_SECONDS: "0" };
    const workerd = await startNotifeed(stores, { modules, vars, namespace });
    return new Metered(stores, namespace, workerd, await userOf("bill"));
  }

  /**
   * @param {Stores} stores
   * @param {string} namespace
   * @param {import("./workerd.mjs").Workerd} workerd
   * @param {import("./contenders.mjs").User} user
   */
  constructor(stores, namespace, workerd, user) {
    this.stores = stores;
    this.namespace = namespace;
    this.workerd = workerd;
    this.user = user;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [json]
   * @param {number[]} [expected] statuses
   */
  async ask(method, path, json, expected = [200, 201, 204]) {
    const headers = { "Content-Type": "application/json", ...this.user.headers };
    const body = json === undefined ? undefined : JSON.stringify(json);
    const line = await Line.open(this.workerd.port);
    const answer = await line.ask(request(method, path, headers, body));
    line.close();
    const text = String(answer.body);
    if (!expected.includes(answer.status)) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
    if (!path.startsWith("/-/")) this.#requests++;
    return text;
  }

  /**
   * @param {string} id the app's own
   * @param {{ lives?: number, title?: string }} [options] `lives` in milliseconds, from the start of the process
   * @returns {Promise<string>} the notification's id
   */
  async post(id, { lives = 24 * hour, title = "Hello World!" } = {}) {
    const text = await this.ask("POST", feed, {
      targetHostName: host,
      appNotificationId: id,
      expirationDateTime: new Date(this.#began + lives).toISOString(),
      payload: { visualContent: { title, body: "Notifications are Great!" } },
      priority: "High",
      groupName: "TestGroup",
    });
    return JSON.parse(text).id;
  }

  /**
   * Connects, and reads until the service says that nothing is missing.
   * @param {string} [cursor]
   * @returns {Promise<string>} the cursor to come back with
   */
  async connect(cursor) {
    this.#requests++;
    /** @type {(cursor: string) => void} */
    let ready = () => {};
    const reached = new Promise((/** @type {(cursor: string) => void} */ done) => (ready = done));
    const { path, headers } = notifeed.stream(this.user, cursor);
    const socket = await Socket.open(this.workerd.port, { path, headers }, (text) => {
      const frame = JSON.parse(String(text));
      if (frame.type === "ready") ready(frame.cursor);
    });
    const found = await reached;
    socket.close();
    await socket.closed;
    return found;
  }

  /**
   * Lets time pass until the Hub has nothing left to do that is due soon.
   * @param {number} [rows] and until it keeps no more rows than these
   * @returns {Promise<number>} how many rows it keeps
   */
  async settled(rows = Infinity) {
    for (let rung = 0; rung < patience; rung++) {
      // Work beside an answer or an alarm needs no clock, but a moment.
      let { storage, ...counted } = JSON.parse(await this.ask("GET", "/-/meter"));
      for (let text = ""; text !== JSON.stringify([storage.map(rowsOfHub), counted]);) {
        text = JSON.stringify([storage.map(rowsOfHub), counted]);
        await sleep(300);
        ({ storage, ...counted } = JSON.parse(await this.ask("GET", "/-/meter")));
      }
      const kept = storage.map(rowsOfHub).reduce((/** @type {number} */ sum, /** @type {number} */ n) => sum + n, 0);
      const isDue = storage.some(
        (/** @type {{ alarm: number | null }} */ { alarm }) => alarm !== null && alarm < horizon,
      );
      const mayRing = storage.some((/** @type {{ alarm: number | null }} */ { alarm }) => alarm !== null);
      if (!isDue && (kept <= rows || !mayRing)) return kept;
      await this.ask("POST", "/-/meter");
    }
    throw new Error("the Hub's alarm rings and rings");
  }

  /** All that was counted so far. @returns {Promise<{ charges: Charges, writers: Writers }>} */
  async counts() {
    const meter = JSON.parse(await this.ask("GET", "/-/meter"));
    const kv = (await this.stores.operations())[this.namespace] ?? { put: 0, delete: 0, list: 0, read: 0 };
    const statements = /** @type {[string, { rowsRead: number, rowsWritten: number }][]} */ (
      Object.entries(meter.statements)
    );
    const sum = (/** @type {"rowsRead" | "rowsWritten"} */ what) =>
      statements.reduce((sum, [, rows]) => sum + rows[what], 0);
    return {
      charges: {
        workerRequests: this.#requests,
        hubRequests: meter.requests + meter.alarms + meter.messages / prices.socketMessagesPerRequest,
        rowsWritten: sum("rowsWritten"),
        alarmsSet: meter.alarmsSet,
        rowsRead: sum("rowsRead"),
        kvPuts: kv.put,
        kvDeletes: kv.delete,
        kvLists: kv.list,
        kvReads: kv.read,
      },
      writers: Object.fromEntries(statements.map(([text, rows]) => [text.replace(/\s+/g, " "), rows.rowsWritten])),
    };
  }
}

/** @param {{ rows: number }} hub */
const rowsOfHub = ({ rows }) => rows;

/**
 * Subtracts numbers, member by member.
 * @template {Record<string, number>} T
 * @param {T} after
 * @param {T} before
 * @param {number} [times]
 * @returns {T}
 */
function less(after, before, times = 1) {
  const rest = Object.entries(after).map(([name, value]) => [name, (value - (before[name] ?? 0)) / times]);
  return /** @type {T} */ (Object.fromEntries(rest));
}

/** @param {Charges} charges a million of them, in dollars */
export function dollarsOf(charges) {
  return Object.entries(prices.dollarsPerMillion).reduce(
    (sum, [name, price]) => sum + price * charges[/** @type {keyof Charges} */ (name)],
    0,
  );
}

/**
 * @typedef {object} Operation
 * @property {(metered: Metered) => Promise<unknown>} before what was there already; isn't counted
 * @property {(metered: Metered, found: any) => Promise<unknown>} does `found`: what `before` returned
 * @property {number} [times] how often it does so
 * @property {boolean} [leavesNothing] whether the Hub must keep no row of it at last
 * @property {boolean} [atOnce] whether no alarm rings in between
 * @property {boolean} [onTopOfPost] whether a post's own life is taken off
 */

/** A Hub that had a notification before, so that its tables are there. @param {Metered} metered */
const used = (metered) => metered.post("before", { lives: 60_000 });

/** A feed of 20 that stay. @param {Metered} metered */
async function filled(metered) {
  /** @type {string[]} */
  const ids = [];
  for (let n = 0; n < 20; n++) ids.push(await metered.post(`item ${n}`));
  return ids;
}

const life = "a post, with all of its life";

/** @type {Record<string, Operation>} */
const operations = {
  [life]: { before: used, does: (metered) => metered.post("one"), leavesNothing: true },
  "a post of 50 in a moment, with all of its life": {
    before: used,
    does: (metered) => Promise.all(Array.from({ length: 50 }, (_, n) => metered.post(`one ${n}`))),
    times: 50,
    leavesNothing: true,
  },
  "the same post again": {
    before: filled,
    does: (metered) => metered.post("item 0"),
  },
  "a replacement": {
    before: used,
    async does(metered) {
      await metered.post("one");
      await metered.settled();
      await metered.post("one", { title: "Hello again!" });
    },
    leavesNothing: true,
    onTopOfPost: true,
  },
  "a deletion": {
    before: used,
    async does(metered) {
      const id = await metered.post("one");
      await metered.settled();
      await metered.ask("DELETE", `${feed}/${id}`);
    },
    leavesNothing: true,
    onTopOfPost: true,
  },
  "a state change": {
    before: filled,
    does: (metered, [id]) => metered.ask("PATCH", `${feed}/${id}`, { readState: "read" }),
  },
  "a list page of 20, just posted": {
    before: filled,
    does: (metered) => metered.ask("GET", `${feed}?$top=20`),
    atOnce: true,
  },
  "a list page of 20, later": { before: filled, does: (metered) => metered.ask("GET", `${feed}?$top=20`) },
  "`$count` of 20": { before: filled, does: (metered) => metered.ask("GET", `${feed}/$count`) },
  "a connection, nothing missed": {
    async before(metered) {
      await filled(metered);
      return metered.connect();
    },
    does: (metered, cursor) => metered.connect(cursor),
  },
  "a resume of 10 changes": {
    async before(metered) {
      const ids = await filled(metered);
      const cursor = await metered.connect();
      for (const id of ids.slice(0, 10)) await metered.ask("PATCH", `${feed}/${id}`, { readState: "read" });
      return cursor;
    },
    does: (metered, cursor) => metered.connect(cursor),
  },
  "a subscription, and its end": {
    before: used,
    async does(metered) {
      const subscription = { targetHostName: host, platform: "windows", deviceId: "device" };
      const { id } = JSON.parse(await metered.ask("POST", `${feed}/subscriptions`, subscription));
      // Both are copied, so that the number of copies doesn't hang on how soon the second call comes.
      await metered.settled();
      await metered.ask("DELETE", `${feed}/subscriptions/${id}`);
    },
    leavesNothing: true,
  },
};

/**
 * The charges of an operation, measured.
 * @param {Stores} stores
 * @param {string} name
 */
async function measure(stores, name) {
  const { before, does, times = 1, leavesNothing, atOnce } = operations[name];
  const metered = await Metered.start(stores, name);
  try {
    const found = await before(metered);
    const rows = atOnce ? 0 : await metered.settled();
    const first = await metered.counts();
    await does(metered, found);
    const kept = atOnce ? 0 : await metered.settled(leavesNothing ? rows : Infinity);
    if (leavesNothing && kept !== rows) throw new Error(`${name} leaves ${kept - rows} rows behind`);
    const last = await metered.counts();
    return { charges: less(last.charges, first.charges, times), writers: less(last.writers, first.writers, times) };
  } finally {
    await metered.workerd.stop();
  }
}

/**
 * The bill of every operation.
 * @returns {Promise<Record<string, Bill>>}
 */
export async function bill() {
  const stores = await Stores.start(keySet);
  try {
    const names = Object.keys(operations);
    const found = await Promise.all(names.map((name) => measure(stores, name)));
    const post = found[names.indexOf(life)];
    return Object.fromEntries(
      found.map(({ charges, writers }, at) => {
        const name = names[at];
        const own = operations[name].onTopOfPost
          ? { charges: less(charges, post.charges), writers: less(writers, post.writers) }
          : { charges, writers };
        const wrote = Object.entries(own.writers).filter(([, rows]) => rows !== 0);
        return [name, { charges: own.charges, writers: Object.fromEntries(wrote), dollars: dollarsOf(own.charges) }];
      }),
    );
  } finally {
    stores.stop();
  }
}

/** @type {Record<keyof Charges, string>} */
const heads = {
  rowsWritten: "rows written",
  alarmsSet: "of these the alarm",
  rowsRead: "rows read",
  hubRequests: "Durable Object requests",
  workerRequests: "Worker requests",
  kvPuts: "KV puts",
  kvDeletes: "deletes",
  kvLists: "lists",
  kvReads: "keys read",
};

/**
 * @param {Record<string, Bill>} bill
 * @returns {import("./table.mjs").Rows}
 */
export function rowsOf(bill) {
  const columns = /** @type {(keyof Charges)[]} */ (Object.keys(heads));
  return [
    ["", ...columns.map((column) => heads[column]), "$ a million"],
    ...Object.entries(bill).map(([name, { charges, dollars }]) => [
      name,
      ...columns.map((column) => String(Number(charges[column].toFixed(2)))),
      dollars.toFixed(2),
    ]),
  ];
}

/** The file of the recorded bill, which no operation may exceed. */
const record = new URL("bill.json", import.meta.url);

/** @returns {Record<string, { charges: Charges, writers: Writers }>} */
export const recorded = () => JSON.parse(readFileSync(record, "utf8"));

/** @param {Record<string, Bill>} bill */
export function recordBill(bill) {
  const kept = Object.entries(bill).map(([name, { charges, writers }]) => [name, { charges, writers }]);
  writeFileSync(record, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
}

/**
 * The charges of an operation that have grown, each in a sentence.
 * @param {{ charges: Charges, writers: Writers }} now
 * @param {{ charges: Charges, writers: Writers }} before
 */
export function growth(now, before) {
  const columns = /** @type {(keyof Charges)[]} */ (Object.keys(heads));
  const grown = columns.filter((column) => now.charges[column] > before.charges[column] + 0.001);
  const sentences = grown.map((column) => `${heads[column]}: ${now.charges[column]}, not ${before.charges[column]}`);
  if (!grown.includes("rowsWritten")) return sentences;
  const wrote = Object.entries(now.writers).filter(([text, rows]) => rows > (before.writers[text] ?? 0));
  return [...sentences, ...wrote.map(([text, rows]) => `${rows} rows, not ${before.writers[text] ?? 0}, by ${text}`)];
}
