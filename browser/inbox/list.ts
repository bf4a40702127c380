// The list: a window of the feed, each notification drawn once, and never without the focus that was in it.

import type { FeedNotification } from "../generated/types.ts";
import { answers, isText, type Reply } from "./answering.ts";
import type { Content } from "./content.ts";
import { element } from "./dom.ts";
import { type Control, Row, type Voice } from "./row.ts";

/** How many notifications are drawn at first, and how many more at a time. */
const WINDOW = 50;

/** A person's wish about a notification. */
export type Intent = "title" | "read" | "dismiss" | Reply;

/** A notification with what is shown of it. */
export interface Entry {
  item: FeedNotification;
  content: Content;
}

export class List {
  readonly element: HTMLUListElement = element("ul", { part: "list", role: "list" });
  #rows = new Map<string, Row>();
  #limit = WINDOW;
  /** The row that is reached by Tab, and where it stands. */
  #current: { id: string; index: number } | undefined;
  /** The notification that a person did something with last. */
  #actedOn: string | undefined;
  readonly #intend: (item: FeedNotification, intent: Intent) => boolean;
  readonly #grow: () => void;
  readonly #leave: () => void;

  /**
   * @param intend is told what a person wants. Gives whether a link is to be opened
   * @param grow draws anew, with more
   * @param leave gives the focus to what is there when no notification is
   */
  constructor(intend: (item: FeedNotification, intent: Intent) => boolean, grow: () => void, leave: () => void) {
    this.#intend = intend;
    this.#grow = grow;
    this.#leave = leave;
    this.element.addEventListener("click", (event) => this.#act(event));
    this.element.addEventListener("focusin", () => this.#reach(this.#focus()));
    this.element.addEventListener("keydown", (event) => this.#press(event));
  }

  /**
   * @param older whether there are more than these, nobody knows how many
   * @returns how many are drawn
   */
  show(entries: readonly Entry[], voice: Voice, older: boolean): number {
    const focus = this.#focus();
    const rows = new Map<string, Row>();
    for (const { item, content } of entries.slice(0, this.#limit)) {
      const row = this.#rows.get(item.id) ?? new Row(item);
      rows.set(item.id, row);
      row.show(item, content, rows.size, older ? -1 : entries.length, voice);
    }
    for (const [id, { element }] of this.#rows) if (!rows.has(id)) element.remove();
    let place = this.element.firstElementChild;
    for (const { element } of rows.values()) {
      if (element === place) place = place.nextElementSibling;
      else this.element.insertBefore(element, place);
    }
    this.#rows = rows;
    this.#reach(this.#current);
    if (focus && !this.#focus()) this.#restore(focus);
    return rows.size;
  }

  /** Draws nothing, until it is shown again: where one was is found again then. */
  clear(): void {
    this.element.replaceChildren();
    this.#rows.clear();
  }

  /** Draws nothing, and begins at the beginning. */
  restart(): void {
    this.clear();
    this.fold();
    this.#current = undefined;
  }

  /** Draws more from the next time on. */
  more(): void {
    this.#limit += WINDOW;
  }

  /** Draws no more than at first, from the next time on. */
  fold(): void {
    this.#limit = WINDOW;
  }

  /** Gives the focus to the notification that last had it, else to the first. */
  focus(index: number = this.#current?.index ?? 0): void {
    const row = this.#at(index);
    if (row) row.focus("title");
    else this.#leave();
  }

  #at(index: number): Row | undefined {
    return [...this.#rows.values()].at(Math.min(index, this.#rows.size - 1));
  }

  /** The place in the list that has the focus. */
  #focus(): { id: string; index: number; control: Control } | undefined {
    const active = (this.element.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
    const node = active?.closest("li");
    const id = node?.dataset["id"];
    if (id === undefined || !this.element.contains(active)) return undefined;
    const control = active?.dataset["do"] ?? "item";
    return { id, index: [...this.#rows.keys()].indexOf(id), control };
  }

  /** Leads Tab to a row, or to what came into its place. */
  #reach(wanted = { id: "", index: 0 }): void {
    const chosen = this.#rows.get(wanted.id) ?? this.#at(wanted.index);
    [...this.#rows.values()].forEach((row, index) => {
      row.reachable = row === chosen;
      if (row === chosen) this.#current = { id: row.item.id, index };
    });
  }

  /**
   * Gives the focus back after what had it left. Another notification has taken its place: only a person who removed it
   * gets the same control there; for anybody else a key press could hit a control that they didn't choose.
   */
  #restore({ id, index, control }: { id: string; index: number; control: Control }): void {
    const same = this.#rows.get(id);
    const row = same ?? this.#at(index);
    // After the focus was on an answer control, it goes to the notification as a whole, so that nobody answers another
    // notification by mistake.
    if (row) row.focus((same || id === this.#actedOn) && !answers(control) ? control : "item");
    else this.#leave();
  }

  #act(event: MouseEvent): void {
    const path = event.composedPath() as Element[];
    const pressed = path.slice(0, path.indexOf(this.element));
    // An app's content in a slot may have controls of its own.
    const control = pressed.find((node) =>
      node.matches?.("a, button, input, select, textarea, label, summary, [tabindex], [data-do]"),
    );
    const id = pressed.at(-1)?.getAttribute("data-id") ?? "";
    const row = this.#rows.get(id);
    if (!row || (control && !this.element.contains(control))) return;
    const name = control?.getAttribute("data-do");
    if (!name) return row.follow();
    const intent = answers(name) ? row.reply(name) : (name as Intent);
    if (!intent) return;
    this.#actedOn = id;
    if (!this.#intend(row.item, intent)) event.preventDefault();
  }

  #press(event: KeyboardEvent): void {
    const focus = this.#focus();
    if (!focus || event.ctrlKey || event.metaKey || event.altKey) return;
    const { id, index, control } = focus;
    if (isText(control)) {
      if (event.key !== "Enter" || event.isComposing) return;
      this.#rows.get(id)!.send(control);
    } else if (/^(Delete|d)$/i.test(event.key)) {
      if (control === "item") return;
      this.#actedOn = id;
      this.#intend(this.#rows.get(id)!.item, "dismiss");
    } else {
      const last = this.#rows.size - 1;
      const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: last }[event.key];
      if (next === undefined || next < 0) return;
      if (next >= last) this.#grow();
      this.#at(next)?.focus(control, "title");
    }
    event.preventDefault();
  }
}
