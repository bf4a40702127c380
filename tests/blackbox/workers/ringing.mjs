// The deployed Worker, with doors to its newest feed: `POST /ring` rings its alarm, `GET /rows` counts the rows of its tables.

import worker, { Hub as DeployedHub } from "../../../worker/build/index.js";

/** @type {DurableObjectId | undefined} */
let newest;

export class Hub extends DeployedHub {
  /**
   * @param {DurableObjectState} ctx
   * @param {any} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    newest = ctx.id;
  }

  ring() {
    this.alarm();
  }

  /** @returns {Record<string, number>} */
  rows() {
    const { sql } = this.ctx.storage;
    const names = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'").toArray();
    return Object.fromEntries(names.map(({ name }) => [name, sql.exec(`SELECT 1 FROM "${name}"`).toArray().length]));
  }
}

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/ring") await env.HUB.get(newest).ring();
    else if (pathname === "/rows") return Response.json(await env.HUB.get(newest).rows());
    else return worker.fetch(request, env);
    return new Response();
  },
};
