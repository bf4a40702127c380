// What this client asked and hasn't been answered: shown as if it were done already, taken back when it is refused.

import type { FeedNotification } from "../generated/types.ts";
import { LiveError } from "./api.ts";
import type { Request, Result } from "./outbox.ts";

interface Waiting {
  request: Request;
  resolve(): void;
  reject(error: LiveError): void;
}

export class Asked {
  readonly #waiting = new Map<string, Waiting>();

  get requests(): Request[] {
    return [...this.#waiting.values()].map(({ request }) => request);
  }

  has(ref: string): boolean {
    return this.#waiting.has(ref);
  }

  /** @returns a promise that is settled by the answer */
  add(request: Request): Promise<void> {
    return new Promise((resolve, reject) => void this.#waiting.set(request.ref, { request, resolve, reject }));
  }

  answer({ ref, status, error }: Result): void {
    const waiting = this.#waiting.get(ref);
    if (!waiting) return;
    this.#waiting.delete(ref);
    // What was to be deleted and is gone is as it should be.
    if (status < 300 || (status === 404 && waiting.request.type === "delete")) waiting.resolve();
    else waiting.reject(new LiveError(status, error?.code ?? "", error?.message ?? "The service refused it."));
  }

  /** No answer comes any more. */
  close(): void {
    for (const { reject } of this.#waiting.values()) {
      reject(new LiveError(0, "Closed", "The client was closed before the service answered."));
    }
    this.#waiting.clear();
  }

  /** The notifications as they are when everything that was asked is done. */
  applyTo(items: FeedNotification[]): FeedNotification[] {
    if (this.#waiting.size === 0) return items;
    const changes = new Map<string, Request[]>();
    for (const request of this.requests) changes.set(request.id, [...(changes.get(request.id) ?? []), request]);
    return items.flatMap((item) => {
      let shown = item;
      for (const request of changes.get(item.id) ?? []) {
        if (request.type === "delete") return [];
        const { readState = shown.readState, userActionState = shown.userActionState } = request;
        shown = { ...shown, readState, userActionState };
      }
      return [shown];
    });
  }
}
