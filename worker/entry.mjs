// The Worker's main module: a thin wrapper around what worker-build makes of worker/src/.
//
// A panic in wasm must never leave a request hanging. The runtime that worker-build generates
// notices a panic and starts a fresh instance for the next call, but the calls that were under
// way then wait for ever, and keep their Durable Object from hibernating. So every call is raced
// against the runtime's crash signal. This leans on that runtime's private state object: the
// `worker` crate is pinned, and tests/blackbox/crash.test.mjs keeps it honest.

import { DurableObject } from "cloudflare:workers";
import Inner, { Hub as InnerHub } from "./build/index.js";

/** Rejects what is under way, one function per call. @type {Set<(reason: Error) => void>} */
const underWay = new Set();

class WasmCrash extends Error {}

const runtime = /** @type {any} */ (globalThis).__worker_init_state;
let criticalError = runtime.criticalError;
Object.defineProperty(runtime, "criticalError", {
  get: () => criticalError,
  set(value) {
    criticalError = value;
    if (!value) return;
    const interrupted = [...underWay];
    underWay.clear();
    for (const reject of interrupted) reject(new WasmCrash("the wasm instance crashed"));
  },
});

/**
 * Settles as `call` does, or rejects as soon as the wasm instance crashes.
 * @template T
 * @param {() => T | PromiseLike<T>} call
 * @returns {Promise<T>}
 */
function guard(call) {
  return new Promise((resolve, reject) => {
    underWay.add(reject);
    // An async function: what `call` throws at once becomes a rejection as well.
    (async () => call())().then(
      (value) => {
        underWay.delete(reject);
        resolve(value);
      },
      (reason) => {
        underWay.delete(reject);
        reject(reason);
      },
    );
  });
}

/**
 * The error of CONTRACT §1's envelope for a fault of our own.
 * @param {string} requestId
 * @param {string} clientRequestId
 */
function serviceUnavailable(requestId, clientRequestId) {
  return {
    code: "ServiceUnavailable",
    message: "The service failed to handle this request. Try again.",
    innerError: {
      date: new Date().toISOString().slice(0, 19),
      "request-id": requestId,
      "client-request-id": clientRequestId,
    },
    details: [],
  };
}

/**
 * Answers a request whose handler failed: nothing of the fault leaks, the log has it.
 * @param {Request} request
 * @param {unknown} fault
 */
function failed(request, fault) {
  const requestId = crypto.randomUUID();
  const sent = request.headers.get("client-request-id");
  const clientRequestId = sent && /^[\x20-\x7e]{1,128}$/.test(sent) ? sent : requestId;
  console.error(`request ${requestId} failed: ${fault}`);
  return Response.json(
    { error: serviceUnavailable(requestId, clientRequestId) },
    {
      status: 503,
      headers: {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "request-id, client-request-id, Retry-After",
        "Cache-Control": "private",
        "Content-Type": "application/json",
        "Retry-After": "1",
        "client-request-id": clientRequestId,
        "request-id": requestId,
      },
    },
  );
}

/** One user's feed of one host; see worker/src/hub. */
export class Hub extends DurableObject {
  /**
   * @param {DurableObjectState} state
   * @param {unknown} env
   */
  constructor(state, env) {
    super(state, env);
    // What goes on after an answer, as a replay does, would wait for ever after a crash, its client
    // with it, and keep the Hub in memory. Any call starts the Hub anew, which ends the replays that
    // were interrupted.
    const waitUntil = state.waitUntil.bind(state);
    /** @param {Promise<unknown>} work */
    state.waitUntil = (work) =>
      waitUntil(
        guard(() => work).catch((fault) => (fault instanceof WasmCrash ? guard(() => this.inner.alarm()) : undefined)),
      );
    /** @type {any} */
    this.inner = new InnerHub(state, env);
  }

  /** @param {Request} request */
  async fetch(request) {
    try {
      return await guard(() => this.inner.fetch(request));
    } catch (fault) {
      return failed(request, fault);
    }
  }

  /** A rejection makes the runtime call again, later and later. */
  alarm() {
    return guard(() => this.inner.alarm());
  }

  /**
   * The socket stays open; a frame that asks for an answer gets one.
   * @param {WebSocket} socket
   * @param {string | ArrayBuffer} message
   */
  async webSocketMessage(socket, message) {
    try {
      await guard(() => this.inner.webSocketMessage(socket, message));
    } catch (fault) {
      const requestId = crypto.randomUUID();
      console.error(`frame ${requestId} failed: ${fault}`);
      const ref = refOf(message);
      if (ref === undefined) return;
      const error = serviceUnavailable(requestId, requestId);
      socket.send(JSON.stringify({ type: "result", ref, status: 503, error }));
    }
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   * @param {string} reason
   * @param {boolean} wasClean
   */
  webSocketClose(socket, code, reason, wasClean) {
    return guard(() => this.inner.webSocketClose(socket, code, reason, wasClean));
  }

  /**
   * @param {WebSocket} socket
   * @param {unknown} error
   */
  webSocketError(socket, error) {
    return guard(() => this.inner.webSocketError(socket, error));
  }
}

/**
 * The `ref` by which a client frame asks for its result.
 * @param {string | ArrayBuffer} message
 * @returns {string | undefined}
 */
function refOf(message) {
  if (typeof message !== "string") return undefined;
  try {
    const ref = JSON.parse(message)?.ref;
    return typeof ref === "string" && ref.length <= 64 ? ref : undefined;
  } catch {
    return undefined;
  }
}

export default {
  /**
   * @param {Request} request
   * @param {unknown} env
   * @param {ExecutionContext} context
   */
  async fetch(request, env, context) {
    try {
      return await guard(() => new Inner(context, env).fetch(request));
    } catch (fault) {
      return failed(request, fault);
    }
  },
};
