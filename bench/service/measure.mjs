// The rounds: contenders in turn, so that what disturbs the machine disturbs all alike; whoever
// fails gets a sentence and no number.

import { setTimeout as sleep } from "node:timers/promises";
import { Died } from "./process.mjs";

/** @typedef {import("./contenders.mjs").Contender} Contender */
/** @typedef {import("./arena.mjs").Arena} Arena */

/**
 * Rows that are measured together.
 * @typedef {object} Group
 * @property {string} name by which ONLY= names it
 * @property {string} title
 * @property {Record<string, { title: string, more?: boolean }>} metrics
 * @property {boolean} [pubSub] whether those take part that only know posts and frames
 * @property {number} [shortRounds] how often at most in the short run
 * @property {boolean} [onlyFull] whether the short run leaves it out, if nobody names it
 * @property {(contender: Contender, full: boolean) => boolean} [takesPart]
 * @property {(arena: Arena, contender: Contender) => Promise<void>} [prepare] once, before all rounds
 * @property {(arena: Arena, contender: Contender, round: number) => Promise<Record<string, number>>} measure
 * @property {() => Promise<void>} [finish]
 */

/** By metric and contender, a number a round. @typedef {Record<string, Record<string, number[]>>} Results */

/**
 * Measures a group.
 * @param {Arena} arena
 * @param {Group} group
 * @param {Contender[]} contenders
 * @param {number} rounds
 * @returns {Promise<{ results: Results, missing: string[] }>} `missing`: a sentence for each that wasn't measured
 */
export async function measure(arena, group, contenders, rounds) {
  /** @type {Results} */
  const results = {};
  /** @type {string[]} */
  const missing = [];
  const part = new Set(
    contenders.filter((contender) =>
      contender.pubSub ? group.pubSub : (group.takesPart?.(contender, arena.full) ?? true),
    ),
  );
  /**
   * Does something of a contender; where that fails it is out, and no number of it stays.
   * @param {Contender} contender
   * @param {() => Promise<unknown>} work
   */
  const attempt = async (contender, work) => {
    try {
      await work();
    } catch (error) {
      part.delete(contender);
      for (const of of Object.values(results)) delete of[contender.name];
      const because = await reasonOf(error, arena, contender);
      missing.push(`${contender.label.replaceAll("*", "")}, “${group.title}”: ${because}`);
      await arena.retire(contender);
    }
  };
  for (const contender of [...part]) await attempt(contender, async () => group.prepare?.(arena, contender));
  const times = arena.full ? rounds : Math.min(rounds, group.shortRounds ?? rounds);
  for (let round = 0; round < times; round++) {
    // Every other round backwards, so that nobody always follows the same one.
    for (const contender of round % 2 === 0 ? [...part] : [...part].reverse()) {
      await attempt(contender, async () => {
        const found = await group.measure(arena, contender, round);
        for (const [metric, value] of Object.entries(found)) {
          ((results[metric] ??= {})[contender.name] ??= []).push(value);
        }
      });
    }
  }
  await group.finish?.();
  return { results, missing };
}

/**
 * Why a measurement failed: a broken connection is told by how the process ended.
 * @param {unknown} error
 * @param {Arena} arena
 * @param {Contender} contender
 */
async function reasonOf(error, arena, contender) {
  const because = error instanceof Error ? error.message : String(error);
  try {
    const serving = await arena.serving(contender);
    await Promise.race([serving.ended, sleep(200)]);
    serving.assertAlive();
    return because;
  } catch (end) {
    return end instanceof Died ? end.message : because;
  }
}
