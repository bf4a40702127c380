// The console: a composer judged by the contract itself, and the live feed of the signed-in user.

import { send, streamUrl } from "./api.js";
import { Composer } from "./compose.js";
import { byId } from "./element.js";
import { example } from "./example.js";
import { ask, EMPTY, lineLost, nextExpiration, receive, withoutExpired } from "./feed.js";
import { Inbox } from "./inbox.js";
import { headline } from "./item.js";
import { LiveConnection } from "./live.js";
import { Session } from "./session.js";
import { VerdictView } from "./verdict.js";

/** Frames that come within this many milliseconds are drawn at once. */
const GATHER = 16;
/** The longest that a timer can run, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

const MEANINGS = new Map([
  [200, "The same notification id again: same content changes nothing, other content replaces it."],
  [201, "Stored, and on its way to every signed-in device."],
]);

const STATES = { connecting: "Connecting", live: "Live", waiting: "Line lost, coming back", stopped: "Not connected" };

const session = new Session(byId("user", HTMLInputElement).value);

// --- Compose

const verdict = new VerdictView();
const composer = new Composer(judge);
const sendButton = byId("send", HTMLButtonElement);

/** @param {string} text */
function judge(text) {
  const judged = verdict.judge(text);
  composer.mark(judged && !judged.ok ? judged.violations.map(({ path }) => path) : []);
  sendButton.textContent = judged && !judged.ok ? "Send anyway" : "Send";
}

byId("restore", HTMLButtonElement).addEventListener("click", () => {
  composer.text = example(Date.now());
});

byId("composer", HTMLFormElement).addEventListener("submit", async (event) => {
  event.preventDefault();
  sendButton.disabled = true;
  try {
    const token = await session.token();
    if (token === null) throw new Error("an access token is needed");
    showAnswer(await send(composer.text, token));
  } catch (error) {
    showAnswer({ status: 0, milliseconds: 0, body: error instanceof Error ? error.message : String(error) });
  } finally {
    sendButton.disabled = false;
    showSession();
  }
});

/** @param {import("./api.js").Answer} answer with status 0 when none came */
function showAnswer({ status, milliseconds, body }) {
  byId("answer", HTMLElement).hidden = false;
  const line = byId("answer-status", HTMLElement);
  line.textContent = status === 0 ? "No answer" : String(status);
  line.dataset.state = status >= 200 && status < 300 ? "good" : "bad";
  byId("answer-time", HTMLElement).textContent = status === 0 ? "" : `in ${milliseconds.toFixed(0)} ms`;
  byId("answer-meaning", HTMLElement).textContent = MEANINGS.get(status) ?? "";
  byId("answer-body", HTMLElement).textContent = indented(body);
}

/** @param {string} body */
function indented(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

// --- The live feed

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
    url: streamUrl,
    token: (fresh) => session.token(fresh).finally(showSession),
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

// --- Who is signed in

/** Forgets what the last one saw and connects anew. */
function reconnect() {
  live.close();
  gathered = [];
  feed = EMPTY;
  takeIn();
  live = connect();
}

byId("sign-in", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  session.switchTo(byId("user", HTMLInputElement).value.trim());
  reconnect();
});

byId("token-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  session.paste(byId("token", HTMLInputElement).value.trim());
  reconnect();
});

/** Tokens are handed out by development servers only; elsewhere a person brings one. */
function showSession() {
  const { pasting } = session;
  byId("token-form", HTMLFormElement).hidden = !pasting;
  byId("sign-in", HTMLFormElement).hidden = pasting;
  const note = byId("session-note", HTMLElement);
  note.hidden = !pasting;
  note.textContent = pasting
    ? "This isn't a development server: paste a user's access token to send and to listen."
    : "";
}

composer.text = example(Date.now());
verdict.load().then(
  () => judge(composer.text),
  (error) => console.error(error),
);
