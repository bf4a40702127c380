// The validator: the contract's wasm behind functions that say so when it isn't loaded. No rule lives here.

import type { Options, Verdict } from "../generated/types.ts";
import * as glue from "../glue/notifeed.js";
import { NotInitializedError } from "./errors.ts";

/** A request body: its text, its UTF-8 bytes (a buffer or a view of one), or what `JSON.stringify` makes the text of. */
export type Body = string | Uint8Array | object;

/** A `WebAssembly.Module`. Not every host's types know that name, and where they do it stands for any object. */
export type CompiledModule = object;

/** The source of the wasm: its address, its bytes, or what was compiled of it. */
export type Source = string | URL | Request | Response | ArrayBuffer | ArrayBufferView | CompiledModule;

let loaded = false;
let loading: Promise<void> | undefined;

/**
 * Loads the wasm once, however often it is asked for. After a failure the next call tries again.
 * @param source gives the wasm
 */
export function load(source: () => Source | Promise<Source>): Promise<void> {
  loading ??= instantiate(source).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function instantiate(source: () => Source | Promise<Source>): Promise<void> {
  if (loaded) return;
  await glue.default({ module_or_path: (await source()) as BufferSource });
  loaded = true;
}

/**
 * Loads the wasm at once, from a compiled module or the bytes of `notifeed/notifeed_bg.wasm`.
 * Browsers refuse to compile large modules this way on a page's main thread; ours is small enough.
 */
export function initSync(module: CompiledModule | ArrayBuffer | ArrayBufferView): void {
  if (loaded) return;
  glue.initSync({ module: module as BufferSource });
  loaded = true;
  loading = Promise.resolve();
}

/**
 * Judges a request body as the service does (CONTRACT §1).
 * @throws TypeError for what can't be a body, RangeError for an option out of its range, {@link NotInitializedError}.
 * A body that isn't a notification is no error but a verdict.
 */
export function validate(body: Body, options?: Options): Verdict {
  return glue.validate(crossing(body), options) as Verdict;
}

/**
 * Whether a request body is a notification: {@link validate}'s `ok` alone, without the work of saying more.
 * @throws as {@link validate}
 */
export function isValid(body: Body, options?: Options): boolean {
  return glue.isValid(crossing(body), options);
}

/**
 * The canonical text of a valid request body: what the feed keeps, all defaults written out.
 * @throws as {@link validate}, and an `InvalidNotificationError` for a body that isn't a notification
 */
export function normalize(body: Body, options?: Options): string {
  return glue.normalize(crossing(body), options);
}

/** The body as it goes over to the wasm, in one piece. An object is judged as the text that `fetch` would be given. */
function crossing(body: Body): string | Uint8Array {
  if (!loaded) throw new NotInitializedError();
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  // Bytes as `fetch` takes them, also those of another frame.
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (isBuffer(body)) return new Uint8Array(body);
  const text = typeof body === "object" ? JSON.stringify(body) : undefined;
  if (text === undefined) throw new TypeError("A body is a string, a Uint8Array, or an object that JSON can say.");
  return text;
}

function isBuffer(body: unknown): body is ArrayBuffer {
  return Object.prototype.toString.call(body) === "[object ArrayBuffer]";
}
