// The service's clock, as far as it is known here: the device's may be wrong by days, and may be set at any moment.

import type { Environment } from "./environment.ts";

export class Clock {
  readonly #environment: Environment;
  /** How far the service's clock is ahead of the device's, in milliseconds; of an earlier visit until the service tells. */
  #offset = 0;
  /** The service's time, and when it told. */
  #told: { now: number; at: number } | null = null;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Whether the service has told the time in this visit. */
  get isSure(): boolean {
    return this.#told !== null;
  }

  get offset(): number {
    return this.#offset;
  }

  /** Takes the offset of an earlier visit, until the service tells. */
  assume(offset: unknown): void {
    if (!this.#told && Number.isFinite(offset)) this.#offset = offset as number;
  }

  /** @param now what the service's clock says: ISO 8601, or milliseconds since 1970; what is neither is no news */
  set(now: unknown): void {
    const time = typeof now === "string" ? Date.parse(now) : now;
    if (typeof time !== "number" || !Number.isFinite(time)) return;
    this.#told = { now: time, at: this.#environment.elapsed() };
    this.#offset = time - this.#environment.now();
  }

  /** Whole milliseconds since 1970: timers know no fractions. */
  now(): number {
    const told = this.#told;
    return told ? told.now + Math.round(this.#environment.elapsed() - told.at) : this.#environment.now() + this.#offset;
  }
}
