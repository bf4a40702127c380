// A row of the list: a notification and its controls. Its nodes stay as long as it is there.

import type { FeedNotification } from "../generated/types.ts";
import { Answering, type Reply } from "./answering.ts";
import type { Content } from "./content.ts";
import { button, element, write } from "./dom.ts";
import type { Labels } from "./labels.ts";
import type { Times } from "./times.ts";

/** How rows are written. */
export interface Voice {
  labels: Labels;
  times: Times;
  /** Without it no picture is loaded that a notification names. */
  icons: boolean;
}

/**
 * The name of a part that can have the focus: `item` is the row itself, where no key does anything but move; `title`,
 * `read`, `dismiss`, and those of the answers.
 */
export type Control = string;

const TITLE = { dir: "auto", "aria-keyshortcuts": "Delete D" };

let rows = 0;

export class Row {
  readonly element: HTMLLIElement;
  #item: FeedNotification;
  readonly #plain = button("title", TITLE);
  readonly #link = element("a", { part: "title", "data-do": "title", target: "_blank", rel: "noopener", ...TITLE });
  /** The one of the two that is shown. */
  #title: HTMLElement = this.#plain;
  readonly #icon = element("span", { part: "icon" });
  readonly #body = element("p", { part: "body", dir: "auto" });
  readonly #states = element("span", {});
  readonly #priority = element("span", { part: "priority", role: "img" });
  readonly #answered = element("span", { part: "answered", dir: "auto" });
  readonly #said = element("q", { part: "said", dir: "auto" });
  readonly #category = element("span", { part: "category", dir: "auto" });
  readonly #group = element("span", { part: "group", dir: "auto" });
  readonly #host = element("span", { part: "host", dir: "ltr" });
  readonly #time = element("time", { part: "time", dir: "auto" });
  readonly #read = button("read");
  readonly #dismiss = button("dismiss");
  readonly #answering = new Answering();

  constructor(item: FeedNotification) {
    this.#item = item;
    const { element: answers } = this.#answering;
    const told = [this.#answered, this.#said, this.#category, this.#group, this.#host, this.#time];
    const facts = element("p", { part: "facts" }, this.#states, this.#priority, ...told);
    const actions = element("div", { part: "actions" }, this.#read, this.#dismiss);
    // The app's own pictures and bodies: elements of the page with these slots' names.
    const icon = element("slot", { name: `icon-${item.id}` }, this.#icon);
    const body = element("slot", { name: `body-${item.id}` }, this.#body);
    this.element = element(
      "li",
      { tabindex: "-1", "data-id": item.id },
      icon,
      this.#title,
      body,
      facts,
      answers,
      actions,
    );
    this.#body.id = `body${++rows}`;
    facts.id = `facts${rows}`;
    for (const title of [this.#plain, this.#link])
      title.setAttribute("aria-describedby", `${this.#body.id} ${facts.id}`);
  }

  get item(): FeedNotification {
    return this.#item;
  }

  /** Shows what became of the notification, in its place among all of them. `count`: -1 when nobody knows it. */
  show(item: FeedNotification, content: Content, place: number, count: number, voice: Voice): void {
    const { labels, times } = voice;
    const { body, raw, priority, group, created, dismissed, unread, link, category, answer } = content;
    const title = content.title || labels.raw;
    this.#item = item;

    const parts = ["item", priority.toLowerCase()];
    if (unread) parts.push("unread");
    if (dismissed) parts.push("dismissed");
    this.element.setAttribute("part", parts.join(" "));
    this.element.ariaPosInSet = `${place}`;
    this.element.ariaSetSize = `${count}`;

    this.#lead(link);
    this.#picture(voice.icons ? content.icon : "");
    write(this.#title, title);
    write(this.#body, body);
    this.#body.classList.toggle("raw", raw);

    // Bold text and a dot show sighted users that the notification is unread.
    write(this.#states, unread ? labels.unread : dismissed ? labels.dismissed : "");
    this.#states.className = dismissed ? "" : "spoken";
    const important = priority === "High";
    this.#priority.hidden = priority === "None";
    write(this.#priority, important ? "!" : "↓");
    this.#priority.ariaLabel = this.#priority.title = important ? labels.high : labels.low;
    write(this.#answered, answer ? labels.answered(answer.title, answer.platform) : "");
    write(this.#said, answer?.text ?? "");
    write(this.#category, category);
    write(this.#group, group);
    write(this.#host, link.split("/")[2] ?? "");
    this.#time.hidden = !created;
    if (created) {
      this.#time.dateTime = item.createdDateTime;
      this.#time.title = times.absolute(created);
      write(this.#time, times.relative(created));
    }

    this.#answering.show(item, content, title, labels);
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
    for (const control of this.#controls) control.tabIndex = reachable ? 0 : -1;
  }

  /** Gives the focus to the first of these controls that there is, else to the row itself. */
  focus(...controls: Control[]): void {
    const all = this.#controls;
    const found = controls.map((name) => all.find((control) => control.dataset["do"] === name)).find(Boolean);
    (found ?? this.element).focus();
  }

  /** Does as if its title had been pressed. */
  follow(): void {
    this.#title.click();
  }

  /** The answer that a control gives; `undefined`: none. */
  reply(control: Control): Reply | undefined {
    return this.#answering.reply(control);
  }

  /** Presses the button that belongs to a line of text. */
  send(control: Control): void {
    this.#answering.press(control);
  }

  get #controls(): HTMLElement[] {
    return [this.#title, ...this.#answering.controls, this.#read, this.#dismiss];
  }

  /** Makes a title that leads somewhere a link, opened by nobody but a person; any other is a button. */
  #lead(link: string): void {
    if (link && this.#link.href !== link) this.#link.href = link;
    const title = link ? this.#link : this.#plain;
    if (title === this.#title) return;
    const focused = this.#title.matches(":focus");
    this.#title.replaceWith(title);
    this.#title = title;
    if (focused) title.focus();
  }

  /** Loads a picture when it comes into view; its box has its size before that. */
  #picture(address: string): void {
    this.#icon.hidden = !address;
    if (address === (this.#icon.firstElementChild as HTMLImageElement | null)?.getAttribute("src")) return;
    const picture = { alt: "", loading: "lazy", referrerpolicy: "no-referrer", src: address };
    this.#icon.replaceChildren(...(address ? [element("img", picture)] : []));
  }
}
