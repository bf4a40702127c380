// The time and the tasks of a test: nothing in it waits for the real clock, and the same seed does the same every time.

import { Random } from "./random.ts";

/** The true time when a world begins; milliseconds since 1970. */
export const BEGIN: number = Date.parse("2026-11-26T12:00:00Z");

/** A task of the IndexedDB library takes so long; milliseconds. */
const DATABASE_TASK = 0.25;
/** So often it looks whether a connection has closed that stands in the way, by these functions of its own. */
const DATABASE_WAIT = 25;
const WAITS = /waitForOthers|anyOpen2|closeConnection/;
/** More tasks than this without any time passing are a loop. */
const LOOP = 100_000;

interface Task {
  due: number;
  order: number;
  act: (() => void) | null;
}

const realSetImmediate = globalThis.setImmediate;

export class World {
  readonly random: Random;
  /** Milliseconds since the beginning. */
  elapsed = 0;
  /** The exceptions of tasks, and of promises that nobody looked at. */
  readonly errors: unknown[] = [];
  #order = 0;
  /** A heap: the next task is the first. */
  readonly #tasks: Task[] = [];
  readonly #onRejection = (error: unknown) => void this.errors.push(error);

  constructor(seed: number = 1) {
    this.random = new Random(seed);
    // The IndexedDB library takes its turns by `setImmediate`: in here its time is the world's.
    const take = (act: () => void) => this.after(WAITS.test(String(act)) ? DATABASE_WAIT : DATABASE_TASK, act);
    globalThis.setImmediate = take as unknown as typeof setImmediate;
    process.on("unhandledRejection", this.#onRejection);
  }

  /** Gives real time back to the process. */
  [Symbol.dispose](): void {
    globalThis.setImmediate = realSetImmediate;
    process.off("unhandledRejection", this.#onRejection);
  }

  /** The true time: milliseconds since 1970. */
  get now(): number {
    return BEGIN + this.elapsed;
  }

  /** @returns what cancels it */
  after(milliseconds: number, act: () => void): () => void {
    const task: Task = { due: this.elapsed + (milliseconds > 0 ? milliseconds : 0), order: this.#order++, act };
    this.#push(task);
    return () => (task.act = null);
  }

  /** Lets time pass. */
  async run(milliseconds: number): Promise<void> {
    const end = this.elapsed + milliseconds;
    await this.#go(end, () => false);
    this.elapsed = end;
  }

  /** Lets time pass until something is so. @throws after a minute, or so many milliseconds */
  async until(what: string, isSo: () => boolean, patience: number = 60_000): Promise<void> {
    if (!(await this.#go(this.elapsed + patience, isSo))) throw new Error(`in ${patience} ms it wasn't so: ${what}`);
  }

  /** Lets a promise settle. @throws as it does, or after so many milliseconds */
  async settle<T>(promise: Promise<T>, patience: number = 60_000): Promise<T> {
    let settled = false;
    const seen = () => void (settled = true);
    promise.then(seen, seen);
    await this.until("the promise is settled", () => settled, patience);
    return promise;
  }

  async #go(end: number, isSo: () => boolean): Promise<boolean> {
    let still = 0;
    for (;;) {
      // All that promises have waiting comes first.
      await new Promise((resolve) => realSetImmediate(resolve));
      if (isSo()) return true;
      const task = this.#next(end);
      if (!task) return false;
      still = task.due > this.elapsed ? 0 : still + 1;
      if (still > LOOP) throw new Error("tasks follow each other without end, and no time passes");
      this.elapsed = Math.max(this.elapsed, task.due);
      try {
        task.act?.();
      } catch (error) {
        this.errors.push(error);
      }
    }
  }

  /** The next task that is due until then, and hasn't been cancelled. */
  #next(end: number): Task | undefined {
    for (let first = this.#tasks[0]; first && first.due <= end; first = this.#tasks[0]) {
      this.#pop();
      if (first.act) return first;
    }
    return undefined;
  }

  #push(task: Task): void {
    const tasks = this.#tasks;
    let place = tasks.push(task) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (isBefore(tasks[above]!, task)) break;
      tasks[place] = tasks[above]!;
      place = above;
    }
    tasks[place] = task;
  }

  #pop(): void {
    const tasks = this.#tasks;
    const last = tasks.pop()!;
    if (tasks.length === 0) return;
    let place = 0;
    for (let below = 1; below < tasks.length; below = 2 * place + 1) {
      if (below + 1 < tasks.length && isBefore(tasks[below + 1]!, tasks[below]!)) below++;
      if (isBefore(last, tasks[below]!)) break;
      tasks[place] = tasks[below]!;
      place = below;
    }
    tasks[place] = last;
  }
}

function isBefore(one: Task, other: Task): boolean {
  return one.due < other.due || (one.due === other.due && one.order < other.order);
}
