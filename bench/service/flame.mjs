// A flame graph as one SVG file: each call a bar as wide as its time, below the bar of its caller.

/** @typedef {import("./samples.mjs").Call} Call */

const width = 1600;
const height = 17;

const colours = { wasm: "#e6c07b", js: "#98c379", host: "#7aa2d6" };

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * @param {Call} tree
 * @param {string} title
 */
export function flameGraph(tree, title) {
  /** @type {string[]} */
  const bars = [];
  let depth = 0;
  /**
   * @param {Call} call
   * @param {number} left
   * @param {number} level
   */
  const draw = (call, left, level) => {
    const wide = (call.total / tree.total) * width;
    if (wide < 0.5) return;
    depth = Math.max(depth, level);
    const share = `${((100 * call.total) / tree.total).toFixed(1)} %, itself ${((100 * call.self) / tree.total).toFixed(1)} %`;
    // About seven pixels a letter.
    const letters = Math.floor((wide - 6) / 7);
    const label =
      letters < 3 ? "" : escaped(call.name.length > letters ? `${call.name.slice(0, letters - 1)}…` : call.name);
    const y = 40 + level * height;
    bars.push(
      `<g><title>${escaped(call.name)}: ${share}</title>` +
        `<rect x="${left.toFixed(1)}" y="${y}" width="${wide.toFixed(1)}" height="${height - 1}" fill="${colours[call.kind]}"/>` +
        `<text x="${(left + 3).toFixed(1)}" y="${y + 12}">${label}</text></g>`,
    );
    let x = left;
    for (const inner of call.calls.toSorted((a, b) => b.total - a.total)) {
      draw(inner, x, level + 1);
      x += (inner.total / tree.total) * width;
    }
  };
  draw(tree, 0, 0);
  const tall = 40 + (depth + 2) * height;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${tall}" font-family="monospace" font-size="11">
<rect width="${width}" height="${tall}" fill="#fff"/>
<text x="6" y="16" font-size="14">${escaped(title)}</text>
<text x="6" y="32">wasm <tspan fill="${colours.wasm}">■</tspan> JavaScript <tspan fill="${colours.js}">■</tspan> runtime <tspan fill="${colours.host}">■</tspan>; point at a bar for its name and share</text>
${bars.join("\n")}
</svg>
`;
}
