// Toasts: new notifications, for a moment, in the corner of the page (docs/inbox.md). The inbox reads them out: there is
// no second live region.

import type { LiveClient } from "../client/api.ts";
import type { FeedNotification } from "../generated/types.ts";
import { isUnread, textsOf } from "../inbox/content.ts";
import { element } from "../inbox/dom.ts";
import type { Labels } from "../inbox/labels.ts";
import { CSS } from "./style.ts";

/** How long a toast stays, in milliseconds, while nobody points at it or has the focus in it. */
const STAY = 8000;

/** How many are shown at once. More that come meanwhile are in the inbox alone. */
const MOST = 3;

export interface ToastOptions {
  /** The words; those not given are English. */
  labels?: Partial<Pick<Labels, "heading" | "close">>;
  /** The address of a sound. Default: none. */
  sound?: string | URL;
  /** Whether to show one; for instance `() => !inbox.open`. */
  when?: (notification: FeedNotification) => boolean;
}

/**
 * Shows what arrives from now on, while the page is in view. Raw notifications are for the app, not for people.
 * @returns a function that ends it
 */
export function showToasts(client: LiveClient, options: ToastOptions = {}): () => void {
  const { labels, sound, when } = options;
  const heading = labels?.heading || "Notifications";
  const toasts = new Map<string, () => void>();
  const host = element("div", { popover: "manual", class: "notifeed-toasts", role: "region", "aria-label": heading });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
  let from: EventTarget | null;
  // The event comes only when the focus comes from outside the toasts.
  host.addEventListener("focusin", ({ relatedTarget }) => (from = relatedTarget));

  function show(item: FeedNotification): void {
    const { id } = item;
    const { title: name, body, raw } = textsOf(item);
    if (document.hidden || raw || !isUnread(item) || when?.(item) === false) return;
    toasts.get(id)?.();
    if (toasts.size === MOST) return;

    const follow = element("button", { part: "title", dir: "auto" }, name || heading);
    const cross = element("button", { part: "close", "aria-label": labels?.close || "Close" }, "×");
    const toast = element("div", { part: "toast" }, follow, cross, element("p", { part: "body", dir: "auto" }, body));
    let timer: ReturnType<typeof setTimeout>;
    const start = (): void => {
      clearTimeout(timer);
      if (toasts.has(id)) timer = setTimeout(() => (toast.matches(":hover, :focus-within") ? start() : close()), STAY);
    };
    const close = (): void => {
      clearTimeout(timer);
      toasts.delete(id);
      const focused = toast.contains(root.activeElement);
      toast.remove();
      if (focused) (from as HTMLElement | null)?.focus();
      if (!toasts.size) host.remove();
    };
    toast.onpointerleave = start;
    toast.addEventListener("focusout", start);
    cross.onclick = close;
    follow.onclick = () => {
      const event = new CustomEvent("notifeed-activate", { detail: item, bubbles: true, cancelable: true });
      // The inbox reports a refused change, so the toast doesn't.
      if (host.dispatchEvent(event)) client.activate(id).catch(() => {});
      close();
    };

    root.append(toast);
    if (!toasts.size) {
      document.body.append(host);
      host.showPopover();
    }
    toasts.set(id, close);
    start();
    if (sound) new Audio(`${sound}`).play().catch(() => {});
  }

  /** Closes the toasts whose notification was read on another device, is gone, or belongs to another user. */
  const check = (): void => {
    for (const [id, close] of toasts) if (!client.items.some((item) => item.id === id && isUnread(item))) close();
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Escape") closeAll();
  };
  const closeAll = (): void => toasts.forEach((close) => close());

  document.addEventListener("keydown", press);
  const ends = [
    client.on("notification", ({ notification, replayed }) => replayed || show(notification)),
    client.on("change", check),
    client.on("status", check),
    () => document.removeEventListener("keydown", press),
    closeAll,
  ];
  return () => ends.forEach((end) => end());
}
