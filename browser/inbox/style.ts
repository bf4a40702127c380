// How the inbox looks. System colours follow `color-scheme` and forced colours by themselves.

import { sheetOf } from "./surroundings.ts";

const CSS = `
:host {
  --accent: var(--notifeed-accent, light-dark(#3b45c4, #aab2ff));
  --surface: var(--notifeed-surface, Canvas);
  --text: var(--notifeed-text, CanvasText);
  --muted: var(--notifeed-muted, color-mix(in srgb, var(--text) 72%, var(--surface)));
  --danger: light-dark(#b3261e, #ffb4ab);
  --line: var(--notifeed-line, color-mix(in srgb, var(--text) 16%, var(--surface)));
  --hover: color-mix(in srgb, var(--text) 6%, var(--surface));
  display: inline-block;
  vertical-align: middle;
  color: var(--text);
  font: var(--notifeed-font, 0.9375rem/1.4 system-ui, sans-serif);
}
:host([inline]) { display: block }
:host([hidden]), [hidden] { display: none !important }
* { box-sizing: border-box; margin: 0 }
button { border: 0; border-radius: 0.5rem; background: none; color: inherit; font: inherit; cursor: pointer }
button:hover { background: var(--hover) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px }
[aria-disabled=true] { opacity: 0.5; cursor: default }
.spoken { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }

[part=bell] { position: relative; inline-size: 2.5rem; block-size: 2.5rem; padding: 0.5rem; anchor-name: --bell }
svg { display: block; inline-size: 100%; block-size: 100%; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round }
[part=badge] {
  position: absolute; inset-block-start: 0; inset-inline-start: 50%; min-inline-size: 1.3em; padding-inline: 0.3em;
  border: 1px solid transparent; border-radius: 1em; background: var(--notifeed-badge, #c0242c); color: var(--notifeed-badge-text, #fff);
  font-size: 0.75em; font-weight: 600; text-align: center; white-space: nowrap;
}

[part=panel] { flex-direction: column; border: 1px solid var(--line); border-radius: var(--notifeed-radius, 0.75rem); background: var(--surface); color: inherit; padding: 0; overflow: hidden; max-block-size: var(--notifeed-height, none) }
[part=panel]:not([popover]), [part=panel]:popover-open { display: flex }
[part=panel][popover] {
  position: fixed; inset: auto; inset-block-start: 3.5rem; inset-inline-end: 0.5rem;
  inline-size: min(var(--notifeed-width, 24rem), 100vi - 1rem); max-block-size: min(var(--notifeed-height, 36rem), 80vb);
  box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 0.25);
}
@supports (position-area: block-end) {
  [part=panel][popover] { inset: auto; position-anchor: --bell; position-area: block-end span-inline-start; position-try-fallbacks: flip-inline, flip-block, flip-block flip-inline; margin-block: 0.25rem }
}
[part=header], [part=notice] { display: flex; align-items: center; justify-content: space-between; gap: 0.5rem; padding: 0.5rem 1rem; border-block-end: 1px solid var(--line) }
[part=heading] { font: inherit; font-weight: 700; outline-offset: 0 }
[part=tabs] { display: flex; flex: none; overflow-x: auto; scrollbar-width: none; padding-inline: 0.5rem; border-block-end: 1px solid var(--line) }
[part~=tab] { flex: none; padding: 0.5rem; border-block-end: 2px solid transparent; border-radius: 0; color: var(--muted); font-size: 0.875em }
[part~=selected] { border-color: var(--accent); color: inherit; font-weight: 600 }
[part=notice] { border-block: 1px solid var(--line); border-block-end: 0; font-size: 0.875em; min-block-size: 3rem }
[part=mark-all], [part=reconnect], [part=more] { padding: 0.35rem 0.6rem; color: var(--accent); font-size: 0.875em }
[part=more] { display: block; margin: 0.5rem auto }
[part=scroller] { flex: 1; min-block-size: 6rem; overflow-y: auto; overscroll-behavior: contain }
[part=empty] { padding: 2rem 1rem; color: var(--muted); text-align: center }
[part=list] { list-style: none; padding: 0 }

[part~=item] {
  position: relative; display: grid; grid-template-columns: auto 1fr auto; padding-block: 0.7rem; padding-inline: 1.75rem 0.75rem;
  border-block-end: 1px solid var(--line); content-visibility: auto; contain-intrinsic-block-size: auto 5rem;
}
[part~=item]:hover { background: var(--hover) }
[part~=dismissed] { color: var(--muted) }
[part~=unread]::before { content: ""; position: absolute; inset-block-start: 1.05rem; inset-inline-start: 0.7rem; border: 0.3rem solid var(--accent); border-radius: 50% }
[part=title] { padding: 0; color: inherit; text-decoration: none }
[part=title], [part=title]:hover { background: none }
a[part=title]:hover { text-decoration: underline }
[part~=unread] [part=title] { font-weight: 650 }
[part=title]::after { content: ""; position: absolute; inset: 0 }
[part=title]:focus-visible { outline: 0 }
[part=title]:focus-visible::after { outline: 2px solid var(--accent); outline-offset: -2px }
[part=title], [part=body], [part=facts], [part=answers], ::slotted([slot^=body-]) { grid-column: 2; overflow-wrap: anywhere; text-align: -webkit-match-parent; text-align: match-parent }
[part=body] { font-size: 0.9em }
[part=body] { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: var(--notifeed-lines, 4); overflow: hidden; white-space: pre-line }
p:empty, span:empty, div:empty, q:empty { display: none }
.raw { font-family: ui-monospace, monospace }
[part=facts] { display: flex; flex-wrap: wrap; align-items: center; column-gap: 0.6em; color: var(--muted); font-size: 0.8125em; margin-block-start: 0.15rem }
[part=priority] { inline-size: 1.4em; border: 1px solid; border-radius: 50%; text-align: center; font-weight: 700; line-height: 1.25 }
[part~=high] [part=priority] { color: var(--accent) }
[part=actions], [part=answers], [part=time], [part=priority] { position: relative }
[part=answers] { display: flex; flex-wrap: wrap; gap: 0.4rem; margin-block-start: 0.5rem }
[part~=answer], [part=answer-text] { padding: 0.3rem 0.7rem; border: 1px solid var(--line); border-radius: 0.5rem; font: inherit; font-size: 0.9em }
[part~=primary] { border-color: var(--accent); color: var(--accent); font-weight: 600 }
[part~=destructive] { border-color: var(--danger); color: var(--danger) }
[part=answer-text] { flex: 1 8rem; min-inline-size: 0; background: none; color: inherit }
[part=actions] { grid-area: 1 / 3 / 4; display: flex; gap: 0.1rem; align-self: start; margin-inline-start: 0.5rem }
::slotted([slot^=icon-]), [part=icon] { grid-area: 1 / 1 / 5; margin-inline-end: 0.6rem }
[part=icon], img { inline-size: 2rem; block-size: 2rem; border-radius: 0.4rem; object-fit: cover }
::slotted([slot^=body-]) { position: relative }
[part=actions] button { inline-size: 2rem; block-size: 2rem; padding: 0; color: var(--muted) }
[part=actions] button:hover { color: var(--text); background: var(--line) }

@media (prefers-reduced-motion: no-preference) {
  [part=panel]:popover-open, [part=notice] { transition: opacity 0.15s; @starting-style { opacity: 0 } }
  [part=notice] { transition-delay: 0.6s }
}
`;

/** The style sheet that all inboxes in a document share. */
export const styleSheet: (document: Document) => CSSStyleSheet = sheetOf(CSS);
