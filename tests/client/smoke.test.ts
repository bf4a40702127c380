import assert from "node:assert/strict";
import { test } from "node:test";
import { shown, Stage, MINUTE } from "./stage.ts";

test("two tabs", async () => {
  using stage = new Stage();
  const { service, world } = stage;
  service.post("ann", { title: "one" });
  const first = await stage.live();
  const second = await stage.live();
  console.log(
    first.client.status,
    second.client.status,
    shown(first),
    shown(second),
    first.client.leads,
    second.client.leads,
  );
  service.post("ann", { title: "two" });
  await world.until("shown", () => shown(second).length === 2);
  void second.client.markRead(second.client.items[0]!.id);
  await world.until("read", () => service.items("ann")[0]!.readState === "read");
  await world.run(1000);
  console.log(
    stage.disk,
    service.begun.length,
    world.elapsed,
    first.client.items.map((i) => i.readState),
  );
  console.time("minute");
  first.tab.kill(false);
  await world.until("leads", () => second.client.leads);
  await stage.is(second, "live");
  await world.run(10 * MINUTE);
  console.timeEnd("minute");
  console.log(world.elapsed, service.begun.length, second.tab.timers, second.tokens);
  const closed = await world.settle(second.client.close({ forget: true }));
  await world.run(1000);
  console.log(closed, stage.disk, world.elapsed);
});
