// The long form of tests/client/random.test.ts: rounds of a service's double, two devices and three people, for as long
// as MINUTES= says, from SEED= on. A round that breaks a promise is printed with all that happened in it.

import { round } from "./round.ts";

const { MINUTES, SEED, STEPS } = process.env;
const steps = Number(STEPS || 200);
const end = Date.now() + Number(MINUTES || 5) * 60_000;
const first = Number(SEED || Date.now() % 1_000_000);

const sum = { visits: 0, connections: 0, wishes: 0, excused: 0, answers: 0, milliseconds: 0 };
let rounds = 0;
let broken = 0;
for (let seed = first; Date.now() < end; seed++, rounds++) {
  const { violations, log, counts } = await round(seed, steps);
  for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += counts[name];
  if (violations.length === 0) continue;
  broken += 1;
  console.log([...log, ...violations.map((violation) => `!! ${violation}`)].join("\n"));
  console.log(`repeat it: SEED=${seed} STEPS=${steps}\n`);
}
const days = (sum.milliseconds / 86_400_000).toFixed(1);
console.log(
  `${rounds} rounds from SEED=${first} on, ${days} days of people's time: ${sum.visits} pages, ${sum.connections} connections, ` +
    `${sum.wishes} changes (${sum.excused} of them lost with their storage or page), ${sum.answers} answers; ${broken} rounds broke a promise`,
);
process.exitCode = broken > 0 ? 1 : 0;
