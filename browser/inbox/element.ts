// The element: its client, the bell, the panel, and what it hears from the client.

import type { LiveClient, LiveError } from "../client/api.ts";
import type { FeedNotification } from "../generated/types.ts";
import { Attributes } from "./attributes.ts";
import { type Content, contentOf, isItem } from "./content.ts";
import { button, element, write } from "./dom.ts";
import type { InboxEvents } from "./events.ts";
import { Bell } from "./bell.ts";
import type { Labels } from "./labels.ts";
import { type Entry, type Intent, List } from "./list.ts";
import { News } from "./news.ts";
import { Notice } from "./notice.ts";
import { Older } from "./older.ts";
import { styleSheet } from "./style.ts";
import { languageAround } from "./surroundings.ts";
import { belongs, Tabs } from "./tabs.ts";
import { timeBy, Times } from "./times.ts";
import { complete } from "./words.ts";

/** The least time between two drawings that a clock asks for, in milliseconds: an app's clock may stand still. */
const TICK = 1000;

/** The properties that an app may have set before the element was defined. */
const PROPERTIES = ["client", "labels", "clock", "open", "inline", "hideRaw", "hideIcons", "showDismissed", "tabs"];

declare global {
  interface HTMLElementTagNameMap {
    "notifeed-inbox": NotifeedInbox;
  }
}

export class NotifeedInbox extends Attributes {
  #client: LiveClient | null = null;
  #labels = complete(null);
  #clock: (() => number) | null = null;
  #times = new Times(undefined);
  #unlisten: (() => void)[] = [];
  /** The notifications in view: those of the chosen tab, or all. */
  #entries: readonly Entry[] = [];
  #drawing = false;
  #toggling = false;
  /** The error of the change that was refused last; `undefined` again when a person makes another. */
  #refusal: unknown;
  #ticking: ReturnType<typeof setTimeout> | undefined;
  #watcher: IntersectionObserver | undefined;
  #languages: MutationObserver | undefined;

  #older = new Older();
  /** The place to which the focus goes when the notifications are here that a person asked for. */
  #from = Infinity;

  readonly #bell = new Bell();
  readonly #heading = element("h2", { part: "heading", id: "heading", tabindex: "-1" });
  readonly #markAll = button("mark-all");
  readonly #tabs = new Tabs(() => this.#turn());
  readonly #list = new List(
    (item, intent) => this.#act(item, intent),
    () => void this.#grow(),
    () => this.#heading.focus(),
  );
  readonly #nothing = element("slot", { name: "empty" });
  readonly #empty = element("p", { part: "empty" });
  readonly #scroller = element("div", { part: "scroller", id: "items" });
  readonly #more = button("more");
  readonly #notice = new Notice(
    () => this.#client?.reconnect(),
    () => this.#heading.focus(),
  );
  readonly #panel = element("section", { part: "panel", "aria-labelledby": "heading" });
  readonly #news = new News((titles) => this.#labels.arrived(titles));

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    this.#scroller.append(this.#list.element, this.#more, this.#empty);
    this.#panel.append(
      element("header", { part: "header" }, this.#heading, this.#markAll),
      this.#tabs.element,
      this.#scroller,
      this.#notice.element,
    );
    this.#bell.element.popoverTargetElement = this.#panel;
    root.append(this.#bell.element, this.#panel, this.#news.element);

    this.#panel.addEventListener("beforetoggle", (event) => this.#toggle((event as ToggleEvent).newState === "open"));
    this.#panel.addEventListener("toggle", () => this.#toggled());
    this.#markAll.addEventListener("click", () => this.#markAllRead());
    this.#more.addEventListener("click", () => {
      this.#more.focus();
      this.#from = this.#list.element.childElementCount;
      void this.#grow(true);
    });
  }

  /** The live client whose feed it shows; it stays the app's: the element never closes it. */
  get client(): LiveClient | null {
    return this.#client;
  }
  set client(client: LiveClient | null | undefined) {
    this.#client = (client as LiveClient | undefined) ?? null;
    this.#refusal = undefined;
    this.#older = new Older();
    this.#listen();
    this.#update();
  }

  /** Its words. Those that aren't given are English. */
  get labels(): Labels {
    return this.#labels;
  }
  set labels(labels: Partial<Labels> | null | undefined) {
    this.#labels = complete(labels);
    this.#update();
  }

  /** The app's clock, in milliseconds since 1970: for apps that know better than the client and the device. */
  get clock(): () => number {
    return this.#clock ?? Date.now;
  }
  set clock(clock: (() => number) | null | undefined) {
    this.#clock = clock ?? null;
    this.#update();
  }

  connectedCallback(): void {
    this.adopt(PROPERTIES);
    const page = this.ownerDocument;
    // The element may have come from another document, whose sheet would be worth nothing here.
    this.shadowRoot!.adoptedStyleSheets = [styleSheet(page)];
    this.#languages = new MutationObserver(() => this.#update());
    this.#languages.observe(page, { subtree: true, attributeFilter: ["lang"] });
    this.#watcher = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && void this.#grow());
    this.#listen();
    this.#arrange();
    this.#draw();
  }

  disconnectedCallback(): void {
    this.#listen();
    this.#watcher?.disconnect();
    this.#languages?.disconnect();
    clearTimeout(this.#ticking);
  }

  attributeChangedCallback(name: string): void {
    if (name === "open" || name === "inline") this.#arrange();
    this.#update();
  }

  /** Listens to the client there is now, as long as the element is in a page. */
  #listen(): void {
    for (const end of this.#unlisten.splice(0)) end();
    // Another client may be another person's.
    this.#news.forget();
    const client = this.#client;
    if (!client || !this.isConnected) return;
    this.#unlisten.push(
      client.on("change", () => this.#update()),
      client.on("status", () => this.#update()),
      client.on("refused", ({ error }) => this.#refused(error)),
      client.on("notification", ({ notification, replayed }) => {
        // Only news is read out; a replayed notification is in the list.
        if (replayed || !isItem(notification)) return;
        const content = contentOf(notification);
        if (this.#shows(content)) this.#news.arrived(content.title || this.#labels.raw);
      }),
    );
  }

  /** Brings the panel to where the attributes say. */
  #arrange(): void {
    if (this.#toggling || !this.isConnected) return;
    const { inline, open } = this;
    this.#bell.element.hidden = inline;
    this.#panel.role = inline ? "region" : "dialog";
    if (this.#panel.popover !== (inline ? null : "auto")) this.#panel.popover = inline ? null : "auto";
    if (!inline && open !== this.#isShown) this.#panel.togglePopover(open);
  }

  get #active(): Element | null {
    return this.shadowRoot!.activeElement;
  }

  get #isShown(): boolean {
    return this.#panel.matches(":popover-open, :not([popover])");
  }

  /** The panel is about to open or close, by whatever means. */
  #toggle(open: boolean): void {
    // Some browsers don't focus a button that is clicked, and so wouldn't know where the focus came from.
    if (!open && this.#panel.contains(this.#active)) this.#bell.element.focus();
    this.#toggling = true;
    this.open = open;
    this.#toggling = false;
    this.#list.fold();
    this.#older.scrolls = true;
    if (open) this.#draw();
    // A list that was open was looked at, with what came meanwhile.
    // The user didn't request this, so a failure is neither shown nor does it remove a notice.
    this.#client?.markAllSeen().catch(() => {});
  }

  #toggled(): void {
    // If the user opened the panel by the bell, the focus moves into it; if the app opened it, the focus stays.
    if (this.open && this.#active === this.#bell.element) this.#list.focus();
    this.#tellApp("notifeed-toggle", null, false);
  }

  /** Whether it is shown where nothing else is asked for: so the badge counts, and so news are told. */
  #shows(content: Content): boolean {
    return !(this.hideRaw && content.raw) && belongs("all", content, this.showDismissed);
  }

  /** Draws soon: once for all that changes in one turn. */
  #update(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      if (this.isConnected) this.#draw();
    });
  }

  /** Another tab: its list begins at its beginning. */
  #turn(): void {
    this.#list.restart();
    this.#older.scrolls = true;
    this.#scroller.scrollTop = 0;
    this.#draw();
  }

  #draw(): void {
    const labels = this.#labels;
    const language = languageAround(this);
    if (this.#times.language !== language) this.#times = new Times(language);
    const all: Entry[] = [];
    for (const item of this.#client?.items ?? []) {
      const content = isItem(item) && contentOf(item);
      if (content && !(this.hideRaw && content.raw)) all.push({ item, content });
    }
    const shownAtFirst = all.filter(({ content }) => this.#shows(content));
    const unread = shownAtFirst.filter(isUnread).length;
    this.#bell.show(unread, this.open, labels, this.#times);
    write(this.#heading, labels.heading);
    clearTimeout(this.#ticking);
    if (!all.length && this.#client?.status.state !== "live") this.#news.forget();
    // A closed panel keeps nothing of a feed that has been left.
    if (!this.inline && !this.open) return this.#list.clear();

    const groups = new Set(shownAtFirst.map(({ content }) => content.group).filter(Boolean));
    this.#tabs.show(this.tabs, [...groups].sort(), labels);
    const { selected, id } = this.#tabs;
    this.#scroller.role = id && "tabpanel";
    this.#scroller.setAttribute("aria-labelledby", id);
    this.#entries = all.filter(({ content }) => belongs(selected, content, this.showDismissed));
    write(this.#markAll, labels.markAllRead);
    this.#markAll.ariaDisabled = `${!this.#entries.some(isUnread)}`;
    this.#drawState(labels);
    this.#drawList(labels);
  }

  #drawList(labels: Labels): void {
    const times = this.#times;
    const older = this.#client?.more ?? false;
    times.begin(timeBy(this.#clock, () => this.#client?.now()));
    const drawn = this.#list.show(this.#entries, { labels, times, icons: !this.hideIcons }, older);
    const more = older || drawn < this.#entries.length;
    // The focus goes from the button to the first notification that was asked for, or to the last when the button leaves.
    if (this.#active === this.#more && (!more || drawn > this.#from)) {
      this.#list.focus(this.#from);
      this.#from = Infinity;
    }
    write(this.#more, this.#older.loading ? labels.loading : labels.more);
    this.#more.ariaDisabled = `${this.#older.loading}`;
    this.#more.hidden = !more;
    // An IntersectionObserver reports elements that are already in view only when it starts observing them.
    this.#watcher?.disconnect();
    if (more) this.#watcher?.observe(this.#more);
    if (times.next < Infinity) this.#ticking = setTimeout(() => this.#draw(), Math.max(times.next, TICK));
  }

  #drawState(labels: Labels): void {
    const { status, cursor, more } = this.#client ?? {};
    const state = status?.state ?? "live";
    this.#notice.show(state, this.#refusal !== undefined, labels);
    this.#list.element.ariaBusy = `${state === "connecting"}`;
    // Before the feed was read once nobody knows that it is empty.
    this.#empty.hidden = this.#entries.length > 0 || Boolean(more) || (state !== "live" && cursor === null);
    const isFeed = ["all", "unread"].includes(this.#tabs.selected);
    if (isFeed) write(this.#nothing, labels.empty);
    if (!isFeed || !this.#nothing.isConnected) this.#empty.replaceChildren(isFeed ? this.#nothing : labels.emptyTab);
  }

  /**
   * Shows more: of what is here, else of what the service has.
   * @param asked by a person, not by scrolling
   */
  async #grow(asked = false): Promise<void> {
    const client = this.#client;
    const before = this.#entries.length;
    if (this.#list.element.childElementCount < before) {
      this.#list.more();
      return this.#draw();
    }
    const older = this.#older;
    if (!client?.more || !older.mayLoad(asked)) return;
    const loaded = older.load(client);
    this.#draw();
    await loaded;
    if (older !== this.#older || !this.isConnected) return;
    this.#list.more();
    this.#draw();
    older.scrolls = this.#entries.length > before;
  }

  /** @returns whether a link is to be opened */
  #act(item: FeedNotification, intent: Intent): boolean {
    const client = this.#client;
    if (!client) return true;
    const { id, readState, userActionState } = item;
    const { unread, dismissed } = contentOf(item);
    if (intent === "title") {
      if (!this.#tellApp("notifeed-activate", item)) return false;
      if (readState === "unread" || userActionState !== "activated") this.#try(() => client.activate(id));
    } else if (intent === "read") {
      this.#try(() => (unread ? client.markRead(id) : client.markUnread(id)));
    } else if (typeof intent === "object") {
      const { action, text } = intent;
      if (this.#tellApp("notifeed-answer", { notification: item, ...intent }))
        this.#try(() => client.answer(item, action, text || undefined));
    } else if (dismissed) {
      this.#try(() => client.restore(id));
    } else if (this.#tellApp("notifeed-dismiss", item)) {
      this.#try(() => client.dismiss(id));
    }
    return true;
  }

  /** Marks the notifications in view; those that it hides stay as they are. A view that hides none is one change. */
  #markAllRead(): void {
    const client = this.#client;
    const unread = this.#entries.filter(isUnread);
    if (client && !this.hideRaw && ["all", "unread"].includes(this.#tabs.selected))
      this.#try(() => client.markAllRead());
    else if (client) this.#try(() => Promise.all(unread.map(({ item }) => client.markRead(item.id))));
  }

  /** Tells the app. @returns whether the element goes on with it */
  #tellApp(type: keyof InboxEvents, detail: unknown, cancelable = true): boolean {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable }));
  }

  /** Says so when a change is refused; the client has taken it back. */
  #try(change: () => Promise<unknown>): void {
    this.#refusal = undefined;
    new Promise((done) => done(change())).catch((error: unknown) => this.#refused(error));
  }

  /** Tells of a refused change, of this visit or of an earlier one. Promise and event of the same change count once. */
  #refused(error: unknown): void {
    // A client that was closed keeps what isn't answered.
    if (error === this.#refusal || (error as LiveError | undefined)?.code === "Closed") return;
    this.#refusal = error ?? null;
    this.#news.say(this.#labels.failed);
    this.#update();
    this.#tellApp("notifeed-error", error, false);
  }
}

function isUnread({ content }: Entry): boolean {
  return content.unread;
}
