// The tabs: one view of the feed each, by the tabs pattern of the ARIA Authoring Practices (arrows, Home, End; a tab is
// chosen as soon as it has the focus).

import type { Content } from "./content.ts";
import { button, element, write } from "./dom.ts";
import type { Labels } from "./labels.ts";

/** Before the name of a group: its tab. */
const GROUP = "group ";

/** The tabs that there are when an app names none. */
const USUAL = "all unread dismissed";

/** Whether a notification belongs into a tab. `showDismissed`: also in those that would hide what was dismissed. */
export function belongs(tab: string, { group, dismissed, unread }: Content, showDismissed: boolean): boolean {
  if (tab === "unread") return unread;
  if (tab === "dismissed") return dismissed;
  if (tab.startsWith(GROUP) && group !== tab.slice(GROUP.length)) return false;
  return showDismissed || !dismissed;
}

export class Tabs {
  readonly element: HTMLDivElement = element("div", { part: "tabs", role: "tablist", "aria-labelledby": "heading" });
  /** `all`, `unread`, `dismissed`, or a group's. */
  selected: string = "all";
  #tabs = new Map<string, HTMLButtonElement>();
  #made = 0;
  readonly #changed: () => void;

  /** @param changed draws another view */
  constructor(changed: () => void) {
    this.#changed = changed;
    this.element.addEventListener("click", ({ target }) => this.#select((target as Element).closest("button")));
    this.element.addEventListener("keydown", (event) => this.#press(event));
  }

  /** The id of the tab that is chosen; "": there are no tabs. */
  get id(): string {
    return this.#tabs.get(this.selected)?.id ?? "";
  }

  /**
   * Shows the tabs that an app wants.
   * @param wanted `all`, `unread`, `dismissed`, `groups`, separated by spaces; "": the usual ones; `null`: none
   * @param groups the names of the groups there are, in order
   */
  show(wanted: string | null, groups: readonly string[], labels: Labels): void {
    const words: Record<string, string> = {
      all: labels.tabAll,
      unread: labels.tabUnread,
      dismissed: labels.tabDismissed,
    };
    const names = new Map<string, string>();
    for (const name of wanted === null ? [] : (wanted.trim() || USUAL).split(/\s+/)) {
      if (name === "groups") for (const group of groups) names.set(GROUP + group, group);
      else if (Object.hasOwn(words, name)) names.set(name, words[name]!);
    }
    // A group's tab that is chosen stays when its last notification leaves.
    if (names.size && groupsIn(wanted) && this.selected.startsWith(GROUP))
      names.set(this.selected, this.selected.slice(GROUP.length));
    if (!names.has(this.selected)) this.selected = names.keys().next().value ?? "all";

    const tabs = new Map<string, HTMLButtonElement>();
    for (const [key, name] of names) {
      const tab = this.#tabs.get(key) ?? this.#make(key);
      const chosen = key === this.selected;
      tab.ariaSelected = `${chosen}`;
      tab.tabIndex = chosen ? 0 : -1;
      tab.setAttribute("part", chosen ? "tab selected" : "tab");
      write(tab, name);
      tabs.set(key, tab);
    }
    const order = [...tabs.values()];
    const same = order.length === this.#tabs.size && order.every((tab, index) => tab === this.element.children[index]);
    // Nodes that move lose the focus.
    const focused = order.find((tab) => tab.matches(":focus"));
    if (!same) this.element.replaceChildren(...order);
    if (!same) focused?.focus();
    this.#tabs = tabs;
    this.element.hidden = tabs.size === 0;
  }

  #make(key: string): HTMLButtonElement {
    const id = `tab${++this.#made}`;
    return button("tab", { id, role: "tab", "data-do": key, "aria-controls": "items", dir: "auto" });
  }

  #select(tab: HTMLButtonElement | null | undefined): void {
    if (!tab) return;
    tab.focus();
    const key = tab.dataset["do"]!;
    if (key === this.selected) return;
    this.selected = key;
    this.#changed();
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #press(event: KeyboardEvent): void {
    const tabs = [...this.#tabs.values()];
    const forward = getComputedStyle(this.element).direction === "rtl" ? -1 : 1;
    const index = tabs.findIndex((tab) => tab.matches(":focus"));
    const next = { ArrowRight: index + forward, ArrowLeft: index - forward, Home: 0, End: -1 }[event.key];
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#select(tabs.at(next % tabs.length));
  }
}

function groupsIn(wanted: string | null): boolean {
  return /(^|\s)groups(\s|$)/.test(wanted ?? "");
}
