// A process of its own: what stands beside the Workers in production, so that its work isn't counted
// as theirs. KV as the runtime's binding speaks to it (a namespace per `kv-namespace` header, in
// memory, every operation counted), and an issuer's key set.
//
//   node stores.mjs KEY_SET        prints its port as a line; ends when its input does

import { createServer } from "node:http";

/** @typedef {{ value: Buffer, metadata: string | undefined, expiration: number | undefined }} Entry */
/** @typedef {{ put: number, delete: number, list: number, read: number }} Operations */
/** @type {Map<string, { entries: Map<string, Entry>, operations: Operations }>} */
const namespaces = new Map();
const keySet = process.argv[2] ?? '{"keys":[]}';

/** @param {string} name */
function namespaceOf(name) {
  let namespace = namespaces.get(name);
  if (!namespace) {
    namespace = { entries: new Map(), operations: { put: 0, delete: 0, list: 0, read: 0 } };
    namespaces.set(name, namespace);
  }
  return namespace;
}

/** @param {Entry | undefined} entry */
const live = (entry) => (entry && !(Number(entry.expiration) <= Date.now() / 1000) ? entry : undefined);

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {Buffer} body
 * @returns {{ status?: number, headers?: Record<string, string>, body?: string | Buffer }}
 */
function answer(request, body) {
  const url = new URL(request.url ?? "/", "http://kv");
  if (url.pathname === "/-/keys") return { headers: { "Content-Type": "application/json" }, body: keySet };
  if (url.pathname === "/-/operations") {
    return { body: JSON.stringify(Object.fromEntries([...namespaces].map(([name, kv]) => [name, kv.operations]))) };
  }
  const { entries, operations } = namespaceOf(String(request.headers["kv-namespace"]));
  if (request.method === "POST" && url.pathname === "/bulk/get") {
    const { keys, type } = JSON.parse(String(body));
    // Billed by the key.
    operations.read += keys.length;
    /** @param {string} key */
    const read = (key) => {
      const entry = live(entries.get(key));
      if (!entry) return null;
      return type === "json" ? JSON.parse(String(entry.value)) : String(entry.value);
    };
    return { body: JSON.stringify(Object.fromEntries(keys.map((/** @type {string} */ key) => [key, read(key)]))) };
  }
  const path = url.pathname.slice(1);
  const key = url.searchParams.get("urlencoded")?.toLowerCase() === "true" ? decodeURIComponent(path) : path;
  switch (request.method) {
    case "PUT": {
      operations.put++;
      const ttl = url.searchParams.get("expiration_ttl");
      const at = url.searchParams.get("expiration");
      const expiration = ttl ? Math.floor(Date.now() / 1000) + Number(ttl) : at ? Number(at) : undefined;
      const metadata = request.headers["cf-kv-metadata"];
      entries.set(key, { value: body, metadata: metadata === undefined ? undefined : String(metadata), expiration });
      return {};
    }
    case "DELETE":
      operations.delete++;
      entries.delete(key);
      return {};
    case "GET": {
      if (key === "") {
        operations.list++;
        const prefix = url.searchParams.get("prefix") ?? "";
        const names = [...entries].filter(([name, entry]) => name.startsWith(prefix) && live(entry)).sort();
        const keys = names.map(([name, { expiration, metadata }]) => ({
          name,
          ...(expiration && { expiration }),
          ...(metadata && { metadata: JSON.parse(metadata) }),
        }));
        return { body: JSON.stringify({ keys, list_complete: true, cacheStatus: null }) };
      }
      operations.read++;
      const entry = live(entries.get(key));
      if (!entry) return { status: 404, body: "Not Found" };
      return {
        headers: {
          ...(entry.expiration && { "CF-Expiration": String(entry.expiration) }),
          ...(entry.metadata && { "CF-KV-Metadata": entry.metadata }),
        },
        body: entry.value,
      };
    }
  }
  return { status: 405 };
}

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const { status = 200, headers = {}, body = "" } = answer(request, Buffer.concat(chunks));
    response.writeHead(status, headers).end(body);
  });
});
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => {
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  console.log(address.port);
});
process.stdin.resume().on("end", () => process.exit(0));
