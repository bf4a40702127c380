// One notification in the list: what it shows, and the controls in it. Its nodes stay as long as it is there.

import type { FeedNotification } from "../generated/types.ts";
import { button, element, write } from "./dom.ts";
import type { Labels } from "./labels.ts";
import type { Times } from "./times.ts";

/** What rows are written in. */
export interface Voice {
  labels: Labels;
  times: Times;
}

/** What can have the focus in a row: `item` is the row itself, where no key does anything but move. */
export type Control = "item" | "title" | "read" | "dismiss";

/** The most of raw content that is shown: a look at it, in characters. It may have 64 KiB. */
const RAW = 500;

let rows = 0;

export function isUnread({ readState, userActionState }: FeedNotification): boolean {
  return readState === "unread" && userActionState !== "dismissed";
}

/** What a notification is called where only one line is. */
export function titleOf({ payload }: FeedNotification, { raw }: Labels): string {
  return payload.visualContent?.title ?? raw;
}

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
    this.element = element("li", { tabindex: "-1", "data-id": item.id }, this.#title, this.#body, facts, actions);
    this.#body.id = `body${++rows}`;
    facts.id = `facts${rows}`;
    this.#title.setAttribute("aria-describedby", `${this.#body.id} ${facts.id}`);
  }

  get item(): FeedNotification {
    return this.#item;
  }

  /** Shows what became of the notification, in its place among all of them. */
  show(item: FeedNotification, place: number, count: number, { labels, times }: Voice): void {
    const { payload, priority, groupName, createdDateTime } = item;
    const unread = isUnread(item);
    const dismissed = item.userActionState === "dismissed";
    const title = titleOf(item, labels);
    this.#item = item;

    const parts = ["item", priority.toLowerCase()];
    if (unread) parts.push("unread");
    if (dismissed) parts.push("dismissed");
    this.element.setAttribute("part", parts.join(" "));
    this.element.ariaPosInSet = `${place}`;
    this.element.ariaSetSize = `${count}`;

    write(this.#title, title);
    const body = payload.visualContent ? payload.visualContent.body : payload.rawContent?.slice(0, RAW);
    write(this.#body, body ?? "");
    this.#body.classList.toggle("raw", !payload.visualContent);

    // Weight and a dot say unread to whoever sees them.
    write(this.#states, unread ? labels.unread : dismissed ? labels.dismissed : "");
    this.#states.className = dismissed ? "" : "spoken";
    const important = priority === "High";
    this.#priority.hidden = priority === "None";
    write(this.#priority, important ? "!" : "↓");
    this.#priority.ariaLabel = this.#priority.title = important ? labels.high : labels.low;
    write(this.#group, groupName ?? "");
    const created = Date.parse(createdDateTime);
    if (created) {
      this.#time.dateTime = createdDateTime;
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
