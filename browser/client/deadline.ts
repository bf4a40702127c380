// A deadline for things that may never answer: after it the client goes on with less.

import type { Environment } from "./environment.ts";

/** Something didn't answer in time. */
export class Late extends Error {}

/**
 * @param milliseconds after which it is given up
 * @returns what the promise gives
 * @throws Late when it gives nothing in time
 */
export function within<T>(environment: Environment, milliseconds: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = environment.after(milliseconds, () => reject(new Late()));
    promise.then(resolve, reject).finally(cancel);
  });
}
