// Tells who can't see the devices what happens on them: one voice for all, so that what happens on four is said once.

/** Announcements within this many milliseconds are said together. */
const GATHER = 300;
/** The most that is said together. */
const SAID = 3;

const LIST = new Intl.ListFormat("en");

export class Announcer {
  #region;
  /** @type {Map<string, { what: string, about: string, names: Set<string> }>} what is to be said */
  #gathered = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #gathering;

  /** @param {HTMLElement} region a live one */
  constructor(region) {
    this.#region = region;
  }

  /**
   * @param {string} what happened: “Arrived”
   * @param {string} name of the device
   * @param {string} [about] the notification's title
   */
  tell(what, name, about = "") {
    const key = JSON.stringify([what, about]);
    const told = this.#gathered.get(key) ?? { what, about, names: new Set() };
    told.names.add(name);
    this.#gathered.set(key, told);
    this.#gathering ||= setTimeout(() => this.#say(), GATHER);
  }

  /** Drops all that was to be said. */
  forget() {
    this.#gathered.clear();
    this.#region.textContent = "";
  }

  #say() {
    this.#gathering = undefined;
    const sentences = [...this.#gathered.values()].map(
      ({ what, about, names }) => `${what} on ${LIST.format(names)}${about && `: ${about}`}`,
    );
    this.#gathered.clear();
    if (sentences.length === 0) return;
    const more = sentences.length - SAID;
    this.#region.textContent = [...sentences.slice(0, SAID), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
  }
}
