// A round of the random run: people live for a while, then everything comes to rest and is looked at.

import { Checker } from "./checker.ts";
import { People } from "./people.ts";

export interface Outcome {
  violations: string[];
  log: string[];
  /** The size of the round, in numbers. */
  counts: Record<"visits" | "connections" | "wishes" | "excused" | "answers" | "milliseconds", number>;
}

export async function round(seed: number, steps: number): Promise<Outcome> {
  const people = new People(seed);
  const { world, service, visits, wishes, log } = people;
  const checker = new Checker(people);
  try {
    for (let step = 0; step < steps && checker.violations.size === 0; step++) {
      await people.step();
      checker.always();
    }
    if (checker.violations.size === 0) {
      await people.rest((device, user) => checker.atRest(device, user));
      checker.changes();
      await checker.quiet();
      checker.always();
    }
  } finally {
    world[Symbol.dispose]();
  }
  return {
    violations: [...checker.violations],
    log,
    counts: {
      visits: visits.length,
      connections: service.begun.length,
      wishes: wishes.length,
      excused: wishes.filter(({ excuse }) => excuse !== null).length,
      answers: service.answered.length,
      milliseconds: Math.round(world.elapsed),
    },
  };
}
