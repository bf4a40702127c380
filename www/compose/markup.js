// The composer's section before anything is in it.

export const HEAD = /* HTML */ `
  <label for="sample" class="hint">Sample</label>
  <select id="sample"></select>
  <button type="button" id="restore" class="quiet">Start over</button>
`;

export const BODY = /* HTML */ `
  <p id="sample-note" class="hint sample-note"></p>
  <form id="composer" novalidate autocomplete="off">
    <div class="views">
      <fieldset id="fields" class="fields">
        <legend class="visually-hidden">The notification as a form</legend>
        <p class="no-form">The text is no JSON object. Repair it, and the form is back.</p>
      </fieldset>

      <div class="text-view">
        <details id="request-line" class="request-line">
          <summary>Request <code id="request-summary"></code></summary>
          <div class="request-fields">
            <div class="field">
              <label for="method">Method</label>
              <select id="method">
                <option>POST</option>
                <option>GET</option>
                <option>PUT</option>
                <option>PATCH</option>
                <option>DELETE</option>
              </select>
            </div>
            <div class="field">
              <label for="path">Path</label>
              <input id="path" class="mono" spellcheck="false" autocapitalize="none" />
            </div>
            <div class="field wide">
              <label for="headers">Headers, one a line</label>
              <textarea
                id="headers"
                class="mono"
                rows="2"
                wrap="off"
                spellcheck="false"
                autocapitalize="none"
              ></textarea>
            </div>
          </div>
        </details>
        <label for="text">Request body</label>
        <div class="editor">
          <div class="bars" aria-hidden="true"><div id="bars"></div></div>
          <div class="gutter" aria-hidden="true"><div id="gutter"></div></div>
          <textarea
            id="text"
            class="mono"
            spellcheck="false"
            autocapitalize="none"
            autocomplete="off"
            wrap="off"
            aria-describedby="verdict"
            aria-keyshortcuts="Control+Enter"
          ></textarea>
        </div>
      </div>
    </div>

    <div class="send">
      <button id="send" class="primary" title="Control+Enter">Send</button>
      <p id="verdict" class="verdict" role="status">Loading the validator…</p>
    </div>
    <div class="hint sent">
      <p id="sender"></p>
      <p id="answer-said" role="status"></p>
    </div>
    <ul id="findings" class="findings" aria-label="Violations and warnings"></ul>
  </form>

  <div id="results" class="tabs" role="tablist" aria-label="Results">
    <button type="button" role="tab" id="normalized-tab" aria-controls="normalized" aria-selected="true">
      Normalized
    </button>
    <button type="button" role="tab" id="curl-tab" aria-controls="curl" aria-selected="false" tabindex="-1">
      curl
    </button>
    <button type="button" role="tab" id="answer-tab" aria-controls="answer" aria-selected="false" tabindex="-1">
      Answer
    </button>
  </div>
  <div id="normalized" class="panel" role="tabpanel" aria-labelledby="normalized-tab">
    <p class="hint">What the feed will keep, with all defaults written out.</p>
    <pre id="canonical" class="mono" tabindex="0" role="group" aria-label="The normalized notification"></pre>
  </div>
  <div id="curl" class="panel" role="tabpanel" aria-labelledby="curl-tab" hidden>
    <p class="panel-head">
      <label class="hint"><input type="checkbox" id="with-token" autocomplete="off" /> with the token itself</label>
      <button type="button" id="copy" class="quiet">Copy</button>
      <span id="copied" class="hint" role="status"></span>
    </p>
    <pre id="command" class="mono" tabindex="0" role="group" aria-label="The request as a curl command"></pre>
  </div>
  <div id="answer" class="panel" role="tabpanel" aria-labelledby="answer-tab" hidden>
    <p>
      <strong id="answer-status">Not sent yet</strong> <span id="answer-time"></span>
      <span id="answer-meaning" class="hint"></span>
    </p>
    <pre id="answer-body" class="mono" tabindex="0" role="group" aria-label="The answer's body"></pre>
    <h3 class="hint">Headers</h3>
    <dl id="answer-headers" class="mono"></dl>
  </div>
`;
