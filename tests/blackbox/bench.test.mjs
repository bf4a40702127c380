// Contenders that the bench can't measure: a sentence each, no number, and the
// others go on.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Arena, post, usersOf } from "../../bench/service/arena.mjs";
import { contenders } from "../../bench/service/contenders.mjs";
import { measure } from "../../bench/service/measure.mjs";
import { Workerd } from "../../bench/service/workerd.mjs";

const arena = await Arena.open();
after(() => arena.close());

/** @typedef {import("../../bench/service/contenders.mjs").Contender} Contender */

const [floor] = contenders;

/**
 * A contender that is spoken to like the floor and whose Worker answers by this code.
 * @param {string} name
 * @param {string} answer
 * @returns {Contender}
 */
const answering = (name, answer) => ({
  ...floor,
  name,
  label: name,
  start: ({ port }) => {
    const worker = `
      import { DurableObject } from "cloudflare:workers";
      let stored = 0;
      export class Feed extends DurableObject {}
      export default { fetch(request) { ${answer} } };`;
    return Workerd.start({ modules: { "worker.mjs": Buffer.from(worker) }, hub: "Feed" }, { stores: port, name });
  },
});

/** @type {import("../../bench/service/measure.mjs").Group} */
const group = {
  name: "test",
  title: "posts",
  metrics: { "test/posts": { title: "posts" } },
  async measure(arena, contender) {
    const serving = await arena.serving(contender);
    if (contender.name === "dying") setTimeout(() => process.kill(Number(serving.process.pid), "SIGKILL"), 50);
    const milliseconds = contender.name === "dying" ? 60_000 : undefined;
    const users = await usersOf("test", 4);
    const { count } = await post(contender, serving, users, {
      inFlight: 4,
      ...(milliseconds ? { milliseconds } : { count: 20 }),
    });
    return { "test/posts": count };
  },
};

test("a service that answers wrongly, loses data, crashes or doesn't start gets a sentence instead of numbers", async () => {
  const wrong = answering("wrong", `return new Response("no", { status: 500 });`);
  const forgetful = answering(
    "forgetful",
    `return new Response("0", { status: request.method === "POST" ? 201 : 200 });`,
  );
  const dying = { ...floor, name: "dying", label: "dying" };
  const broken = answering("broken", "this is no JavaScript");
  /** @type {Contender} */
  const absent = {
    ...floor,
    name: "absent",
    label: "absent",
    start: async () => Promise.reject(new Error("it isn't there")),
  };

  const { results, missing } = await measure(arena, group, [wrong, floor, forgetful, dying, broken, absent], 2);

  assert.deepEqual(results, { "test/posts": { floor: [20, 20] } });
  const told = Object.fromEntries(missing.map((sentence) => [sentence.split(",")[0], sentence]));
  assert.deepEqual(Object.keys(told).sort(), ["absent", "broken", "dying", "forgetful", "wrong"]);
  assert.match(told.wrong, /^wrong, “posts”: wrong answered 500, not 200: no$/);
  assert.match(told.forgetful, /: forgetful was sent 5 notifications and stored 0$/);
  assert.match(told.dying, /: (dying|floor) ended with SIGKILL/);
  assert.match(told.broken, /: broken ended with 1: .*SyntaxError/s);
  assert.match(told.absent, /: it isn't there$/);
});
