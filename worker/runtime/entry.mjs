// The Worker's main module: it drives the state machine of worker/src/edge. It gets one step after the other as text
// (worker/src/edge/step.rs), does all the waiting, and makes the one response.

import {
  begin,
  failedDependency,
  failedRequest,
  foreign,
  issueToken,
  overLimit,
  prove,
  proven,
  refusal,
  release,
  withBody,
  withoutBody,
} from "../build/bindings.js";
import { answerAll } from "./batch.mjs";
import { STREAM_HEADER } from "./hub.mjs";
import { configure, constants, run, wait } from "./instance.mjs";
import { answerTo } from "./degraded.mjs";
import { answered } from "./events.mjs";
import { watchedOver } from "./health.mjs";
import { isWithinLimit } from "./limit.mjs";
import { observed } from "./observe.mjs";
import { operate } from "./operator.mjs";
import { erase, exportOf, feedsOf } from "./person.mjs";
import { respond } from "./reply.mjs";
import { eventsOf } from "./server_sent.mjs";

export { Hub } from "./hub.mjs";

/** The wait before a call is repeated whose Hub is about to end, in milliseconds. */
const RETRY_AFTER = 25;

/** The header in which Cloudflare's network says where a request comes from. */
const ADDRESS = "CF-Connecting-IP";

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  fetch: (request, env) =>
    watchedOver(request.url, env, hubsOf(env)) ?? handle(request, env, request.headers.get(ADDRESS)),
};

/**
 * Answers a request.
 * @param {Request} request
 * @param {any} env
 * @param {string | null} address where it comes from; `null`: unknown
 * @param {(observed: import("./observe.mjs").Observed) => void} [see] is told of it
 */
export async function handle(request, env, address, see) {
  const watch = { env, see };
  const { method, url } = request;
  return watched({ method, url }, watch, async () => {
    /** @type {string | undefined} */
    let facts;
    try {
      configure(env);
      const operated = request.url.includes("/operator/") && (await operate(request, env, hubsOf(env), address));
      return operated || (await answer((facts = described(request, address)), request, watch));
    } catch (fault) {
      return failed(() => facts ?? described(request, address), fault);
    }
  });
}

/**
 * The observers of answered requests.
 * @typedef {{ env: any, see?: (observed: import("./observe.mjs").Observed) => void }} Watch
 */

/**
 * Answers, and tells of it.
 * @param {{ method: string, url: string }} request
 * @param {Watch} watch
 * @param {() => Promise<Response>} answer
 */
async function watched(request, { env, see }, answer) {
  const began = Date.now();
  const response = await answer();
  if (see || env.METRICS || env.LOG_REQUESTS === "all" || env.LOG_REQUESTS === "failures") {
    try {
      const seen = observed(request, response, began);
      see?.(seen);
      answered(env, seen);
    } catch (fault) {
      console.error(`a request couldn't be logged: ${fault}`);
    }
  }
  return response;
}

/**
 * Answers a request whose handler failed. A fresh wasm instance writes the answer, so it is the contract's.
 * @param {() => string} facts the request as text
 * @param {unknown} fault
 */
function failed(facts, fault) {
  try {
    return respond(run(() => failedRequest(facts(), Date.now(), String(fault))));
  } catch (again) {
    // No instance works: the settings can't be handed over, or the module is broken.
    console.error(`a request failed: ${fault}; writing its answer failed too: ${again}`);
    return new Response(null, { status: 503, headers: { "Retry-After": "1" } });
  }
}

/**
 * Answers a request of a batch as if it had come alone.
 * @param {import("./batch.mjs").Part} part
 * @param {boolean} mayBeMade whether those succeeded that it depends on
 * @param {Watch} watch
 */
function answerPart({ facts, body }, mayBeMade, watch) {
  const [method, url] = facts.split("\n", 2);
  return watched({ method, url }, watch, async () => {
    try {
      if (!mayBeMade) return respond(run(() => failedDependency(facts, Date.now())));
      return await answer(facts, new Response(body), watch);
    } catch (fault) {
      return failed(() => facts, fault);
    }
  });
}

/**
 * A request as text: see worker/src/edge/facts.rs.
 * @param {Request} request
 * @param {string | null} address
 */
function described(request, address) {
  const { headers } = request;
  let text = `${request.method}\n${request.url}`;
  for (const name of constants.headers) text += `\n${(name === ADDRESS ? address : headers.get(name)) ?? "\0"}`;
  return text;
}

/**
 * Takes one step after the other, up to the response.
 * @param {string} facts the request as text
 * @param {Request | Response} source has its body
 * @param {Watch} watch
 * @returns {Promise<Response>}
 */
async function answer(facts, source, watch) {
  const { env } = watch;
  let text = run(() => begin(facts, Date.now()));
  for (;;) {
    const step = new Lines(text);
    const what = step.next();
    const call = Number(step.next());
    const key = step.next();
    if (key && !(await isWithinLimit(env.APP_LIMIT, key))) {
      text = run(() => overLimit(call));
    } else if (what === "body") {
      const limit = step.next();
      const body = await bodyOf(source, limit).catch(() => null);
      text = run(() => (body === null ? withoutBody(call) : withBody(call, body)));
    } else if (what === "prove") {
      await wait(() => prove(call, env));
      text = run(() => proven(call));
    } else if (what === "issue") {
      return respond((await wait(() => issueToken(call))) ?? "");
    } else {
      if (call) run(() => release(call));
      if (what === "feed") return ask(commandOf(step), hubsOf(env));
      if (what === "read") {
        const prefix = step.next();
        const command = commandOf(step);
        return ask(command, hubsOf(env), (question, id) => answerTo(question, id, { ...command, prefix }, env));
      }
      if (what === "wait") return askWhenNew(Number(step.next()), commandOf(step), hubsOf(env));
      if (what === "batch") {
        const head = step.take(Number(step.next()));
        const one = (/** @type {import("./batch.mjs").Part} */ part, /** @type {boolean} */ may) =>
          answerPart(part, may, watch);
        return respond(head + (await answerAll(JSON.parse(step.rest()), one)));
      }
      if (what === "erase" || what === "export") {
        const person = JSON.parse(step.next());
        const answer = respond(step.take(Number(step.next())));
        if (what === "export") return new Response(exportOf(person, step.rest(), env, hubsOf(env)), answer);
        for await (const feed of feedsOf(person, env, hubsOf(env))) await erase(feed, env);
        return answer;
      }
      if (what === "connect") return connect(step, hubsOf(env));
      if (what === "reply") return respond(step.rest());
      if (what === "close") return closed(Number(step.next()), step.next(), step.next(), step.next());
      throw new Error("the request has no answer");
    }
  }
}

/**
 * The body; `undefined` if it is longer than the limit, of which no more is read then.
 * @param {Request | Response} source
 * @param {string} limit bytes; empty: it is known to be short enough
 */
async function bodyOf(source, limit) {
  if (limit === "" || source.body === null) return new Uint8Array(await source.arrayBuffer());
  const chunks = [];
  let length = 0;
  for await (const chunk of source.body) {
    length += chunk.byteLength;
    if (length > Number(limit)) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/**
 * The feeds of the deployment, all of which live where `JURISDICTION` says.
 * @param {any} env
 * @returns {DurableObjectNamespace<import("./hub.mjs").Hub>}
 */
export function hubsOf({ HUB, JURISDICTION }) {
  return JURISDICTION ? HUB.jurisdiction(JURISDICTION) : HUB;
}

/**
 * A command for a feed: where the feed lives, the headers that every answer has, and the fields.
 * @typedef {{ kind: string, address: string, operation: string, common: string, fields: string }} Command
 */

/**
 * @param {Lines} step
 * @returns {Command}
 */
function commandOf(step) {
  const kind = step.next();
  const address = step.next();
  const operation = step.next();
  const common = step.take(Number(step.next()));
  return { kind, address, operation, common, fields: step.rest() };
}

/**
 * Asks a feed.
 * @param {Command} command
 * @param {DurableObjectNamespace<import("./hub.mjs").Hub>} hubs
 * @param {(question: () => Promise<string>, id: DurableObjectId) => Promise<string>} [insist] finds the answer where the
 *   feed may have none
 */
async function ask({ kind, address, operation, common, fields }, hubs, insist = (question) => question()) {
  const id = idOf(hubs, kind, address);
  if (id === undefined)
    return respond(
      run(() => foreign(fields)),
      common,
    );
  const call = () => hubs.get(id).call(constants.protocol, operation, fields);
  const question = async () => {
    const answer = await call();
    return answer === constants.retry ? again(call) : answer;
  };
  const began = Date.now();
  const answer = await insist(question, id);
  const feed = Date.now() - began;
  // A feed of the previous release sends no row counts.
  const numbers = /^(\d+) (\d+)\n/.exec(answer);
  if (!numbers) return respond(answer, common, { feed });
  const [line, read, written] = numbers;
  return respond(answer.slice(line.length), common, { feed, read: Number(read), written: Number(written) });
}

/**
 * Calls a feed. If the feed has nothing new, calls it again as soon as it has, but after `seconds` at the latest. The
 * waiting is done here, on a socket that the feed closes: the feed sleeps meanwhile.
 * @param {number} seconds
 * @param {Command} command
 * @param {DurableObjectNamespace<import("./hub.mjs").Hub>} hubs
 */
async function askWhenNew(seconds, command, hubs) {
  const { kind, address, operation, common, fields } = command;
  const id = idOf(hubs, kind, address);
  if (id === undefined) return ask(command, hubs);
  const answer = await upgraded(() => hubs.get(id), `${encodeURIComponent(fields)} ${operation}`);
  if (typeof answer === "string") return respond(answer, common);
  answer.accept();
  /** @type {Promise<void>} */
  const news = new Promise((resolve) => {
    answer.addEventListener("close", () => resolve());
    answer.addEventListener("error", () => resolve());
    // After so many milliseconds the item ends by itself.
    answer.addEventListener("message", ({ data }) => void scheduler.wait(Number(data)).then(resolve));
  });
  await Promise.race([news, scheduler.wait(seconds * 1000)]);
  answer.close(1000);
  return ask(command, hubs);
}

/**
 * Asks a feed for a socket; where it gives none, its answer.
 * @param {() => DurableObjectStub<import("./hub.mjs").Hub>} hub
 * @param {string} command the fields, and the operation where it isn't to connect a client
 */
async function upgraded(hub, command) {
  const headers = { Upgrade: "websocket", [STREAM_HEADER]: `${constants.protocol} ${command}` };
  const question = async () => {
    const response = await hub().fetch("https://hub/", { headers });
    return response.webSocket ?? response.text();
  };
  const answer = await question();
  return answer === constants.retry ? again(question) : answer;
}

/**
 * Connects a client with a feed.
 * @param {Lines} step
 * @param {DurableObjectNamespace<import("./hub.mjs").Hub>} hubs
 */
async function connect(step, hubs) {
  step.next();
  const address = step.next();
  step.next();
  const kind = step.next();
  const subprotocol = step.next();
  const requestId = step.next();
  const common = step.take(Number(step.next()));
  // A stream is always the token's user's: by name.
  const id = hubs.idFromName(address);
  const answer = await upgraded(() => hubs.get(id), encodeURIComponent(step.rest()));
  if (typeof answer !== "string") {
    if (kind !== "events") return switched(answer, subprotocol, requestId);
    const head = "200\nContent-Type: text/event-stream\nX-Accel-Buffering: no\nCache-Control: no-store\n\n";
    return new Response(eventsOf(answer), respond(head, common));
  }
  if (kind !== "browser") return respond(answer, common);
  const [code, reason] = run(() => refusal(answer)).split("\n");
  return closed(Number(code), reason, subprotocol, requestId);
}

/**
 * The id of a feed's Hub; `undefined`: not in this deployment.
 * @param {DurableObjectNamespace<import("./hub.mjs").Hub>} hubs
 * @param {string} kind
 * @param {string} address
 */
function idOf(hubs, kind, address) {
  if (kind === "name") return hubs.idFromName(address);
  try {
    return hubs.idFromString(address);
  } catch {
    return undefined;
  }
}

/**
 * Repeats a call if the Hub answered that it is about to end and has done nothing.
 * @template T
 * @param {() => Promise<T>} question
 */
async function again(question) {
  await scheduler.wait(RETRY_AFTER);
  const answer = await question();
  if (answer === constants.retry) throw new Error("the feed is about to end its memory");
  return answer;
}

/**
 * Accepts an upgrade only to close it: for browsers, which could see neither the status nor the
 * envelope of a refusal.
 * @param {number} code
 * @param {string} reason
 * @param {string} subprotocol
 * @param {string} requestId
 */
function closed(code, reason, subprotocol, requestId) {
  const [client, server] = Object.values(new WebSocketPair());
  server.accept();
  server.close(code, reason);
  return switched(client, subprotocol, requestId);
}

/**
 * Answers an upgrade.
 * @param {WebSocket} client
 * @param {string} subprotocol the one that was offered, or nothing
 * @param {string} requestId
 */
function switched(client, subprotocol, requestId) {
  /** @type {Record<string, string>} */
  const headers = { "request-id": requestId };
  if (subprotocol) headers["Sec-WebSocket-Protocol"] = subprotocol;
  return new Response(null, { status: 101, webSocket: client, headers });
}

/** A step's lines, read one after the other. */
class Lines {
  #place = 0;

  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  next() {
    const end = this.text.indexOf("\n", this.#place);
    const line = this.text.slice(this.#place, end);
    this.#place = end + 1;
    return line;
  }

  /** @param {number} length */
  take(length) {
    return this.text.slice(this.#place, (this.#place += length));
  }

  rest() {
    return this.text.slice(this.#place);
  }
}
