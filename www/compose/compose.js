// The composer's section: write a notification, see it judged, send it, see the answer.

import { byId, element } from "../element.js";
import { Composer } from "./composer.js";
import { example } from "./example.js";
import { send } from "./send.js";
import { VerdictView } from "./verdict.js";

const MEANINGS = new Map([
  [200, "The same notification id again: same content changes nothing, other content replaces it."],
  [201, "Stored, and on its way to every signed-in device."],
]);

const MARKUP = /* HTML */ `
  <form id="composer" class="composer" novalidate autocomplete="off">
    <fieldset id="fields" class="fields">
      <legend class="visually-hidden">The notification as a form</legend>
      <label class="wide">Title <input name="payload.visualContent.title" /></label>
      <label class="wide">Body <input name="payload.visualContent.body" /></label>
      <label class="wide">Raw content <input name="payload.rawContent" class="mono" /></label>
      <label class="wide">App host <input name="targetHostName" class="mono" /></label>
      <label>Notification id <input name="appNotificationId" class="mono" /></label>
      <label>Group <input name="groupName" /></label>
      <label
        >Priority
        <select name="priority">
          <option value="">default</option>
          <option>None</option>
          <option>High</option>
          <option>Low</option>
        </select>
      </label>
      <label>Display for (s) <input name="displayTimeToLive" type="number" min="0" step="1" /></label>
      <label class="wide">Expires <input name="expirationDateTime" type="datetime-local" step="1" /></label>
      <fieldset class="wide platforms">
        <legend>Platforms</legend>
        <label><input type="checkbox" name="targetPolicy.platformTypes" value="Windows" /> Windows</label>
        <label><input type="checkbox" name="targetPolicy.platformTypes" value="iOS" /> iOS</label>
        <label><input type="checkbox" name="targetPolicy.platformTypes" value="Android" /> Android</label>
        <label><input type="checkbox" name="targetPolicy.platformTypes" value="WebPush" /> Web Push</label>
      </fieldset>
    </fieldset>

    <div class="body">
      <label for="text">Request body</label>
      <textarea
        id="text"
        class="mono"
        rows="22"
        spellcheck="false"
        autocapitalize="none"
        autocomplete="off"
        wrap="off"
        aria-describedby="verdict"
      ></textarea>
    </div>

    <div class="judgement">
      <p id="verdict" class="verdict" role="status">Loading the validator…</p>
      <ul id="findings" class="findings" aria-label="Violations and warnings"></ul>
      <details id="normalized" hidden>
        <summary>What the feed will keep</summary>
        <pre id="canonical" class="mono" tabindex="0" role="group" aria-label="The normalized notification"></pre>
      </details>
    </div>

    <div class="send">
      <button id="send" class="primary">Send</button>
      <span class="hint"><code>POST /beta/me/notifications</code></span>
    </div>
  </form>

  <section id="answer" class="answer" aria-labelledby="answer-title" hidden>
    <h3 id="answer-title">Answer</h3>
    <p role="status">
      <strong id="answer-status"></strong> <span id="answer-time"></span>
      <span id="answer-meaning" class="hint"></span>
    </p>
    <pre id="answer-body" class="mono" tabindex="0" role="group" aria-label="The answer's body"></pre>
  </section>
`;

/** @type {import("../console.js").Start} */
export function start(place, session) {
  const restore = element("button", { type: "button", id: "restore", class: "quiet" }, "Restore the example");
  place.querySelector(".card-head")?.append(restore);
  place.insertAdjacentHTML("beforeend", MARKUP);

  const verdict = new VerdictView();
  const composer = new Composer(judge);
  const sendButton = byId("send", HTMLButtonElement);

  /** @param {string} text */
  function judge(text) {
    const judged = verdict.judge(text);
    composer.mark(judged && !judged.ok ? judged.violations.map(({ path }) => path) : []);
    sendButton.textContent = judged && !judged.ok ? "Send anyway" : "Send";
  }

  restore.addEventListener("click", () => {
    composer.text = example(Date.now());
  });

  byId("composer", HTMLFormElement).addEventListener("submit", async (event) => {
    event.preventDefault();
    sendButton.disabled = true;
    try {
      const headers = await session.senderHeaders();
      if (headers === null) throw new Error("an access token is needed");
      const answer = await send(composer.text, headers);
      showAnswer(answer);
      if (answer.status >= 200 && answer.status < 300) session.feedChanged();
    } catch (error) {
      showAnswer({ status: 0, milliseconds: 0, body: error instanceof Error ? error.message : String(error) });
    } finally {
      sendButton.disabled = false;
    }
  });

  composer.text = example(Date.now());
  verdict.load().then(
    () => judge(composer.text),
    (error) => console.error(error),
  );
}

/** @param {import("./send.js").Answer} answer with status 0 when none came */
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
