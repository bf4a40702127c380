// Announces what happens on the devices to users of screen readers: one live region for all, so that a change on four
// devices is announced once.

/** Announcements within this many milliseconds are combined. */
const GATHER = 300;
/** The most announcements that are combined. */
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
