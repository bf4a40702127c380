// The random run in a real browser on the real service, for as long as MINUTES= says, from SEED= on: rounds of people's
// steps, then everything works again, each person comes to each device, and all must be as it is at the service.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../blackbox/expect.mjs";
import { startService } from "../blackbox/harness.mjs";
import { Random } from "../client/random.ts";
import { launch } from "./chromium.mjs";
import { People } from "./people.mjs";

const { MINUTES, SEED, STEPS } = process.env;
const steps = Number(STEPS || 120);
/** At rest, everything is as it should be after so long; milliseconds. */
const REST = 30_000;

/** @typedef {import("./people.mjs").Device} Device */

const service = await startService();
const browser = await launch();

test("people in real tabs", async (t) => {
  const end = Date.now() + Number(MINUTES || 5) * 60_000;
  let [rounds, changes, excused] = [0, 0, 0];
  const found = [];
  for (let seed = Number(SEED || Date.now() % 1_000_000); Date.now() < end; seed++, rounds++) {
    const users = ["ann", "bob", "cyd"].map((name) => `${name}${seed}@contoso.com`);
    const people = new People(service, new Random(seed), users);
    await people.arrive(browser);
    await round(people);
    await people.leave();
    changes += people.wishes.length;
    excused += people.wishes.filter(({ excuse }) => excuse !== null).length;
    if (people.violations.size === 0) continue;
    console.log([...people.log, ...[...people.violations].map((violation) => `!! ${violation}`)].join("\n"));
    found.push(`SEED=${seed}: ${[...people.violations].join("; ")}`);
  }
  t.diagnostic(`${rounds} rounds, ${changes} changes (${excused} of them lost with their storage or page)`);
  assert.deepEqual(found, []);
});

/** @param {People} people */
async function round(people) {
  for (let step = 0; step < steps && people.violations.size === 0; step++) {
    await people.step();
    await always(people);
  }
  if (people.violations.size > 0) return;
  await people.mend();
  for (const device of people.devices) await forgotten(people, device);
  for (const device of people.devices)
    for (const user of people.users) {
      await people.sitDown(device, user);
      await atRest(people, device, user);
      await always(people);
    }
  for (const user of people.users) await carriedOut(people, user);
}

/** Rules that hold at any moment: no user's item is in another's view or storage; no timer spins. @param {People} people */
async function always(people) {
  for (const device of people.devices) {
    for (const tab of device.tabs) {
      if (tab.isFrozen) continue;
      for (const violation of tab.violations(await tab.look())) people.violations.add(violation);
    }
    for (const owners of await disk(device))
      if (owners.length > 1) people.violations.add(`a database has items of ${owners.join(" and ")}`);
  }
}

/** Nothing is left of those who signed out. @param {People} people @param {Device} device */
async function forgotten(people, device) {
  const left = async () => (await disk(device)).flat().filter((owner) => device.forgotten.has(owner));
  await eventually(async () => (await left()).length === 0, REST).catch(async () =>
    people.violations.add(`${(await left()).join()} signed out, and something is left on the disk`),
  );
}

/** All clients are live, over one connection, and equal to the service. @param {People} people @param {Device} device @param {string} user */
async function atRest(people, device, user) {
  /** @type {unknown} */
  let last;
  const isRight = async () => {
    const right = (await people.items(user)).map(
      (item) => [item.id, item.readState, item.userActionState, item.answer?.actionId].join(" "), // prettier-ignore
    );
    const looks = await Promise.all(device.tabs.map((tab) => tab.look()));
    const connections = device.tabs.reduce((sum, tab) => sum + tab.connections, 0);
    const shown = looks.map(({ state, cause, items }) => [state, cause, items.map(({ state }) => state).sort()]);
    last = { connections, shown, right };
    const wanted = JSON.stringify(["live", undefined, right.sort()]);
    return connections === 1 && shown.every((one) => JSON.stringify(one) === wanted);
  };
  await eventually(isRight, REST).catch(() =>
    people.violations.add(`${user} at rest isn't as at the service: ${JSON.stringify(last)}`),
  );
}

/** No change is lost. @param {People} people @param {string} user */
async function carriedOut(people, user) {
  const items = new Map((await people.items(user)).map((item) => [item.id, item]));
  for (const { user: owner, id, kind, excuse } of people.wishes) {
    if (owner !== user || excuse !== null) continue;
    const item = items.get(id);
    const isDone =
      kind === "remove"
        ? !item
        : kind === "markRead"
          ? item?.readState === "read"
          : kind === "dismiss" || kind === "activate"
            ? item?.userActionState === { dismiss: "dismissed", activate: "activated" }[kind]
            : item?.answer?.actionId === kind;
    if (!isDone) people.violations.add(`${user}'s ${kind} of ${id} is lost: ${JSON.stringify(item)}`);
  }
}

/** The owners of the items in each database of the client. @param {Device} device @returns {Promise<string[][]>} */
function disk(device) {
  return device.desk.evaluate(async () => {
    const found = [];
    for (const { name } of await indexedDB.databases()) {
      const opening = indexedDB.open(String(name));
      /** @type {IDBDatabase | null} */
      const database = await new Promise((resolve) => {
        // A database that went in the meantime isn't made anew.
        opening.onupgradeneeded = () => opening.transaction?.abort();
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => resolve(null);
      });
      if (!database) continue;
      database.onversionchange = () => database.close();
      // The notes of sign-outs have none.
      if (!database.objectStoreNames.contains("items")) {
        database.close();
        continue;
      }
      const asked = database.transaction("items").objectStore("items").getAll();
      const items = await new Promise((resolve) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => resolve([]);
      });
      database.close();
      const owners = items.map(
        (/** @type {any} */ held) => held.notification.payload.visualContent.title.split(" ")[0],
      );
      found.push([...new Set(owners)]);
    }
    return found;
  });
}
