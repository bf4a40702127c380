// The element's attributes, and the properties that reflect them.

// Without a DOM the class can be named, but not used.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

export class Attributes extends Base {
  static readonly observedAttributes: string[] = [
    "open",
    "inline",
    "hide-raw",
    "hide-icons",
    "show-dismissed",
    "tabs",
    "lang",
  ];

  /** Whether the panel is open. */
  get open(): boolean {
    return this.hasAttribute("open");
  }
  set open(open: boolean) {
    this.toggleAttribute("open", Boolean(open));
  }

  /** The list alone, in its place in the page, without the bell. */
  get inline(): boolean {
    return this.hasAttribute("inline");
  }
  set inline(inline: boolean) {
    this.toggleAttribute("inline", Boolean(inline));
  }

  /** Leaves out what has raw content only. */
  get hideRaw(): boolean {
    return this.hasAttribute("hide-raw");
  }
  set hideRaw(hide: boolean) {
    this.toggleAttribute("hide-raw", Boolean(hide));
  }

  /** Loads no picture that a notification names. */
  get hideIcons(): boolean {
    return this.hasAttribute("hide-icons");
  }
  set hideIcons(hide: boolean) {
    this.toggleAttribute("hide-icons", Boolean(hide));
  }

  /** Shows what was dismissed too, with a way back. */
  get showDismissed(): boolean {
    return this.hasAttribute("show-dismissed");
  }
  set showDismissed(show: boolean) {
    this.toggleAttribute("show-dismissed", Boolean(show));
  }

  /**
   * The tabs, separated by spaces: `all`, `unread`, `dismissed`, and `groups` for one of each group; "": the first three;
   * `null`: none.
   */
  get tabs(): string | null {
    return this.getAttribute("tabs");
  }
  set tabs(tabs: string | boolean | null | undefined) {
    if (tabs === null || tabs === undefined || tabs === false) this.removeAttribute("tabs");
    else this.setAttribute("tabs", tabs === true ? "" : tabs);
  }

  /** Takes values that an app set before the element was defined: until then they hide the accessors. */
  protected adopt(names: readonly string[]): void {
    for (const name of names) {
      if (!Object.hasOwn(this, name)) continue;
      const own = this as Record<string, unknown>;
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
  }
}
