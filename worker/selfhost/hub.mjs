// The Hub on a machine of one's own: it says whether it has connections, and ends them when the service ends.

import { counters } from "../runtime/counters.mjs";
import { Hub as FeedHub, questionOf, STREAM } from "../runtime/hub.mjs";
import { siteOf } from "./site.mjs";

/**
 * A row as JSON can have it: bytes are text where they are UTF-8, else base64.
 * @param {Record<string, ArrayBuffer | string | number | null>} row
 */
function readable(row) {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (!(value instanceof ArrayBuffer)) return [name, value];
      try {
        return [name, new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(value)];
      } catch {
        return [name, /** @type {any} */ (new Uint8Array(value)).toBase64()];
      }
    }),
  );
}

/**
 * Whether a call waits on a socket, and no client is connected by it: so its attachment says (hub/src/waiting.rs).
 * @param {WebSocket} socket
 */
const isWaiting = (socket) => `${socket.deserializeAttachment()}`.startsWith("wait ");

/** The ids of the Hubs that have connections, in memory or not. @type {Set<string>} */
export const connectedHubs = new Set();

export class Hub extends FeedHub {
  /**
   * @param {DurableObjectState} ctx
   * @param {any} bindings
   */
  constructor(ctx, bindings) {
    super(ctx, siteOf(bindings).env);
  }

  /** @param {Request} request */
  async fetch(request) {
    const response = await super.fetch(request);
    if (!response.webSocket) return response;
    if (questionOf(request).operation === STREAM) counters.connections_opened++;
    connectedHubs.add(this.ctx.id.toString());
    return response;
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   * @param {string} reason
   */
  webSocketClose(socket, code, reason) {
    super.webSocketClose(socket, code, reason);
    this.#lost(socket);
  }

  /**
   * @param {WebSocket} socket
   * @param {unknown} error
   */
  webSocketError(socket, error) {
    super.webSocketError(socket, error);
    this.#lost(socket);
  }

  /** @param {WebSocket} socket */
  #lost(socket) {
    if (!isWaiting(socket)) counters.connections_closed++;
    // The socket whose close event this is may still be in the list.
    if (this.ctx.getWebSockets().length <= 1) connectedHubs.delete(this.ctx.id.toString());
  }

  /** Everything that the Hub has stored, by table; `null`: nothing. */
  contents() {
    const { sql } = this.ctx.storage;
    const tables = sql
      .exec(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
      )
      .toArray();
    if (tables.length === 0) return null;
    return Object.fromEntries(
      tables.map(({ name }) => [name, sql.exec(`SELECT * FROM "${name}"`).toArray().map(readable)]),
    );
  }

  /** Ends the Hub with all its connections, once what it has written is durable. */
  async end() {
    await this.ctx.storage.sync();
    this.ctx.abort("the service ends");
  }
}
