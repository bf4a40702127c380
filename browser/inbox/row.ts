// A row of the list: a notification and its controls. Its nodes stay as long as it is there.

import type { FeedNotification } from "../generated/types.ts";
import type { Content } from "./content.ts";
import { button, element, write } from "./dom.ts";
import type { Labels } from "./labels.ts";
import type { Times } from "./times.ts";

/** The language that rows are written in. */
export interface Voice {
  labels: Labels;
  times: Times;
}

/** The parts of a row that can have the focus: `item` is the row itself, where no key does anything but move. */
export type Control = "item" | "title" | "read" | "dismiss";

let rows = 0;

export class Row {
  readonly element: HTMLLIElement;
  #item: FeedNotification;
  readonly #title = button("title", { dir: "auto", "aria-keyshortcuts": "Delete D" });
  readonly #body = element("p", { part: "body", dir: "auto" });
  readonly #states = element("span", {});
  readonly #priority = element("span", { part: "priority", role: "img" });
  readonly #group = element("span", { part: "group", dir: "auto" });
  readonly #time = element("time", { part: "time", dir: "auto" });
  readonly #read = button("read");
  readonly #dismiss = button("dismiss");

  constructor(item: FeedNotification) {
    this.#item = item;
    const facts = element("p", { part: "facts" }, this.#states, this.#priority, this.#group, this.#time);
    const actions = element("div", { part: "actions" }, this.#read, this.#dismiss);
    // The app's own pictures and bodies: elements of the page with these slots' names.
    const icon = element("slot", { name: `icon-${item.id}` });
    const body = element("slot", { name: `body-${item.id}` }, this.#body);
    this.element = element("li", { tabindex: "-1", "data-id": item.id }, icon, this.#title, body, facts, actions);
    this.#body.id = `body${++rows}`;
    facts.id = `facts${rows}`;
    this.#title.setAttribute("aria-describedby", `${this.#body.id} ${facts.id}`);
  }

  get item(): FeedNotification {
    return this.#item;
  }

  /** Shows what became of the notification, in its place among all of them. `count`: -1 when nobody knows it. */
  show(item: FeedNotification, content: Content, place: number, count: number, { labels, times }: Voice): void {
    const { body, raw, priority, group, created, dismissed, unread } = content;
    const title = content.title || labels.raw;
    this.#item = item;

    const parts = ["item", priority.toLowerCase()];
    if (unread) parts.push("unread");
    if (dismissed) parts.push("dismissed");
    this.element.setAttribute("part", parts.join(" "));
    this.element.ariaPosInSet = `${place}`;
    this.element.ariaSetSize = `${count}`;

    write(this.#title, title);
    write(this.#body, body);
    this.#body.classList.toggle("raw", raw);

    // Weight and a dot say unread to whoever sees them.
    write(this.#states, unread ? labels.unread : dismissed ? labels.dismissed : "");
    this.#states.className = dismissed ? "" : "spoken";
    const important = priority === "High";
    this.#priority.hidden = priority === "None";
    write(this.#priority, important ? "!" : "↓");
    this.#priority.ariaLabel = this.#priority.title = important ? labels.high : labels.low;
    write(this.#group, group);
    this.#time.hidden = !created;
    if (created) {
      this.#time.dateTime = item.createdDateTime;
      this.#time.title = times.absolute(created);
      write(this.#time, times.relative(created));
    }

    name(this.#read, unread ? "✓" : "●", unread ? labels.markRead : labels.markUnread);
    name(this.#dismiss, dismissed ? "↺" : "×", dismissed ? labels.restore : labels.dismiss);

    function name(node: HTMLElement, sign: string, label: string): void {
      write(node, sign);
      node.title = label;
      node.ariaLabel = labels.of(label, title);
    }
  }

  /** Whether its controls are reached by Tab: those of one row are, the arrow keys lead to the others. */
  set reachable(reachable: boolean) {
    for (const control of [this.#title, this.#read, this.#dismiss]) control.tabIndex = reachable ? 0 : -1;
  }

  focus(control: Control): void {
    ({ item: this.element, title: this.#title, read: this.#read, dismiss: this.#dismiss })[control].focus();
  }
}
