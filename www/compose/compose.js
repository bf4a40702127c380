// The composer's section: write a notification, see it judged, send it, see the answer.

import { byId, element } from "../element.js";
import { AnswerView } from "./answer.js";
import { Composer } from "./composer.js";
import { curl, shellQuoted, tokenOnDemand } from "./curl.js";
import { BODY, HEAD } from "./markup.js";
import { address, isNotification, needsLast, send } from "./request.js";
import { samples } from "./samples.js";
import { Tabs } from "./tabs.js";

/**
 * The delay before the panels below the editor are redrawn after a change, in milliseconds: a person who types looks at
 * the verdict first.
 */
const PAUSE = 120;

/** @type {import("../console.js").Start} */
export function start(place, session) {
  place.querySelector(".card-head")?.insertAdjacentHTML("beforeend", HEAD);
  place.insertAdjacentHTML("beforeend", BODY);

  const composer = new Composer(() => {
    clearTimeout(drawing);
    drawing = setTimeout(draw, PAUSE);
  });
  const answer = new AnswerView();
  const tabs = new Tabs(byId("results", HTMLElement), draw);
  const withToken = byId("with-token", HTMLInputElement);
  const command = byId("command", HTMLElement);
  let drawing = 0;
  let sending = false;
  /** @type {string | null} the id of the notification that was sent last */
  let last = null;

  // --- The results: only what is shown is drawn

  function draw() {
    if (tabs.shown === "normalized") drawNormalized();
    if (tabs.shown === "curl") void drawCommand();
  }

  function drawNormalized() {
    const { verdict } = composer;
    const text = verdict?.ok
      ? JSON.stringify(verdict.notification, null, 2)
      : "There is no normalized form, because the notification would be refused.";
    byId("canonical", HTMLElement).textContent = verdict ? text : "";
  }

  async function drawCommand() {
    byId("copied", HTMLElement).textContent = "";
    try {
      command.textContent = await commandText(withToken.checked);
    } catch (error) {
      command.textContent = sentence(error);
    }
  }

  /** @param {boolean} wholly with the token, not with what gets one */
  async function commandText(wholly) {
    const { request } = composer;
    const { sender } = session;
    const { Authorization = "", ...others } = (wholly && (await session.senderHeaders())) || {};
    const whose = sender ? { app: sender.app } : { as: session.user };
    const onDemand = session.pasting ? '"Authorization: Bearer $TOKEN"' : tokenOnDemand(whose);
    return curl(
      request,
      address(request, location.origin, last),
      { ...others, ...(sender ? { "X-UNS-ID": sender.unsId } : {}) },
      Authorization ? shellQuoted(`Authorization: ${Authorization}`) : onDemand,
    );
  }

  withToken.addEventListener("change", () => void drawCommand());

  byId("copy", HTMLButtonElement).addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.textContent);
      byId("copied", HTMLElement).textContent = "Copied";
    } catch {
      // A command that can't be copied to the clipboard is selected: then it takes one key.
      getSelection()?.selectAllChildren(command);
      byId("copied", HTMLElement).textContent = "Selected: copy it by keyboard";
    }
  });

  // --- Sending

  byId("composer", HTMLFormElement).addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    byId("composer", HTMLFormElement).requestSubmit();
  });

  byId("composer", HTMLFormElement).addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    byId("send", HTMLButtonElement).setAttribute("aria-busy", "true");
    try {
      await post(composer.request);
    } catch (error) {
      answer.fail(sentence(error));
    } finally {
      sending = false;
      byId("send", HTMLButtonElement).removeAttribute("aria-busy");
      tabs.show("answer");
    }
  });

  /** @param {import("./request.js").Request} request */
  async function post(request) {
    if (needsLast(request) && last === null) throw new Error("Send a notification first: {id} is the one sent last.");
    const url = address(request, location.origin, last);
    const headers = await session.senderHeaders();
    if (headers === null) throw new Error("An access token is needed.");
    const answered = await send(request, url, headers);
    const created = isNotification(request);
    if (created && answered.status < 300) {
      const { id } = JSON.parse(answered.body);
      last = id;
      session.sent({ id, began: answered.began });
    }
    answer.show(answered, created);
    if (answered.status < 300) session.feedChanged();
  }

  function showSender() {
    const { sender, user, pasting } = session;
    const who = sender ? `the app ${sender.app}, with a subscription id of ${user}` : user;
    const how = pasting && !sender ? "with the token above" : `as ${who}`;
    byId("sender", HTMLElement).textContent = `Sent ${how}, also by Ctrl+Enter.`;
    draw();
  }

  session.on("user", () => {
    last = null;
    showSender();
  });
  session.on("sender", showSender);
  session.on("pasting", showSender);

  // --- Samples

  const menu = byId("sample", HTMLSelectElement);
  let offered = samples(Date.now());
  for (const [heading, group] of Object.entries(offered)) {
    menu.append(element("optgroup", { label: heading }, ...group.map(({ name }) => new Option(name))));
  }

  function begin() {
    offered = samples(Date.now());
    const sample = Object.values(offered).flat()[menu.selectedIndex];
    byId("sample-note", HTMLElement).textContent = sample.note;
    composer.start(sample);
  }

  menu.addEventListener("change", begin);
  byId("restore", HTMLButtonElement).addEventListener("click", begin);
  showSender();
  begin();
}

/** @param {unknown} error */
function sentence(error) {
  return error instanceof Error ? error.message : String(error);
}
