// The console: starts its sections and shows who is signed in. A section makes what is in it in the place that
// index.html keeps for it, and knows of the others nothing but the session.

import { start as startCompose } from "./compose/compose.js";
import { start as startDevices } from "./devices/devices.js";
import { byId } from "./element.js";
import { start as startFeed } from "./feed/feed.js";
import { start as startPeople } from "./people/people.js";
import { Session } from "./session.js";

/** @typedef {(place: HTMLElement, session: Session) => void} Start fills a section, once */

/** @type {Record<string, Start>} by the section's id */
const SECTIONS = { compose: startCompose, devices: startDevices, feed: startFeed, people: startPeople };

const session = new Session(byId("user", HTMLInputElement).value);

for (const [id, start] of Object.entries(SECTIONS)) {
  try {
    start(byId(id, HTMLElement), session);
  } catch (error) {
    // If a section fails to start, the others still work.
    reportError(error);
  }
}

byId("sign-in", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  session.switchTo(byId("user", HTMLInputElement).value.trim());
});

byId("token-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  session.paste(byId("token", HTMLInputElement).value.trim());
});

session.on("user", () => (byId("user", HTMLInputElement).value = session.user));

// Only development servers issue tokens; on other servers the user pastes one.
session.on("pasting", () => {
  byId("token-form", HTMLFormElement).hidden = false;
  byId("sign-in", HTMLFormElement).hidden = true;
  const note = byId("session-note", HTMLElement);
  note.hidden = false;
  note.textContent =
    "This isn't a development server: paste a user's access token to send notifications and to connect devices.";
});
