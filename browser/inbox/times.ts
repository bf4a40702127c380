// How long ago something was, in words, and when the words change.

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** Times in one language. Instants are milliseconds since 1970. */
export class Times {
  readonly language: string | undefined;
  readonly #ago: Intl.RelativeTimeFormat;
  readonly #word: Intl.RelativeTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  #now = 0;
  /** In how many milliseconds the first of the times that were told since {@link begin} reads differently. */
  next: number = Infinity;

  /** @param language a BCP 47 tag; one that isn't is the browser's own */
  constructor(language: string | undefined) {
    this.language = language;
    try {
      new Intl.Locale(language ?? "en");
    } catch {
      language = undefined;
    }
    // "1 day ago", not "yesterday", which is wrong when two midnights lie between; but "now", not "0 seconds ago".
    this.#ago = new Intl.RelativeTimeFormat(language);
    this.#word = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    this.#date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  }

  /** From here on it is `now`. */
  begin(now: number): void {
    this.#now = now;
    this.next = Infinity;
  }

  relative(at: number): string {
    // The clock that wrote it may be ahead of this one.
    const age = Math.max(0, this.#now - at);
    const [unit, length] = UNITS.find(([, length]) => age >= length) ?? (["second", 60_000] as const);
    const count = Math.floor(age / length);
    this.next = Math.min(this.next, length - (age % length));
    return (count ? this.#ago : this.#word).format(-count, unit);
  }

  absolute(at: number): string {
    return this.#date.format(at);
  }

  /** A count in a badge: at most two digits. */
  count(count: number): string {
    return Math.min(count, 99).toLocaleString(this.#date.resolvedOptions().locale) + (count > 99 ? "+" : "");
  }
}

/** The time by the first of these clocks that gives one, else by the device's: milliseconds since 1970. */
export function timeBy(...clocks: ((() => number | undefined) | null)[]): number {
  for (const clock of clocks) {
    try {
      const now = clock?.();
      if (Number.isFinite(now)) return now!;
    } catch {
      // An app's own clock. The next one is better than none.
    }
  }
  return Date.now();
}
