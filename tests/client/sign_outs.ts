// Sign-outs of people, and what is owed to each: the disk is empty of the feed, or a note stands by which the next client
// empties it. Nothing is owed where no place took the note before the page went.

import type { Device } from "./trouble.ts";
import type { Visit } from "./people.ts";
import type { Tab } from "./tab.ts";

/** The database of notes takes one within this time; milliseconds. */
const NOTED = 200;
/** So long after the disk was held up, or failed, it is as it should be; milliseconds. */
const AFTER_FAILURE = 5000;
export const NOTES = "notifeed.signouts";

interface SignOut {
  visit: Visit;
  user: string;
  name: string;
  began: number;
  /** A note stood, or the disk was empty: so it stays until the user comes back. */
  isOwed: boolean;
  /** IndexedDB has worked since it began, and no tab held up the notes. */
  works: boolean;
  /** When it was settled: the page has done what it could. */
  settledAt: number;
  /** Whether nothing may be left on the disk from now on. */
  isDone: boolean;
}

export class SignOuts {
  readonly #open = new Set<SignOut>();

  /** @param name of the user's database */
  begin(visit: Visit, user: string, name: string, began: number): SignOut {
    this.back(visit.device, user);
    const { settings } = visit.device.browser;
    const isOwed = settings.has(name);
    const signOut = { visit, user, name, began, isOwed, works: true, settledAt: Infinity, isDone: false };
    this.#open.add(signOut);
    return signOut;
  }

  /** The user has signed in again, or what stood on the disk was cleared before it was done: nothing is owed any more. */
  back(device: Device, user?: string): void {
    for (const signOut of this.#open)
      if (signOut.visit.device === device && (user === undefined ? !signOut.isDone : signOut.user === user))
        this.#open.delete(signOut);
  }

  drop(signOut: SignOut): void {
    this.#open.delete(signOut);
  }

  /**
   * @param now milliseconds since the beginning
   * @param heldUpAt when a tab of the device was stopped last
   * @param isAtRest everything works, and a client has come since
   * @returns broken promises
   */
  look(now: number, heldUpAt: Map<Device, number>, isAtRest: (device: Device) => boolean): string[] {
    return [...this.#open].flatMap((signOut) => {
      const { visit, user, name, began } = signOut;
      const { device, tab } = visit;
      const { databases, faults, settings, tabs } = device.browser;
      const disk = databases.stored.find((stored) => stored.name === name);
      const left = (disk?.items.length ?? 0) + (disk?.changes.length ?? 0);
      const isNoted = settings.has(name) || databases.notes.includes(name);
      signOut.works &&=
        faults.storage === "works" && ![...tabs].some((one: Tab) => one.isStopped && databases.isBusy(one, NOTES));
      const runs = tab.isAlive && !tab.isStopped;
      const failedAt = Math.max(device.failedAt, heldUpAt.get(device) ?? -Infinity);
      const isFree = faults.storage === "works" && now - failedAt >= AFTER_FAILURE;
      signOut.isDone ||= signOut.settledAt <= now && isFree && (left === 0 || (signOut.works && runs));
      signOut.isOwed ||= isNoted || signOut.isDone || (runs && signOut.works && now - began >= NOTED);
      if (left === 0) return [];
      const what = `${user} signed out, and the disk has ${left} items and changes`;
      if (signOut.isDone && isFree) return [what];
      if (isAtRest(device) && signOut.isOwed) return [`${what} at rest`];
      if (signOut.isOwed && !isNoted && !tab.isAlive) return [`${what}, and no note`];
      return [];
    });
  }
}
