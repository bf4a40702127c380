// Three people at two devices, and all that happens to them there: tabs come and go, accounts are switched, clocks jump,
// storage fails, the network and the service are as they are. A seed says what happens.

import type { LiveClient } from "../../browser/client/api.ts";
import { streamOf } from "../../browser/client/address.ts";
import { feedName } from "../../browser/client/names.ts";
import type { Random } from "./random.ts";
import { Service } from "./service.ts";
import { SignOuts } from "./sign_outs.ts";
import { DAY, HOUR, MINUTE, SECOND } from "./stage.ts";
import { Browser, type Tab } from "./tab.ts";
import { breakDevice, type Device, disturbService, mendDevice, mendService, setClock } from "./trouble.ts";
import { World } from "./world.ts";

export const USERS = ["ann", "bob", "cyd"] as const;
/** A change that was asked for so long before its tab went is stored; milliseconds. */
const STORED = 200;
/** Causes after which a client shows nothing, and asks whose feed it is when it is to go on. */
const ANEW = new Set(["another-user", "signed-out", "token-mistake", "forgotten"]);
/** At rest, whatever is to be sent again has been; milliseconds. */
export const REST = 3 * MINUTE;

/** A client in a tab. */
export interface Visit {
  tab: Tab;
  device: Device;
  client: LiveClient;
  /** The feed's user, by its first token; `null`: there was none yet. */
  user: string | null;
  openedAt: number;
  closed: boolean;
  tokens: number;
  /** Whether its stored data was cleared. */
  isCleared: boolean;
  /** When its user signed out in another tab, or in this. */
  signedOutAt: number;
}

/** A change that a person made. */
export interface Wish {
  visit: Visit;
  user: string;
  id: string;
  at: number;
  /** Why nobody need carry it out; `null`: it must be. */
  excuse: string | null;
  answered: boolean;
}

export class People {
  readonly world: World;
  readonly service: Service;
  readonly devices: Device[];
  readonly visits: Visit[] = [];
  readonly wishes: Wish[] = [];
  readonly signOuts: SignOuts = new SignOuts();
  /** The violations that were seen at once. */
  readonly violations: string[] = [];
  readonly log: string[] = [];
  readonly #random: Random;
  #posts = 0;

  constructor(seed: number) {
    this.world = new World(seed);
    this.#random = this.world.random.fork();
    this.service = new Service(this.world);
    this.devices = [0, 1].map(() => ({
      browser: new Browser(this.world, this.service),
      user: null,
      token: "works",
      failedAt: -Infinity,
      freeAt: 0,
    }));
    for (const user of USERS) for (let number = 0; number < 5; number++) this.#post(user);
  }

  /** Something happens, and then some time passes. */
  async step(): Promise<void> {
    const random = this.#random;
    const device = random.one(this.devices);
    const act = this.#one([
      [10, () => this.#open(device)],
      [5, () => this.#leave(device)],
      [6, () => this.#disturbTab(device)],
      [4, () => this.#signIn(device, random.one(USERS))],
      [3, () => this.#signOut(device)],
      [4, () => this.#jump(device)],
      [5, () => this.#breakDevice(device)],
      [5, () => this.#mendDevice(device)],
      [8, () => this.#disturbService()],
      [20, () => this.#write(random.one(USERS))],
      [25, () => this.#wish(device)],
      [4, () => this.#press(device)],
    ]);
    act();
    await this.world.run(
      this.#one([
        [20, 0],
        [40, random.below(50)],
        [20, random.below(5 * SECOND)],
        [10, random.below(MINUTE)],
        [1, random.below(2 * HOUR)],
      ]),
    );
  }

  /** Everything works again; each person comes to each device once, and stays for a while. */
  async rest(each: (device: Device, user: string) => void): Promise<void> {
    mendService(this.service);
    for (const device of this.devices) {
      mendDevice(device);
      for (const tab of device.browser.tabs)
        if (tab.isFrozen) tab.resume();
        else tab.goOn();
    }
    await this.world.run(REST);
    for (const device of this.devices) {
      for (const user of USERS) {
        for (const visit of this.visits.filter((visit) => visit.device === device)) visit.tab.kill();
        this.signOuts.back(device, user);
        device.user = user;
        for (let count = 0; count < 2; count++) this.#open(device);
        await this.world.run(REST);
        each(device, user);
      }
    }
  }

  alive(device?: Device): Visit[] {
    return this.visits.filter(({ tab, device: own }) => tab.isAlive && (!device || own === device));
  }

  /** The name of a user's database. */
  nameOf(user: string): string {
    const whose = ["https://login.example", undefined, user].join(" ");
    return feedName(
      streamOf({ url: "https://notify.example", platform: "windows", token: () => Promise.reject() }),
      whose,
    );
  }

  #one<T>(rows: [weight: number, value: T][]): T {
    let at = this.#random.below(rows.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of rows) if ((at -= weight) < 0) return value;
    throw new Error("no rows");
  }

  #note(what: string): void {
    this.log.push(`${this.world.elapsed.toFixed(1)} ${what}`);
  }

  #numberOf(device: Device): number {
    return this.devices.indexOf(device);
  }

  // --- Tabs

  #open(device: Device): void {
    const tab = device.browser.tab();
    tab.isVisible = this.#random.chance(0.7);
    const visit: Visit = {
      ...{ tab, device, client: null as unknown as LiveClient, user: null },
      ...{ openedAt: this.world.elapsed, closed: false, tokens: 0, isCleared: false, signedOutAt: Infinity },
    };
    const token = async (): Promise<string | null> => {
      visit.tokens += 1;
      if (device.token === "hangs") return new Promise(() => {});
      if (device.token === "fails") throw new Error("no network");
      if (device.token === "undefined") return undefined as unknown as null;
      if (device.user === null) return null;
      visit.user ??= device.user;
      this.signOuts.back(device, device.user);
      return this.service.token(device.user, { lives: this.#random.one([5 * MINUTE, HOUR, DAY]) });
    };
    visit.client = tab.connect({ token, top: this.#random.one([null, 3, 200]) });
    this.visits.push(visit);
    this.#note(`device ${this.#numberOf(device)}: tab ${this.visits.length - 1} opens for ${device.user}`);
  }

  #any(device: Device): Visit | undefined {
    const alive = this.alive(device);
    return alive.length > 0 ? this.#random.one(alive) : undefined;
  }

  #leave(device: Device): void {
    const visit = this.#any(device);
    if (!visit) return;
    const how = this.#random.one(["closes", "crashes", "closes its client", "reloads"]);
    this.#note(`tab ${this.visits.indexOf(visit)} ${how}`);
    if (how === "closes its client") {
      visit.closed = true;
      void visit.client.close();
      return;
    }
    this.#excuse((wish) => wish.visit === visit && this.#isYoung(wish), "its tab went at once");
    visit.tab.kill(how !== "crashes");
    if (how === "reloads") this.#open(device);
  }

  /** A tab that is stopped so soon may not have asked for it to be stored. */
  #isYoung(wish: Wish): boolean {
    return wish.visit.tab.isStopped || this.world.elapsed - wish.at < STORED;
  }

  #disturbTab(device: Device): void {
    const visit = this.#any(device);
    if (!visit) return;
    const { tab } = visit;
    const what = tab.isStopped
      ? this.#random.one([tab.isFrozen ? "resumes" : "goes on"])
      : this.#random.one(["freezes", "stops", "hides", "shows"]);
    this.#note(`tab ${this.visits.indexOf(visit)} ${what}`);
    if (what === "freezes") tab.freeze();
    else if (what === "stops") tab.stop();
    else if (what === "goes on") tab.goOn();
    else if (what === "resumes") tab.resume();
    else if (what === "hides") tab.hide();
    else tab.show();
  }

  // --- Accounts

  /** Another person signs in to the app; pages that are open are reloaded, or stay as they are. */
  #signIn(device: Device, user: string): void {
    this.#note(`device ${this.#numberOf(device)}: ${user} signs in`);
    device.user = user;
    if (this.#random.chance(0.5)) return;
    for (const visit of this.alive(device)) {
      this.#excuse((wish) => wish.visit === visit && this.#isYoung(wish), "its tab went at once");
      visit.tab.kill();
    }
    this.#open(device);
  }

  #signOut(device: Device): void {
    const { user } = device;
    const visits = this.alive(device).filter((visit) => !visit.tab.isStopped && !visit.closed && visit.user === user);
    if (user === null || visits.length === 0) return;
    const visit = this.#random.one(visits);
    this.#note(`device ${this.#numberOf(device)}: ${user} signs out in tab ${this.visits.indexOf(visit)}`);
    device.user = null;
    visit.closed = true;
    const began = this.world.elapsed;
    if (this.#random.chance(0.2)) void visit.client.close();
    this.#excuse((wish) => wish.visit.device === device && wish.user === user, "its user signed out");
    for (const other of this.alive(device)) if (other.user === user) other.signedOutAt = began;
    const closed = visit.client.close({ forget: true });
    const signOut = this.signOuts.begin(visit, user, this.nameOf(user), began);
    void closed.then(() => {
      const took = this.world.elapsed - began;
      if (took > 2100 && this.#runs(visit, began))
        this.violations.push(`tab ${this.visits.indexOf(visit)}: signing out took ${took} ms`);
      signOut.settledAt = this.world.elapsed;
      if (this.alive(device).some((other) => this.#isCutOff(other))) this.signOuts.drop(signOut);
    });
  }

  /** Nothing can tell a tab of a sign-out: neither a channel nor a note, nor the end of a database that was cleared before. */
  #isCutOff({ device, client, isCleared }: Visit): boolean {
    return isCleared && client.status.without.includes("sharing") && device.browser.faults.settings !== "works";
  }

  /** Timers of a page that isn't in view run at whole seconds, and those of a page that is stopped not at all. */
  readonly #slowAt = new Map<Visit, number>();
  /** When a tab of the device was stopped last: it may have held the disk up. */
  readonly heldUpAt: Map<Device, number> = new Map();
  #runs(visit: Visit, since: number): boolean {
    return (this.#slowAt.get(visit) ?? -1) < since && visit.tab.isVisible && !visit.tab.isStopped;
  }

  // --- The device and the service

  #jump(device: Device): void {
    const ahead = setClock(device, this.#random);
    this.#note(`device ${this.#numberOf(device)}: the clock is ${ahead} ms ahead`);
  }

  #breakDevice(device: Device): void {
    const { what, how } = breakDevice(device, this.#random);
    if (what === "data") {
      device.failedAt = this.world.elapsed;
      this.#excuse((wish) => wish.visit.device === device, "the site's data was cleared");
      for (const visit of this.alive(device)) visit.isCleared = true;
      this.signOuts.back(device);
    }
    this.#note(`device ${this.#numberOf(device)}: ${what} ${how}`);
  }

  #mendDevice(device: Device): void {
    this.#note(`device ${this.#numberOf(device)} works again`);
    mendDevice(device);
  }

  #disturbService(): void {
    this.#note(`the service ${disturbService(this.service, USERS, this.#random)}`);
  }

  #post(user: string): void {
    const random = this.#random;
    const lives = random.chance(0.2) ? random.below(MINUTE) + 1 : 7 * DAY;
    const key = random.chance(0.5) ? `k${random.below(4)}` : null;
    const platforms = random.chance(0.9) ? (["Windows"] as const) : (["iOS"] as const);
    const post = { title: `${user} ${++this.#posts}`, lives, key, platforms: [...platforms] };
    this.service.post(user, this.#random.chance(0.4) ? { ...post, actions: ["approve", "reject"] } : post);
  }

  /** The app's server posts, or another device of the user changes something. */
  #write(user: string): void {
    const random = this.#random;
    const items = this.service.items(user);
    if (items.length === 0 || random.chance(0.6)) return this.#post(user);
    const { id } = random.one(items);
    if (random.chance(0.3)) this.service.delete(user, id);
    else this.service.change(user, id, { readState: random.one(["read", "unread"]) });
  }

  // --- What a person does

  #wish(device: Device): void {
    const visits = this.alive(device).filter(({ tab, closed }) => !tab.isStopped && !closed);
    if (visits.length === 0) return;
    const visit = this.#random.one(visits);
    const { client } = visit;
    for (let count = this.#random.one([1, 1, 1, 5]); count > 0; count--) {
      if (client.items.length === 0) return;
      const item = this.#random.one(client.items);
      const { id, payload } = item;
      const actions = payload.visualContent!.actions ?? [];
      const user = payload.visualContent!.title.split(" ")[0]!;
      const excuse = client.status.without.includes("storage") ? "there was no storage" : null;
      const wish: Wish = { visit, user, id, at: this.world.elapsed, excuse, answered: false };
      this.wishes.push(wish);
      const asked = this.#random.one([
        () => client.markRead(id),
        () => client.markUnread(id),
        () => client.dismiss(id),
        () => client.snooze(id, this.world.now + MINUTE),
        () => client.activate(id),
        () => client.remove(id),
        ...actions.map((action) => () => client.answer(item, action.id)),
      ])();
      const answered = () => (wish.answered = true);
      asked.then(answered, (error: { status: number }) => error.status > 0 && answered());
      this.#note(`tab ${this.visits.indexOf(visit)}: ${user} changes ${id.slice(-4)}`);
    }
  }

  #press(device: Device): void {
    const visit = this.#any(device);
    if (!visit || visit.tab.isStopped) return;
    this.#note(`tab ${this.visits.indexOf(visit)}: a press`);
    const what = this.#random.below(4);
    if (what === 0) {
      // A client that stopped for want of its user begins anew, perhaps with another.
      if (ANEW.has(visit.client.status.cause ?? "")) Object.assign(visit, { user: null, signedOutAt: Infinity });
      visit.client.reconnect();
    } else if (what === 1) void visit.client.loadOlder().catch(() => {});
    else if (what === 2) void visit.client.markAllSeen().catch(() => {});
    else void visit.client.markAllRead().catch(() => {});
  }

  /** Storage that fails takes with it what wasn't answered. */
  excuseFailures(): void {
    for (const device of this.devices) {
      if (device.browser.faults.storage === "works") continue;
      device.failedAt = this.world.elapsed;
      this.#excuse((wish) => wish.visit.device === device, "storage failed");
    }
    for (const visit of this.alive()) {
      const { isStopped, isVisible } = visit.tab;
      if (isStopped || !isVisible) this.#slowAt.set(visit, this.world.elapsed);
      if (isStopped) this.heldUpAt.set(visit.device, this.world.elapsed);
    }
    for (const device of this.devices) {
      if (this.#isHeldUp(device))
        this.#excuse(({ visit, at }) => visit.device === device && at > device.freeAt - STORED, "the disk was held up");
      else device.freeAt = this.world.elapsed;
    }
    this.#excuse(({ visit }) => visit.signedOutAt < Infinity, "its user signed out");
    this.#excuse(({ visit }) => visit.isCleared, "the site's data was cleared");
    this.#excuse(({ visit }) => visit.client.status.without.includes("storage"), "there was no storage");
  }

  /** A tab that is stopped in the middle of a transaction keeps all others' waiting, for as long as it stands. */
  #isHeldUp({ browser: { databases, tabs } }: Device): boolean {
    return [...tabs].some((tab) => tab.isStopped && databases.isBusy(tab));
  }

  #excuse(isMeant: (wish: Wish) => boolean, reason: string): void {
    for (const wish of this.wishes) if (!wish.answered && isMeant(wish)) wish.excuse ??= reason;
  }
}
