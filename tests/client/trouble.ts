// All that goes wrong for people: their devices' clocks, storage and networks, their apps' tokens, and the service.

import type { Random } from "./random.ts";
import type { Service } from "./service.ts";
import { DAY, HOUR, MINUTE, SECOND } from "./stage.ts";
import type { Browser, Faults } from "./tab.ts";

export interface Device {
  browser: Browser;
  /** The user who is signed in to the app there. */
  user: string | null;
  token: "works" | "hangs" | "fails" | "undefined";
  /** When storage last didn't work. */
  failedAt: number;
  /** When no tab last held the disk up. */
  freeAt: number;
}

/** @returns how many milliseconds the clock is ahead */
export function setClock({ browser }: Device, random: Random): number {
  return (browser.clockError = random.one([0, 2 * HOUR, 8 * DAY, 10 * MINUTE, -10 * MINUTE, -8 * DAY, -30 * SECOND]));
}

/** @returns what is broken, and how; `data`: the site's data was cleared */
export function breakDevice(device: Device, random: Random): { what: string; how: string } {
  const { browser } = device;
  const what = random.one(["storage", "locks", "channels", "settings", "token", "network", "silence", "data"] as const);
  let how = "";
  if (what === "storage") {
    how = random.one<Faults["storage"]>(["absent", "throws", "forbidden", "hangs", "fails", "full"]);
    browser.setStorage(how as Faults["storage"]);
  } else if (what === "locks")
    browser.faults.locks = how = random.one<Faults["locks"]>(["absent", "throws", "denied", "hangs"]);
  else if (what === "channels") browser.faults.channels = how = random.one<Faults["channels"]>(["absent", "throws"]);
  else if (what === "settings")
    browser.faults.settings = how = random.one<Faults["settings"]>(["absent", "throws", "full"]);
  else if (what === "token") device.token = how = random.one<Device["token"]>(["hangs", "fails", "undefined"]);
  else if (what === "network") browser.setOnline(false);
  else if (what === "silence") browser.network.silence();
  else browser.clearData();
  return { what, how };
}

export function mendDevice(device: Device): void {
  const { browser } = device;
  Object.assign(browser.faults, { locks: "works", channels: "works", settings: "works" });
  browser.setStorage("works");
  device.token = "works";
  if (!browser.network.isOnline) browser.setOnline(true);
}

/** @returns what the service does, in words */
export function disturbService(service: Service, users: readonly string[], random: Random): string {
  const what = random.one(["closes", "refuses", "serves", "serves", "falls silent", "fails", "forgets its numbers"]);
  if (what === "closes") service.closeAll(random.one([1001, 1006, 1012, 1013, 4401, 4408, 4429]));
  else if (what === "refuses") {
    const reason = random.one(["ServerBusy retry-after=60", "ServerBusy"]);
    service.refusal = random.one([
      { code: 4429, reason },
      { code: 1006, reason: "" },
    ]);
  } else if (what === "falls silent") service.isSilent = true;
  else if (what === "fails") {
    const status = random.one([406, 429, 500, 503]);
    const answer = random.one([{ status }, "nothing" as const]);
    service.answer = () => (random.chance(0.5) ? answer : undefined);
  } else if (what === "forgets its numbers") {
    const user = random.one(users);
    for (const connection of service.connections) if (connection.user === user) connection.close(1012);
    service.feed(user).renew();
  } else mendService(service);
  return what;
}

export function mendService(service: Service): void {
  service.refusal = null;
  service.isSilent = false;
  service.answer = () => undefined;
}
