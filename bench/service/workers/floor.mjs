// The floor: the smallest Worker and Durable Object that keep a notification and send it on. No
// credentials, no validation, no KV: what the platform's tables and sockets cost anybody.

import { DurableObject } from "cloudflare:workers";

export class Feed extends DurableObject {
  /**
   * @param {DurableObjectState} state
   * @param {unknown} env
   */
  constructor(state, env) {
    super(state, env);
    this.sql = state.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS item (seq INTEGER PRIMARY KEY, state TEXT, body TEXT)");
  }

  /** @param {Request} request */
  async fetch(request) {
    switch (request.method) {
      case "POST": {
        const body = await request.text();
        this.sql.exec("INSERT INTO item (body) VALUES (?)", body);
        for (const socket of this.ctx.getWebSockets()) socket.send(body);
        return new Response(body, { status: 201 });
      }
      case "PATCH": {
        const state = await request.text();
        const seq = request.url.slice(request.url.lastIndexOf("/") + 1);
        this.sql.exec("UPDATE item SET state = ? WHERE seq = ?", state, seq);
        for (const socket of this.ctx.getWebSockets()) socket.send(state);
        return new Response(state);
      }
    }
    if (request.headers.get("Upgrade")) return this.stream(request);
    if (request.url.endsWith("/$count")) {
      return new Response(String(this.sql.exec("SELECT count(*) AS items FROM item").one().items));
    }
    const bodies = [];
    for (const [body] of this.sql.exec("SELECT body FROM item ORDER BY seq DESC LIMIT 20").raw()) bodies.push(body);
    return new Response(`[${bodies.join(",")}]`);
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
}

export default {
  /**
   * @param {Request} request to `/{user}` or below
   * @param {{ HUB: DurableObjectNamespace }} env
   */
  fetch(request, env) {
    const user = new URL(request.url).pathname.split("/", 2)[1];
    return env.HUB.get(env.HUB.idFromName(user)).fetch(request);
  },
};
