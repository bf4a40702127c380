// Says where people's feeds broke a promise: what a tab shows, what the disk holds, what became of each change, and how
// busy a client is while nothing happens.

import { type People, type Visit, USERS } from "./people.ts";
import { NOTES } from "./sign_outs.ts";
import { MINUTE } from "./stage.ts";
import type { Device } from "./trouble.ts";

/** Timers that run out in so much time beside what happens, at most; for each started second. */
const TIMERS_A_SECOND = 60;
/** The same while nothing happens, in a minute: pings, a follower's questions, renewals. */
const TIMERS_AT_REST = 40;

const ownerOf = ({ payload }: { payload: { visualContent?: { title: string } } }): string =>
  payload.visualContent?.title.split(" ")[0] ?? "";

/** The checker of rules that hold at any moment. */
export class Checker {
  readonly #people: People;
  readonly violations: Set<string> = new Set();
  readonly #timers = new Map<Visit, number>();
  #at = 0;

  constructor(people: People) {
    this.#people = people;
  }

  /** @param atRest a device where everything works, and a person has been for a while */
  always(atRest?: Device): void {
    const people = this.#people;
    people.excuseFailures();
    for (const error of people.world.errors.splice(0)) this.#tell(`nobody caught: ${(error as Error)?.stack ?? error}`);
    for (const violation of people.violations.splice(0)) this.#tell(violation);
    for (const visit of people.alive()) {
      const user = visit.user ?? "nobody";
      for (const item of visit.client.items)
        if (ownerOf(item) !== user) this.#tell(`${this.#name(visit)} of ${user} shows an item of ${ownerOf(item)}`);
    }
    for (const device of people.devices) this.#disk(device);
    const { signOuts, world, heldUpAt } = people;
    for (const violation of signOuts.look(world.elapsed, heldUpAt, (device) => device === atRest))
      this.#tell(violation);
    this.#spins();
  }

  /** Everything works, and a person has been there for a while. */
  atRest(device: Device, user: string): void {
    this.always(device);
    const { service } = this.#people;
    const visits = this.#people.alive(device);
    for (const visit of visits) {
      const { client } = visit;
      const { state } = client.status;
      if (state !== "live") {
        this.#tell(`${this.#name(visit)} of ${user} at rest is ${JSON.stringify(client.status)}`);
        continue;
      }
      const [shown, right] = [client.items.map(short), service.items(user).map(short)];
      // A client that has older items to load may hold some of them, which changed since.
      const expected = client.more ? right.filter((item) => shown.includes(item)) : right;
      if (shown.join() !== expected.join())
        this.#tell(`${this.#name(visit)} of ${user} shows ${shown.join()}, the service has ${right.join()}`);
    }
    const { open } = device.browser.network;
    if (open !== 1) this.#tell(`${user} has ${open} connections at rest`);
    const { stored } = device.browser.databases;
    const disk = stored.find(({ name }) => name === this.#people.nameOf(user));
    if (!disk) this.#tell(`${user}'s feed isn't on the disk at rest`);
    else if (disk.changes.length > 0) this.#tell(`${user} has ${disk.changes.length} changes unanswered at rest`);
  }

  /** No change is lost: each that was to be carried out was answered. */
  changes(): void {
    const { wishes, service } = this.#people;
    const ids = new Set(wishes.map(({ id }) => id));
    for (const id of ids) {
      const asked = wishes.filter((wish) => wish.id === id && wish.excuse === null);
      const answered = new Set(service.answered.filter((answer) => answer.id === id).map(({ ref }) => ref));
      if (answered.size < asked.length) {
        const when = asked.map(({ at, visit }) => `${this.#name(visit)} at ${at.toFixed(1)}`).join(", ");
        this.#tell(`of ${id.slice(-4)} ${asked.length} changes were asked for (${when}), ${answered.size} answered`);
      }
    }
  }

  /** How busy clients are in a minute in which nothing happens. */
  async quiet(): Promise<void> {
    const { world, service } = this.#people;
    const before = new Map(this.#people.alive().map((visit) => [visit, visit.tab.timers]));
    const begun = service.begun.length;
    await world.run(MINUTE);
    for (const [visit, timers] of before) {
      const ran = visit.tab.timers - timers;
      if (ran > TIMERS_AT_REST) this.#tell(`${this.#name(visit)}: ${ran} timers in a minute at rest`);
    }
    if (service.begun.length > begun + before.size) this.#tell("connections come and go at rest");
    this.#at = world.elapsed;
  }

  #disk(device: Device): void {
    const people = this.#people;
    const names = new Map(USERS.map((user) => [people.nameOf(user), user]));
    for (const { name, items } of device.browser.databases.stored) {
      if (name === NOTES) continue;
      const user = names.get(name);
      if (user === undefined) {
        this.#tell(`a database has the name ${name}`);
        continue;
      }
      for (const { notification } of items)
        if (ownerOf(notification) !== user)
          this.#tell(`the disk has an item of ${ownerOf(notification)} under ${user}`);
    }
  }

  #spins(): void {
    const { world } = this.#people;
    const seconds = Math.ceil((world.elapsed - this.#at) / 1000) + 1;
    for (const visit of this.#people.alive()) {
      const ran = visit.tab.timers - (this.#timers.get(visit) ?? 0);
      this.#timers.set(visit, visit.tab.timers);
      if (ran > seconds * TIMERS_A_SECOND) this.#tell(`${this.#name(visit)}: ${ran} timers in ${seconds} s`);
    }
    this.#at = world.elapsed;
  }

  #name(visit: Visit): string {
    return `tab ${this.#people.visits.indexOf(visit)}`;
  }

  #tell(violation: string): void {
    if (this.violations.size === 0) this.#people.log.push(`${this.#people.world.elapsed.toFixed(1)} !! ${violation}`);
    this.violations.add(violation);
  }
}

function short(item: People["visits"][0]["client"]["items"][0]): string {
  const { id, payload, readState, userActionState, snoozedUntilDateTime: until } = item;
  return [id.slice(-4), payload.visualContent?.title, readState, userActionState, until].join(" ");
}
