// The element: its attributes and properties, the bell, the panel, and what it hears from the client.

import type { LiveClient } from "../client/api.ts";
import type { FeedNotification } from "../generated/types.ts";
import { button, element, write } from "./dom.ts";
import { type Labels, LABELS } from "./labels.ts";
import { type Intent, List } from "./list.ts";
import { isUnread, titleOf } from "./row.ts";
import { styleSheet } from "./style.ts";
import { Times } from "./times.ts";

/** What arrives within this is read out in one sentence, in milliseconds. */
const GATHER = 300;

/** The properties that an app may have set before the element was defined. */
const PROPERTIES = ["client", "labels", "clock", "open", "inline", "hideRaw", "showDismissed"] as const;

// Where there is no DOM the class can be named, but not used.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

declare global {
  interface HTMLElementTagNameMap {
    "notifeed-inbox": NotifeedInbox;
  }
  interface HTMLElementEventMap {
    "notifeed-activate": CustomEvent<FeedNotification>;
    "notifeed-dismiss": CustomEvent<FeedNotification>;
    "notifeed-toggle": CustomEvent<null>;
    "notifeed-error": CustomEvent<unknown>;
  }
}

export class NotifeedInbox extends Base {
  static readonly observedAttributes: string[] = ["open", "inline", "hide-raw", "show-dismissed", "lang"];

  #client: LiveClient | null = null;
  #labels = LABELS;
  #clock = Date.now;
  #times = new Times(undefined);
  #unlisten: (() => void)[] = [];
  #items: readonly FeedNotification[] = [];
  #drawing = false;
  #toggling = false;
  #failed = false;
  #news: string[] = [];
  #telling: ReturnType<typeof setTimeout> | undefined;
  #ticking: ReturnType<typeof setTimeout> | undefined;
  #watcher: IntersectionObserver | undefined;

  readonly #badge = element("span", { part: "badge", "aria-hidden": "true" });
  readonly #bell = button("bell", { "aria-haspopup": "dialog" });
  readonly #heading = element("h2", { part: "heading", id: "heading", tabindex: "-1" });
  readonly #markAll = button("mark-all");
  readonly #list = new List(
    (item, intent) => this.#act(item, intent),
    () => this.#grow(),
    () => this.#heading.focus(),
  );
  readonly #nothing = element("slot", { name: "empty" });
  readonly #empty = element("p", { part: "empty" }, this.#nothing);
  readonly #more = button("more");
  readonly #notice = element("p", { part: "notice" });
  readonly #state = element("span", {});
  readonly #reconnect = button("reconnect");
  readonly #panel = element("section", { part: "panel", "aria-labelledby": "heading" });
  /** What is read out. It stands outside the panel: what is hidden is silent. */
  readonly #spoken = element("p", { class: "spoken", role: "status" });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styleSheet()];
    this.#bell.append(element("slot", { name: "icon" }, bellIcon()), this.#badge);
    this.#notice.append(this.#state, this.#reconnect);
    this.#panel.append(
      element("header", { part: "header" }, this.#heading, this.#markAll),
      element("div", { part: "scroller" }, this.#list.element, this.#more, this.#empty),
      this.#notice,
    );
    this.#bell.popoverTargetElement = this.#panel;
    root.append(this.#bell, this.#panel, this.#spoken);

    this.#panel.addEventListener("beforetoggle", (event) => this.#toggle((event as ToggleEvent).newState === "open"));
    this.#panel.addEventListener("toggle", () => this.#toggled());
    this.#markAll.addEventListener("click", () => this.#markAllRead());
    this.#reconnect.addEventListener("click", () => this.#client?.reconnect());
    this.#more.addEventListener("click", () => {
      const first = this.#list.element.childElementCount;
      this.#grow();
      this.#list.focus(first);
    });
  }

  /** The live client whose feed it shows; it stays the app's: the element never closes it. */
  get client(): LiveClient | null {
    return this.#client;
  }
  set client(client: LiveClient | null | undefined) {
    this.#client = client ?? null;
    this.#failed = false;
    this.#listen();
    this.#update();
  }

  /** Its words. Those that aren't given are English. */
  get labels(): Labels {
    return this.#labels;
  }
  set labels(labels: Partial<Labels> | null | undefined) {
    this.#labels = { ...LABELS, ...labels };
    this.#update();
  }

  /** What time it is, in milliseconds since 1970: for apps that know better than the device. */
  get clock(): () => number {
    return this.#clock;
  }
  set clock(clock: (() => number) | null | undefined) {
    this.#clock = clock ?? Date.now;
    this.#update();
  }

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

  /** Shows what was dismissed too, with a way back. */
  get showDismissed(): boolean {
    return this.hasAttribute("show-dismissed");
  }
  set showDismissed(show: boolean) {
    this.toggleAttribute("show-dismissed", Boolean(show));
  }

  connectedCallback(): void {
    for (const name of PROPERTIES) {
      // Set before the element was defined, it hides the accessor.
      if (!Object.hasOwn(this, name)) continue;
      const own = this as Record<string, unknown>;
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
    this.#watcher = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && this.#grow());
    this.#listen();
    this.#arrange();
    this.#draw();
  }

  disconnectedCallback(): void {
    this.#listen();
    this.#watcher?.disconnect();
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
    clearTimeout(this.#telling);
    this.#news = [];
    const client = this.#client;
    if (!client || !this.isConnected) return;
    this.#unlisten.push(
      client.on("change", () => this.#update()),
      client.on("status", () => this.#update()),
      client.on("notification", ({ notification, replayed }) => {
        // What is replayed is in the list for whoever reads it; only news is read out.
        if (replayed || !this.#shows(notification)) return;
        this.#news.push(titleOf(notification, this.#labels));
        if (this.#news.length === 1) this.#telling = setTimeout(() => this.#tell(), GATHER);
      }),
    );
  }

  #tell(): void {
    const titles = this.#news.splice(0);
    if (titles.length) this.#say(this.#labels.arrived(titles));
  }

  #say(text: string): void {
    // A new node is read out even if it says the same as the last one.
    this.#spoken.replaceChildren(element("span", {}, text));
  }

  /** Brings the panel to where the attributes say. */
  #arrange(): void {
    if (this.#toggling || !this.isConnected) return;
    const { inline, open } = this;
    this.#bell.hidden = inline;
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
    if (!open && this.#panel.contains(this.#active)) this.#bell.focus();
    this.#toggling = true;
    this.open = open;
    this.#toggling = false;
    this.#list.fold();
    if (open) this.#draw(true);
  }

  #toggled(): void {
    // By the bell: the person goes in. By the app: the focus stays where it is.
    if (this.open && this.#active === this.#bell) this.#list.focus();
    this.#tellApp("notifeed-toggle", null, false);
  }

  #shows({ payload, userActionState }: FeedNotification): boolean {
    if (this.hideRaw && !payload.visualContent) return false;
    return this.showDismissed || userActionState !== "dismissed";
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

  #draw(shown: boolean = this.#isShown): void {
    const labels = this.#labels;
    const language = (this.closest<HTMLElement>("[lang]") ?? document.documentElement).lang || undefined;
    if (this.#times.language !== language) this.#times = new Times(language);
    this.#items = (this.#client?.items ?? []).filter((item) => this.#shows(item));
    const unread = this.#items.filter(isUnread).length;
    this.#bell.ariaLabel = labels.bell(unread);
    this.#bell.ariaExpanded = `${this.open}`;
    this.#badge.hidden = unread === 0;
    write(this.#badge, this.#times.count(unread));
    write(this.#heading, labels.heading);
    clearTimeout(this.#ticking);
    if (!shown) return;

    write(this.#markAll, labels.markAllRead);
    this.#markAll.ariaDisabled = `${unread === 0}`;
    this.#drawState(labels);
    this.#drawList(labels);
  }

  #drawList(labels: Labels): void {
    const times = this.#times;
    times.begin(this.#clock());
    const more = this.#list.show(this.#items, { labels, times });
    if (!more && this.#active === this.#more) this.#list.focus(Infinity);
    write(this.#more, labels.more);
    this.#more.hidden = !more;
    // Only who begins anew to watch is told of what is in sight already.
    this.#watcher?.disconnect();
    if (more) this.#watcher?.observe(this.#more);
    if (times.next < Infinity) this.#ticking = setTimeout(() => this.#draw(), times.next);
  }

  #drawState(labels: Labels): void {
    const { status, cursor } = this.#client ?? {};
    const state = status?.state ?? "live";
    const isLive = state === "live";
    const isConnecting = state === "connecting";
    const text = isLive ? (this.#failed ? labels.failed : "") : labels[state];
    // Who pressed it sees what comes of it before the focus has to go.
    const pressed = this.#active === this.#reconnect;
    if (isLive && pressed) this.#heading.focus();
    this.#notice.hidden = !text;
    write(this.#state, text);
    write(this.#reconnect, labels.reconnect);
    this.#reconnect.hidden = isLive || (isConnecting && !pressed);
    this.#list.element.ariaBusy = `${isConnecting}`;
    // Before the feed was read once nobody knows that it is empty.
    this.#empty.hidden = this.#items.length > 0 || (!isLive && cursor === null);
    write(this.#nothing, labels.empty);
  }

  #grow(): void {
    if (this.#list.element.childElementCount >= this.#items.length) return;
    this.#list.more();
    this.#draw();
  }

  #act(item: FeedNotification, intent: Intent): void {
    const client = this.#client;
    if (!client) return;
    const { id, readState, userActionState } = item;
    if (intent === "title") {
      if (!this.#tellApp("notifeed-activate", item)) return;
      if (readState === "unread" || userActionState !== "activated") this.#try(client.activate(id));
    } else if (intent === "read") {
      this.#try(isUnread(item) ? client.markRead(id) : client.markUnread(id));
    } else if (userActionState === "dismissed") {
      this.#try(client.restore(id));
    } else if (this.#tellApp("notifeed-dismiss", item)) {
      this.#try(client.dismiss(id));
    }
  }

  #markAllRead(): void {
    const client = this.#client;
    if (client) this.#try(Promise.all(this.#items.filter(isUnread).map(({ id }) => client.markRead(id))));
  }

  /** Tells the app. @returns whether the element goes on with it */
  #tellApp(type: string, detail: unknown, cancelable = true): boolean {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable }));
  }

  /** Says so when a change is refused; the client has taken it back. */
  #try(change: Promise<unknown>): void {
    this.#failed = false;
    change.catch((error: unknown) => {
      this.#failed = true;
      // News that waits to be read out goes first: later it would take the place of this.
      clearTimeout(this.#telling);
      this.#tell();
      this.#say(this.#labels.failed);
      this.#update();
      this.#tellApp("notifeed-error", error, false);
    });
  }
}

/**
 * Makes `<notifeed-inbox>` an element of the page. Calling it again, or where there is no DOM, does nothing.
 * @param name another name for it
 */
export function defineInbox(
  name: string = "notifeed-inbox",
  registry: CustomElementRegistry | undefined = globalThis.customElements,
): void {
  // A class can be defined only once; a class of its own lets an app use several names.
  if (registry && !registry.get(name)) registry.define(name, class extends NotifeedInbox {});
}

function bellIcon(): SVGSVGElement {
  const [svg, path] = (["svg", "path"] as const).map((tag) =>
    document.createElementNS("http://www.w3.org/2000/svg", tag),
  ) as [SVGSVGElement, SVGPathElement];
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M18 16V11a6 6 0 0 0-12 0v5l-2 2h16zM10 21h4");
  svg.append(path);
  return svg;
}
