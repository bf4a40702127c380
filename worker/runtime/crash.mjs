// Crashes of the wasm instance, and how pending calls are rejected after one.
//
// In a plain call a crash is an exception, at once. A caller of an async function would wait for
// ever: its futures are gone. So `crashed` rejects every pending call; the panic hook of worker/src/lib.rs calls it
// too.

/** Rejects what waits, one function each. @type {Set<(reason: Error) => void>} */
const waiting = new Set();

let broken = false;

class WasmCrash extends Error {}

/** The instance is broken. */
export function crashed() {
  broken = true;
  const interrupted = [...waiting];
  waiting.clear();
  for (const reject of interrupted) reject(new WasmCrash("the wasm instance crashed"));
}

/** Returns whether a fresh instance is needed, and resets this mark. */
export function needsRepair() {
  const needed = broken;
  broken = false;
  return needed;
}

/**
 * Settles as `promise` does, or rejects as soon as the instance crashes.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export function orCrash(promise) {
  return new Promise((resolve, reject) => {
    waiting.add(reject);
    promise.then(resolve, reject).finally(() => waiting.delete(reject));
  });
}

// A trap without a panic, such as a stack overflow, in a function that no caller waits for.
globalThis.addEventListener(/** @type {any} */ ("error"), (/** @type {any} */ event) => {
  if (event.error instanceof WebAssembly.RuntimeError) crashed();
});
