// What clients ask of the service: sent when there is a line, sent again when the line broke before the answer. Setting
// states and deleting can be done twice without harm, so nothing is lost and nothing is done wrong.

import type { ClientFrame, ServerFrame } from "../generated/types.ts";

export type Request = Extract<ClientFrame, { type: "update" | "delete" }>;
export type Result = Extract<ServerFrame, { type: "result" }>;

/** The service lets a client send 500 frames at once and 100 a second (docs/limits.md): we stay well below. */
const BURST = 250;
const PER_SECOND = 50;

export class Outbox {
  /** By `ref`, in the order in which they were asked. */
  readonly #requests = new Map<string, Request>();
  readonly #unsent = new Set<string>();
  #send: ((frame: ClientFrame) => boolean) | null = null;
  #budget = BURST;
  #refill: ReturnType<typeof setTimeout> | undefined;

  add(request: Request): void {
    if (this.#requests.has(request.ref)) return;
    this.#requests.set(request.ref, request);
    this.#unsent.add(request.ref);
    this.#pump();
  }

  /** There is a line: what isn't answered is sent over it. */
  lineUp(send: (frame: ClientFrame) => boolean): void {
    this.#send = send;
    for (const ref of this.#requests.keys()) this.#unsent.add(ref);
    this.#pump();
  }

  lineLost(): void {
    this.#send = null;
  }

  /** @returns the request that a result answers, if it is one of ours */
  answered({ ref }: Result): Request | undefined {
    const request = this.#requests.get(ref);
    this.#requests.delete(ref);
    this.#unsent.delete(ref);
    return request;
  }

  /** Forgets what was asked. */
  clear(): void {
    this.lineLost();
    this.#requests.clear();
    this.#unsent.clear();
    clearTimeout(this.#refill);
    this.#refill = undefined;
  }

  #pump(): void {
    for (const ref of this.#unsent) {
      if (this.#budget === 0 || !this.#send?.(this.#requests.get(ref)!)) break;
      this.#unsent.delete(ref);
      this.#budget -= 1;
    }
    if (this.#budget < BURST) this.#refill ??= setTimeout(this.#refilled, 1000);
  }

  readonly #refilled = () => {
    this.#refill = undefined;
    this.#budget = Math.min(BURST, this.#budget + PER_SECOND);
    this.#pump();
  };
}
