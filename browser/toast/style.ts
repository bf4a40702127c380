// How toasts look: in the page's own font, with the inbox's custom properties, and without motion.

export const CSS = `
:host{inset:auto;inset-block-end:0;inset-inline-end:0;display:grid;gap:.5rem;inline-size:min(22rem,90vi);border:0;padding:1rem;background:none}
div{display:grid;grid-template-columns:1fr auto;padding:.5rem;border:1px solid;border-radius:var(--notifeed-radius,.75rem);background:var(--notifeed-surface,Canvas);color:var(--notifeed-text,CanvasText);overflow-wrap:anywhere}
button,p{border:0;margin:0;padding:.2rem .5rem;background:none;color:inherit;font:inherit;text-align:start}
[part=title]{font-weight:650}
p{max-block-size:7em;overflow:hidden}`;
