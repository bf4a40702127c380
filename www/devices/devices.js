// The section of the user's devices: four, each with a live connection of its own, by the npm package as any app has it.

import { byId, element } from "../element.js";
import { HOST } from "../host.js";
import { connect } from "../notifeed/live.js";
import { Announcer } from "./announcer.js";
import { BrowserPane } from "./browser.js";
import { Chart } from "./chart.js";
import { Deliveries } from "./deliveries.js";
import { headline, isDismissed } from "./item.js";
import { Pane } from "./pane.js";
import { ALL, PLATFORMS, targets } from "./platforms.js";

/** @typedef {import("./platforms.js").Platform} Platform */
/** @typedef {import("./platforms.js").Notification} Notification */

/** Announcements of four devices within this many milliseconds are about one change. */
const GATHER = 100;

const HEAD = /* HTML */ `
  <label class="hint show-dismissed">
    <input id="show-dismissed" type="checkbox" autocomplete="off" /> Show what was dismissed
  </label>
`;

const HINT = "Dismiss a notification on one device, and it leaves all. Drop a connection, send, and bring it back.";

const TITLE = document.title;

/** @type {import("../console.js").Start} */
export function start(place, session) {
  place.querySelector(".card-head")?.insertAdjacentHTML("beforeend", HEAD);
  const announcement = element("p", { id: "announcement", class: "visually-hidden", role: "status" });
  const grid = element("div", { class: "devices" });
  place.append(element("p", { class: "hint" }, HINT), grid, announcement);

  const announcer = new Announcer(announcement);
  /** @type {Deliveries<Platform>} */
  const deliveries = new Deliveries();
  const chart = new Chart(place, deliveries);
  let telling = 0;

  const browser = new BrowserPane(session, HOST, {
    items: () => panes.get("webpush")?.items ?? [],
    // Nothing is pushed that is seen in the page: so its client says which endpoint it is.
    changed: () => panes.get("webpush")?.setEndpoint(browser.endpoint),
  });
  /** @type {Map<Platform, Pane>} */
  const panes = new Map(
    ALL.map((platform) => [
      platform,
      new Pane(platform, () => clientOf(platform), {
        tell: (what, about) => announcer.tell(what, PLATFORMS[platform].name, about),
        arrived: (notification) => arrived(platform, notification),
        changed: countUnread,
        feedChanged: () => {
          telling ||= setTimeout(() => {
            telling = 0;
            session.feedChanged();
          }, GATHER);
        },
      }),
    ]),
  );
  grid.append(...[...panes.values()].map(({ node }) => node));
  place.append(browser.node);
  session.on("feed", () => void browser.look());

  /** @param {Platform} platform */
  function clientOf(platform) {
    const endpoint = platform === "webpush" ? browser.endpoint : null;
    const token = (/** @type {{ fresh: boolean }} */ { fresh }) => session.token(fresh);
    return connect({ url: location.origin, platform, token, ...(endpoint && { endpoint }) });
  }

  /**
   * @param {Platform} platform
   * @param {Notification} notification
   */
  function arrived(platform, notification) {
    const { id } = notification;
    const targeted = targets(notification);
    announcer.tell("Arrived", PLATFORMS[platform].name, headline(notification));
    const milliseconds = deliveries.arrived({ platform, id, at: performance.now(), targets: targeted });
    if (milliseconds !== null) showDelivery(platform, id, milliseconds);
    for (const [other, pane] of panes) if (!targeted.includes(other)) pane.isNotFor(notification);
  }

  /**
   * @param {Platform} platform
   * @param {string} id
   * @param {number} milliseconds
   */
  function showDelivery(platform, id, milliseconds) {
    panes.get(platform)?.took(id, milliseconds);
    chart.draw();
  }

  /** Counts the items that wait to be read on any device. */
  function countUnread() {
    const all = [...panes.values()];
    const connected = all.filter((pane) => !pane.dropped);
    const unread = new Set(
      (connected.length > 0 ? connected : all).flatMap(({ items }) =>
        items.filter((item) => item.readState === "unread" && !isDismissed(item)).map(({ id }) => id),
      ),
    ).size;
    byId("unread-count", HTMLElement).textContent = String(unread);
    document.title = unread > 0 ? `(${unread}) ${TITLE}` : TITLE;
  }

  byId("show-dismissed", HTMLInputElement).addEventListener("change", ({ target }) => {
    for (const pane of panes.values()) pane.showDismissed = /** @type {HTMLInputElement} */ (target).checked;
  });

  session.onSent(({ id, began }) => {
    for (const { platform, milliseconds } of deliveries.sent(id, began)) showDelivery(platform, id, milliseconds);
  });

  session.on("user", () => {
    announcer.forget();
    for (const pane of panes.values()) pane.startAnew();
    browser.startAnew();
    countUnread();
  });

  setInterval(() => {
    if (!document.hidden) for (const pane of panes.values()) pane.tick();
  }, 1000);
}
