// The section of the user's devices: for now one, a Windows endpoint.

import { byId } from "../element.js";
import { ask, EMPTY, lineLost, nextExpiration, receive, withoutExpired } from "./feed.js";
import { Inbox } from "./inbox.js";
import { headline } from "./item.js";
import { LiveConnection } from "./live.js";

/** The live feed of the signed-in user, as a Windows endpoint sees it. */
const STREAM = new URL("/beta/me/notifications/stream?platform=windows", location.href).href;
/** Frames that come within this many milliseconds are drawn at once. */
const GATHER = 16;
/** The longest that a timer can run, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

const STATES = { connecting: "Connecting", live: "Live", waiting: "Line lost, coming back", stopped: "Not connected" };

const HEAD = /* HTML */ `
  <span id="feed-count" class="count"></span>
  <p id="connection" class="connection" role="status" data-state="connecting">Connecting</p>
  <button type="button" id="reconnect" class="quiet" hidden>Connect now</button>
`;

const MARKUP = /* HTML */ `
  <p id="feed-trouble" class="trouble" role="alert" hidden></p>
  <p id="feed-empty" class="empty">Nothing yet. Send a notification and it arrives here.</p>
  <ol id="live-feed" class="live-feed" aria-labelledby="devices-title"></ol>
  <p id="feed-more" class="hint" hidden></p>
  <label id="dismissed" class="hint dismissed" hidden>
    <input id="show-dismissed" type="checkbox" autocomplete="off" />
    <span>Show <span id="dismissed-count"></span> dismissed</span>
  </label>
  <p id="announcement" class="visually-hidden" role="status"></p>
`;

/** @type {import("../console.js").Start} */
export function start(place, session) {
  place.querySelector(".card-head")?.insertAdjacentHTML("beforeend", HEAD);
  place.insertAdjacentHTML("beforeend", MARKUP);

  const inbox = new Inbox(change);
  let feed = EMPTY;
  /** @type {import("./feed.js").Frame[]} what has come and isn't in `feed` yet */
  let gathered = [];
  let gathering = 0;
  let expiry = 0;
  let asked = 0;
  /** @type {Map<string, string>} by ref, what to say when it is done */
  const sayings = new Map();
  let live = connect();

  function connect() {
    return new LiveConnection({
      url: STREAM,
      token: (fresh) => session.token(fresh),
      cursor: () => {
        takeIn();
        return feed.cursor;
      },
      onFrame: (frame) => {
        gathered.push(frame);
        gathering ||= setTimeout(takeIn, GATHER);
      },
      onStatus: (status) => {
        // Who reads "Live" sees everything that was replayed.
        takeIn();
        if (status.state === "live") {
          inbox.complain("");
        } else {
          feed = lineLost(feed);
          sayings.clear();
        }
        showStatus(status);
      },
    });
  }

  function takeIn() {
    clearTimeout(gathering);
    gathering = 0;
    const before = feed;
    feed = withoutExpired(receive(feed, gathered), Date.now());
    const arrived = gathered
      .map((frame) => (frame.type === "notification" && !frame.replayed ? frame.notification : null))
      .filter((item) => item !== null)
      .filter((item) => feed.items.get(item.id) === item && before.items.get(item.id) !== item);
    inbox.show(feed, arrived);
    for (const frame of gathered) if (frame.type === "result") showResult(frame);
    // What is replayed changed long ago.
    if (gathered.some((frame) => "seq" in frame && !("replayed" in frame && frame.replayed))) session.feedChanged();
    gathered = [];
    clearTimeout(expiry);
    const next = nextExpiration(feed) - Date.now();
    if (next !== Infinity) expiry = setTimeout(takeIn, Math.min(next, LONGEST_TIMER));
  }

  /**
   * Asks for what a person wants done; it is done when the answer says so.
   * @param {import("./feed.js").Notification} item
   * @param {import("./item.js").Action} action
   */
  function change(item, action) {
    const request = { ref: String(++asked), id: item.id, ...action.change };
    if (!live.send(request)) return inbox.complain("Not connected: nothing can be changed until the line is back.");
    inbox.complain("");
    feed = ask(feed, request);
    sayings.set(request.ref, `${action.done}: ${headline(item)}`);
  }

  /** @param {import("./feed.js").Result} result */
  function showResult({ ref, status, error }) {
    const saying = sayings.get(ref);
    sayings.delete(ref);
    if (error) inbox.complain(error.message);
    else if (saying && status < 300) inbox.announce(saying);
  }

  /** @param {import("./live.js").Status} status */
  function showStatus({ state, reason }) {
    const line = byId("connection", HTMLElement);
    line.dataset.state = state;
    line.textContent = reason ? `${STATES[state]}: ${reason}` : STATES[state];
    byId("reconnect", HTMLButtonElement).hidden = state === "live" || state === "connecting";
  }

  byId("reconnect", HTMLButtonElement).addEventListener("click", () => live.connect());

  // Forgets what the last one saw and connects anew.
  session.on("user", () => {
    live.close();
    gathered = [];
    feed = EMPTY;
    takeIn();
    live = connect();
  });
}
