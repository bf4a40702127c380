// Numbers as people read them: median, spread, ratio; as Markdown and as text.

/** @param {number[]} numbers */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * The median of the ratios of each round.
 * @param {number[] | undefined} own
 * @param {number[] | undefined} other
 */
export function ratioOf(own, other) {
  if (!own?.length || own.length !== other?.length) return undefined;
  const ratios = own.map((value, round) => value / other[round]);
  return ratios.every(Number.isFinite) ? median(ratios) : undefined;
}

/** @param {number} value three digits, without an exponent */
export function short(value) {
  if (Math.abs(value) >= 999.5) return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, " ");
  return String(Number(value.toPrecision(3)));
}

/**
 * Median, spread where there is one, ratio to the floor.
 * @param {number[] | undefined} own
 * @param {number[] | undefined} floor
 */
export function cell(own, floor) {
  if (!own?.length) return "–";
  const spread = own.length > 1 ? ` (${short(Math.min(...own))}–${short(Math.max(...own))})` : "";
  const ratio = ratioOf(own, floor);
  return `${short(median(own))}${spread}${ratio === undefined ? "" : ` ×${ratio.toFixed(2)}`}`;
}

/**
 * Median and ratio, for a table that is read in passing.
 * @param {number[] | undefined} own
 * @param {number[] | undefined} floor
 */
export function shortCell(own, floor) {
  if (!own?.length) return "–";
  const ratio = ratioOf(own, floor);
  return `${short(median(own))}${ratio === undefined ? "" : ` (×${ratio.toFixed(2)})`}`;
}

/** @typedef {string[][]} Rows the first one is the head */

/** @param {Rows} rows */
export function markdown(rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(rows[0]), line(rows[0].map(() => "---")), ...rows.slice(1).map(line)].join("\n");
}

/** @param {Rows} rows */
export function text(rows) {
  const plain = rows.map((row) => row.map((cell) => cell.replace(/\*\*|`/g, "")));
  const widths = plain[0].map((_, at) => Math.max(...plain.map((row) => row[at].length)));
  return plain
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join("  "))
    .join("\n");
}
