// A double of Cloudflare's API, as far as wrangler asks for it: an account that remembers what was made in it.

import { createServer } from "node:http";

const ACCOUNT = "0123456789abcdef0123456789abcdef";

/**
 * A version of a Worker, as it was uploaded.
 * @typedef {{ id: string, metadata: any }} Version
 */

/**
 * A Worker of the account.
 * @typedef {object} Script
 * @property {Record<string, string>} secrets
 * @property {Version[]} versions the newest last
 * @property {{ version_id: string, percentage: number }[][]} deployments the newest last
 * @property {string} [migration] the tag of the last one
 */

/** An answer of the API that isn't a success. */
class Failure extends Error {
  /**
   * @param {number} status
   * @param {number} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export class Cloudflare {
  /** @type {Map<string, Script>} */
  scripts = new Map();
  /** @type {{ id: string, title: string, jurisdiction?: string }[]} */
  namespaces = [];
  /** The changes that were made: method and path below the account. @type {string[]} */
  changes = [];
  /** The API fails where a path has this. @type {string | undefined} */
  failing;
  #server = createServer((request, response) => void this.#respond(request, response));

  async start() {
    await new Promise((listening) => this.#server.listen(0, "127.0.0.1", () => listening(undefined)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.#server.address());
    this.url = `http://127.0.0.1:${port}/client/v4`;
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  async #respond(request, response) {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const path = pathname.slice("/client/v4".length);
    const method = request.method ?? "GET";
    const body = await new Response(/** @type {any} */ (request), {
      headers: { "content-type": request.headers["content-type"] ?? "" },
    });
    try {
      if (this.failing && path.includes(this.failing)) throw new Failure(500, 10001, "The double fails on purpose.");
      const found = await this.#answer(method, path, body);
      // Each list fits on one page.
      const result = Number(searchParams.get("page") ?? 1) > 1 ? [] : found;
      const envelope = { success: true, errors: [], messages: [], result };
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(envelope));
    } catch (fault) {
      const { status, code } = fault instanceof Failure ? fault : { status: 500, code: 10013 };
      const errors = [{ code, message: /** @type {Error} */ (fault).message }];
      response
        .writeHead(status, { "Content-Type": "application/json" })
        .end(JSON.stringify({ success: false, errors, messages: [], result: null }));
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Response} body
   * @returns {Promise<unknown>}
   */
  async #answer(method, path, body) {
    if (path === "/user") return { id: "1", email: "operator@example.com" };
    if (path === "/user/tokens/verify") return { id: "1", status: "active" };
    if (path === "/accounts") return [{ id: ACCOUNT, name: "Contoso" }];
    if (path === "/memberships") return [{ account: { id: ACCOUNT, name: "Contoso" } }];
    if (path.endsWith("/workers/subdomain")) return { subdomain: "contoso" };
    const below = path.replace(`/accounts/${ACCOUNT}/`, "");
    if (method !== "GET") this.changes.push(`${method} ${below}`);
    if (below === "storage/kv/namespaces")
      return method === "GET" ? this.namespaces : this.#makeNamespace(await body.json());
    const [, name, rest] = /^workers\/(?:scripts|services|workers)\/([^/]+)(?:\/(.*))?$/.exec(below) ?? [];
    if (name) return this.#answerOf(name, `${method} ${rest ?? ""}`.trim(), body);
    throw new Failure(404, 7003, `The double has no ${method} ${path}.`);
  }

  /** @param {{ title: string, jurisdiction?: string }} asked */
  #makeNamespace(asked) {
    if (this.namespaces.some(({ title }) => title === asked.title))
      throw new Failure(400, 10014, "a namespace with this title already exists");
    const namespace = { id: String(this.namespaces.length + 1).padStart(32, "0"), ...asked };
    this.namespaces.push(namespace);
    return namespace;
  }

  /**
   * @param {string} name
   * @param {string} call method and path below the Worker
   * @param {Response} body
   */
  async #answerOf(name, call, body) {
    if (call === "PUT") {
      const id = await this.#upload(name, await body.formData());
      this.#script(name).deployments.push([{ version_id: id, percentage: 100 }]);
      return { id: name, startup_time_ms: 1 };
    }
    const script = this.#script(name);
    const version = script.versions.find(({ id }) => call === `GET versions/${id}`);
    if (version) return described(version);
    switch (call) {
      case "GET":
        return {
          id: name,
          subdomain: { enabled: true, previews_enabled: false },
          default_environment: { script: { last_deployed_from: "wrangler", migration_tag: script.migration } },
        };
      case "GET settings":
        return { bindings: script.versions.at(-1)?.metadata.bindings, migration_tag: script.migration };
      case "GET secrets":
        return Object.keys(script.secrets).map((secret) => ({ name: secret, type: "secret_text" }));
      case "PATCH secrets-bulk":
        for (const [secret, { text }] of Object.entries((await body.json()).secrets)) script.secrets[secret] = text;
        return [];
      case "POST assets-upload-session":
        return { jwt: "assets", buckets: [] };
      case "GET subdomain":
      case "POST subdomain":
        return { enabled: true, previews_enabled: false };
      case "POST versions": {
        const id = await this.#upload(name, await body.formData());
        return { id, startup_time_ms: 1, metadata: { has_preview: false } };
      }
      case "GET deployments":
        return { deployments: script.deployments.map((versions) => ({ ...AUTHOR, versions })).reverse() };
      case "POST deployments":
        script.deployments.push((await body.json()).versions);
        return { id: crypto.randomUUID() };
      case "PATCH script-settings":
        return {};
    }
    throw new Failure(404, 7003, `The double has no ${call}.`);
  }

  /**
   * @param {string} name
   * @returns {Script}
   */
  #script(name) {
    const script = this.scripts.get(name);
    if (!script) throw new Failure(404, 10007, "This Worker does not exist on your account.");
    return script;
  }

  /**
   * @param {string} name
   * @param {FormData} form
   */
  async #upload(name, form) {
    const script = this.scripts.get(name) ?? { secrets: {}, versions: [], deployments: [] };
    this.scripts.set(name, script);
    const metadata = JSON.parse(String(form.get("metadata")));
    script.migration = metadata.migrations?.new_tag ?? script.migration;
    const id = crypto.randomUUID();
    script.versions.push({ id, metadata });
    return id;
  }
}

/** The author that the API gives to all things. */
const AUTHOR = { created_on: new Date(0).toISOString(), source: "wrangler", author_email: "operator@example.com" };

/** @param {Version} version */
function described({ id, metadata }) {
  const script = { etag: "", handlers: ["fetch"], last_deployed_from: "wrangler" };
  return { id, number: 1, metadata: AUTHOR, resources: { bindings: metadata.bindings, script, script_runtime: {} } };
}
