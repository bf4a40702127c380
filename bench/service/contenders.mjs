// The contenders, and how each is spoken to. All of them get the same notifications.

import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path/posix";
import { build } from "esbuild";
import { request } from "./line.mjs";
import { Nchan } from "./nchan.mjs";
import { app, audience, host, issuer, secret, tokenOf } from "./tokens.mjs";
import { root, Workerd } from "./workerd.mjs";

/**
 * A user of one contender.
 * @typedef {object} User
 * @property {string} name
 * @property {Record<string, string>} headers the credentials
 */

/** A running contender. @typedef {import("./process.mjs").Running} Serving */

/**
 * @typedef {object} Contender
 * @property {string} name by which CONTENDERS= names it
 * @property {string} label the head of its column
 * @property {boolean} [credentials] whether it checks tokens
 * @property {boolean} [pubSub] whether it takes part where only posts and frames are asked for
 * @property {(stores: import("./stores-process.mjs").Stores) => Promise<Serving>} start
 * @property {(user: User, body: string) => Buffer} post
 * @property {(user: User) => Buffer} page the newest 20
 * @property {(user: User) => Buffer} count
 * @property {(page: any) => string[]} idsOf what {@link change} takes, of the items of a page, newest first
 * @property {(user: User, id: string, state: "read" | "unread") => Buffer} change
 * @property {(user: User, cursor?: string) => { path: string, headers: Record<string, string> }} stream
 * @property {(frame: any) => boolean} [isReady] the frame after which changes come as they happen; without it the open socket is ready
 * @property {(frame: any) => boolean} [isChange] whether the frame before that one tells of a change
 * @property {(frame: any) => string | undefined} [cursorOf] where a resume after this frame begins
 * @property {boolean} [resumes] whether it can tell a client what it missed
 */

const source = (/** @type {string} */ path) => readFileSync(resolve(root, path));
const worker = (/** @type {string} */ name) => ({ [`${name}.mjs`]: source(`bench/service/workers/${name}.mjs`) });

/**
 * A floor: the user is in the path, the body is the item, nobody asks for credentials.
 * @returns {Omit<Contender, "name" | "label" | "start">}
 */
function plain() {
  return {
    post: (user, body) => request("POST", `/${user.name}`, {}, body),
    page: (user) => request("GET", `/${user.name}`),
    count: (user) => request("GET", `/${user.name}/$count`),
    // A floor's items have no id of their own: the n-th is changed by its number.
    idsOf: (page) => page.map((/** @type {unknown} */ _item, /** @type {number} */ at) => String(at + 1)),
    change: (user, id, state) => request("PATCH", `/${user.name}/${id}`, {}, state),
    stream: (user, cursor) => ({ path: `/${user.name}${cursor ? `?after=${cursor}` : ""}`, headers: {} }),
    cursorOf: () => undefined,
    resumes: true,
  };
}

const json = { "Content-Type": "application/json" };

/** @type {Contender} */
const floor = {
  name: "floor",
  label: "floor",
  ...plain(),
  start: (stores) => Workerd.start({ modules: worker("floor"), hub: "Feed" }, { stores: stores.port, name: "floor" }),
};

/** @param {"fetch" | "rpc"} way */
const storageFloor = (way) => ({
  name: `storage-${way}`,
  label: `storage floor, ${way === "rpc" ? "RPC" : "fetch"}`,
  ...plain(),
  start: (/** @type {import("./stores-process.mjs").Stores} */ stores) =>
    Workerd.start(
      {
        modules: worker("storage-floor"),
        hub: "Feed",
        vars: { REACHED_BY: way },
        namespaces: { FEED: `storage-${way}` },
      },
      { stores: stores.port, name: `storage floor (${way})` },
    ),
});

/** @type {Contender} */
const typescript = {
  name: "typescript",
  label: "TypeScript",
  credentials: true,
  async start(stores) {
    const bundled = await build({
      entryPoints: [resolve(root, "bench/service/typescript/worker.ts")],
      bundle: true,
      format: "esm",
      target: "esnext",
      conditions: ["workerd", "worker", "browser"],
      external: ["cloudflare:*"],
      minify: true,
      write: false,
    });
    return Workerd.start(
      {
        modules: { "worker.mjs": Buffer.from(bundled.outputFiles[0].contents) },
        hub: "Feed",
        vars: { TOKEN_SECRET: secret, JWKS_URL: stores.keySetUrl },
        namespaces: { FEED: "typescript" },
      },
      { stores: stores.port, name: "TypeScript" },
    );
  },
  post: (user, body) => request("POST", "/notifications", { ...json, ...user.headers }, body),
  page: (user) => request("GET", "/notifications", user.headers),
  count: (user) => request("GET", "/notifications/$count", user.headers),
  idsOf: (page) => page.value.map((/** @type {{ id: string }} */ { id }) => id),
  change: (user, id, readState) =>
    request("PATCH", `/notifications/${id}`, { ...json, ...user.headers }, JSON.stringify({ readState })),
  stream: (user) => ({ path: "/notifications/stream", headers: user.headers }),
};

/**
 * The modules of the Worker as it is deployed, by their paths in the repository: what its main
 * module imports, directly or not.
 * @param {{ main?: string, built?: string }} [options] `main`: a module around the Worker's; `built`:
 *   where worker/build/ lies instead
 */
export function notifeedModules({ main = "worker/build/index.js", built = "worker/build" } = {}) {
  /** @type {Record<string, Buffer>} */
  const modules = {};
  for (const waiting = [main]; waiting.length > 0;) {
    const path = String(waiting.shift());
    if (modules[path]) continue;
    modules[path] = source(path.replace(/^worker\/build\//, `${built}/`));
    if (path.endsWith(".wasm")) continue;
    for (const [, imported] of String(modules[path]).matchAll(/\b(?:from|import)\s*\(?["'](\.[^"'\n]+)["']/g)) {
      waiting.push(join(dirname(path), imported));
    }
  }
  return modules;
}

/**
 * Starts notifeed as it is deployed, but for limits that a single client would meet.
 * @param {import("./stores-process.mjs").Stores} stores
 * @param {{ modules?: Record<string, Buffer>, vars?: Record<string, string>, namespace?: string, inspector?: boolean }} [options]
 */
export async function startNotifeed(
  stores,
  { modules = notifeedModules(), vars = {}, namespace = "us", inspector } = {},
) {
  const issuers = [{ issuer, audience, algorithms: ["RS256", "ES256"], jwksUrl: stores.keySetUrl }];
  const key = `app:${encodeURIComponent(issuer)}:${app}`;
  await stores.put(`${namespace}-registry`, key, JSON.stringify({ hosts: [host], blocked: false }));
  return Workerd.start(
    {
      modules,
      hub: "Hub",
      vars: {
        DEVELOPMENT_TOKEN_SECRET: secret,
        UNS_KEYS: JSON.stringify({ 1: secret }),
        ISSUERS: JSON.stringify(issuers),
        POSTS_PER_SECOND: "0",
        CALLS_PER_SECOND: "0",
        MAX_FEED_ITEMS: "18000",
        ...vars,
      },
      namespaces: { FEED: namespace, REGISTRY: `${namespace}-registry` },
      limits: { APP_LIMIT: { limit: 1e9, period: 10 }, FAILED_TOKEN_LIMIT: { limit: 3000, period: 60 } },
    },
    { stores: stores.port, inspector, name: "notifeed" },
  );
}

const feed = "/beta/me/notifications";

/** @type {Contender} */
export const notifeed = {
  name: "us",
  label: "**notifeed**",
  credentials: true,
  resumes: true,
  start: (stores) => startNotifeed(stores),
  post: (user, body) => request("POST", feed, { ...json, ...user.headers }, body),
  page: (user) => request("GET", `${feed}?$top=20`, user.headers),
  count: (user) => request("GET", `${feed}/$count`, user.headers),
  idsOf: (page) => page.value.map((/** @type {{ id: string }} */ { id }) => id),
  change: (user, id, readState) =>
    request("PATCH", `${feed}/${id}`, { ...json, ...user.headers }, JSON.stringify({ readState })),
  stream: (user, cursor) => ({
    path: `${feed}/stream?platform=windows${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`,
    headers: { "Sec-WebSocket-Protocol": "notifeed.v1", ...user.headers },
  }),
  isReady: (frame) => frame.type === "ready",
  isChange: (frame) => frame.seq !== undefined,
  cursorOf: (frame) => frame.cursor,
};

const absent = () => {
  throw new Error("nchan has posts and frames only");
};

/** @type {Contender} */
const nchan = {
  name: "nchan",
  label: "nchan",
  pubSub: true,
  start: () => Nchan.start(),
  post: (user, body) => request("POST", `/post?user=${user.name}`, json, body),
  page: absent,
  count: absent,
  idsOf: absent,
  change: absent,
  stream: (user) => ({ path: `/stream?user=${user.name}`, headers: {} }),
};

/** In the order of their columns. */
export const contenders = [floor, storageFloor("fetch"), storageFloor("rpc"), typescript, nchan, notifeed];

/**
 * A user with credentials.
 * @param {string} name
 * @param {import("./tokens.mjs").Algorithm} [algorithm]
 * @returns {Promise<User>}
 */
export async function userOf(name, algorithm = "HS256") {
  return { name, headers: { Authorization: `Bearer ${await tokenOf(name, algorithm)}` } };
}

const expiration = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString();
let posted = 0;

/** The page's example, each time with an id of its own and an expiration that is to come. */
export function notification() {
  return `{"targetHostName":"${host}","appNotificationId":"n${++posted}","expirationDateTime":"${expiration}","payload":{"visualContent":{"title":"Hello World!","body":"Notifications are Great!"}},"targetPolicy":{"platformTypes":["windows","ios","android"]},"priority":"High","groupName":"TestGroup","displayTimeToLive":"60"}`;
}
