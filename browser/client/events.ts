// Events with types: listeners, and all of them in one stream.

import type { LiveEvent, LiveEvents } from "./api.ts";

type Listener = (event: never) => void;

export class Events {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #streams = new Set<(event: LiveEvent | null) => void>();
  #ended = false;

  on<Type extends keyof LiveEvents>(type: Type, listener: (event: LiveEvents[Type]) => void): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit(event: LiveEvent): void {
    for (const listener of [...(this.#listeners.get(event.type) ?? []), ...this.#streams]) {
      try {
        listener(event as never);
      } catch (error) {
        // The app's mistake: it is told like any other uncaught error, and nobody else misses the event.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** No event comes any more. */
  end(): void {
    this.#ended = true;
    for (const stream of this.#streams) stream(null);
    this.#listeners.clear();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LiveEvent, void> {
    const waiting: (LiveEvent | null)[] = this.#ended ? [null] : [];
    let wake = () => {};
    const stream = (event: LiveEvent | null) => {
      waiting.push(event);
      wake();
    };
    this.#streams.add(stream);
    try {
      for (;;) {
        while (waiting.length > 0) {
          const event = waiting.shift();
          if (!event) return;
          yield event;
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#streams.delete(stream);
    }
  }
}
