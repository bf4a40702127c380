// The section of people and apps: who is signed in and what their token says, which app servers may notify them, and
// the answer to a post after a subscription was revoked.

import { fetchAnswer } from "../api.js";
import { NOTIFICATIONS_PATH } from "../notifeed/protocol.js";
import { element } from "../element.js";
import { Subscriptions } from "./subscriptions.js";
import { TokenView } from "./token.js";
import { HOST } from "../host.js";

/** @typedef {import("../session.js").Session} Session */
/** @typedef {import("./subscriptions.js").Subscription} Subscription */

/** Some of the people who use the apps of the examples. */
const PEOPLE = ["megan@contoso.com", "alex@contoso.com", "lee@contoso.com"];
/** The app server of the registry that is built in for development (CONTRACT §3). */
const APP = "contoso-server";

const MARKUP = /* HTML */ `
  <section class="person" aria-labelledby="signed-in-title">
    <h3 id="signed-in-title">Signed in</h3>
    <div id="people-choice" class="choice" role="group" aria-label="Sign in as"></div>
    <div id="user-token"></div>
    <h3 id="app-title">App server</h3>
    <div id="app-choice" class="choice">
      <label
        >Sending app <input id="sending-app" class="mono" list="apps" autocomplete="off" spellcheck="false"
      /></label>
      <datalist id="apps"></datalist>
      <button type="button" id="send-as-user" class="quiet" hidden>Compose as the user again</button>
    </div>
    <details id="app-token">
      <summary>What the app's token says</summary>
    </details>
    <p id="no-app" class="hint" hidden>
      Only development servers hand out an app's token: elsewhere a page should never hold one. Copy an id for your app
      server, which posts with its own token and the id as <code>X-UNS-ID</code>.
    </p>
  </section>
  <section class="apps" aria-labelledby="subscriptions-title">
    <h3 id="subscriptions-title" tabindex="-1">Subscriptions</h3>
    <p class="hint">
      A device subscribes and gets an id, which its app hands to the app server. With it, and a token of its own, the
      server may post to this user, until the id ends or is revoked.
    </p>
  </section>
`;

/** @type {import("../console.js").Start} */
export function start(place, session) {
  const content = element("div", { class: "people" });
  content.insertAdjacentHTML("beforeend", MARKUP);
  place.append(content);
  /** @param {string} id */
  const part = (id) => /** @type {HTMLElement} */ (content.querySelector(`#${id}`));

  const app = /** @type {HTMLInputElement} */ (part("sending-app"));
  app.value = APP;
  part("apps").append(...[APP, "contoso-client"].map((value) => element("option", { value })));

  const userToken = new TokenView("Token of the person who is signed in", () => session.token());
  part("user-token").append(userToken.node);
  const appToken = new TokenView("The app's token", () => session.appToken(app.value));
  part("app-token").append(appToken.node);

  const subscriptions = new Subscriptions(session, HOST, {
    inUse: ({ userNotificationSubscriptionId: unsId }) => session.sender?.unsId === unsId,
    use: ({ userNotificationSubscriptionId: unsId }) =>
      session.sendAs(session.sender?.unsId === unsId ? null : { app: app.value, unsId }),
    post: (subscription) => post(session, app.value, subscriptions.host, subscription),
  });
  part("subscriptions-title")
    .closest("section")
    ?.append(...subscriptions.content);

  function restart() {
    drawPeople(part("people-choice"), session);
    void userToken.show();
    subscriptions.restart();
  }

  function showSender() {
    part("send-as-user").hidden = session.sender === null;
    subscriptions.draw();
  }

  /** Hides all that needs an app's token, if the server issues none. */
  function showPasting() {
    for (const id of ["people-choice", "app-choice", "app-token"]) part(id).hidden = true;
    part("no-app").hidden = false;
    subscriptions.draw();
  }

  part("people-choice").addEventListener("click", ({ target }) => {
    const user = /** @type {Element} */ (target).closest("button")?.value;
    if (user && user !== session.user) session.switchTo(user);
  });
  app.addEventListener("change", () => {
    app.value = app.value.trim() || APP;
    if (session.sender) session.sendAs({ ...session.sender, app: app.value });
    if (isOpen(part("app-token"))) void appToken.show();
  });
  part("app-token").addEventListener("toggle", () => {
    if (isOpen(part("app-token"))) void appToken.show();
  });
  part("send-as-user").addEventListener("click", () => {
    session.sendAs(null);
    // The button disappears, so the focus moves to the control beside it.
    app.focus();
  });
  session.on("user", restart);
  session.on("sender", showSender);
  session.on("pasting", showPasting);
  restart();
}

/** @param {HTMLElement} details */
function isOpen(details) {
  return details instanceof HTMLDetailsElement && details.open;
}

/**
 * Buttons for the people of the examples, and for whoever else is signed in.
 * @param {HTMLElement} place
 * @param {Session} session
 */
function drawPeople(place, { user }) {
  const focused = place.contains(document.activeElement);
  const names = PEOPLE.includes(user) ? PEOPLE : [...PEOPLE, user];
  const buttons = names.map((name) =>
    element("button", { type: "button", class: "quiet", value: name, "aria-pressed": String(name === user) }, name),
  );
  place.replaceChildren(...buttons);
  if (focused) buttons[names.indexOf(user)].focus();
}

/**
 * Posts something small, as that app with that subscription.
 * @param {Session} session
 * @param {string} app
 * @param {string} host
 * @param {Subscription} subscription
 */
async function post(session, app, host, { userNotificationSubscriptionId: unsId, displayName, platform }) {
  const token = await session.appToken(app);
  const body = `Posted with the subscription of ${displayName ?? `a ${platform} device`}`;
  const json = { targetHostName: host, payload: { visualContent: { title: `Hello from ${app}`, body } } };
  const headers = { Authorization: `Bearer ${token}`, "X-UNS-ID": unsId };
  const { status, json: answer } = await fetchAnswer(NOTIFICATIONS_PATH, { method: "POST", json, headers });
  if (status < 300) session.feedChanged();
  return { status, code: answer?.error?.code ?? "" };
}
