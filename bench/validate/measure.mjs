// Timing: rounds in which everything is measured once, so that what disturbs the machine disturbs
// all alike; a measurement is a batch long enough for the clock. Short batches:
// most then end before the processor goes to somebody else.

const batchMillis = 1;

/** The last result, so that nothing is optimized away. */
let seen = 0;

/**
 * A function that does its work `count` times and says how long one took, in nanoseconds.
 * @template T
 * @param {(input: T) => unknown} work
 * @param {T} input
 */
export function ask(work, input) {
  return (/** @type {number} */ count) => {
    const started = process.hrtime.bigint();
    for (let i = 0; i < count; i++) if (work(input)) seen++;
    return Number(process.hrtime.bigint() - started) / count;
  };
}

/**
 * Nanoseconds of each task in each round.
 * @param {{run: (count: number) => number}[]} tasks
 * @param {number} rounds
 * @returns {number[][]}
 */
export function measure(tasks, rounds) {
  const counts = tasks.map(({ run }) => {
    // Warm: until the compilers have had their time.
    for (const until = performance.now() + 100; performance.now() < until;) run(20);
    return Math.max(1, Math.round((batchMillis * 1e6) / run(200)));
  });
  /** @type {number[][]} */
  const times = tasks.map(() => []);
  for (let round = 0; round < rounds; round++)
    // Every other round backwards, so that nobody always follows the same one.
    for (const turn of tasks.keys()) {
      const index = round % 2 === 0 ? turn : tasks.length - 1 - turn;
      times[index].push(tasks[index].run(counts[index]));
    }
  return times;
}

/** @param {number[]} numbers */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
