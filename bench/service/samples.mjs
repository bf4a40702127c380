// The profiler's samples: a tree of calls with times, and sums over it.

/**
 * A call, and all that came by the same way.
 * @typedef {object} Call
 * @property {string} name
 * @property {"wasm" | "js" | "host"} kind where it runs; `host` is the runtime itself
 * @property {number} self microseconds
 * @property {number} total with what it calls
 * @property {Call[]} calls
 */

/** @typedef {{ name: string, self: number, total: number }} Sum */

/** The frames that are no work of the Worker. */
const idle = new Set(["(root)", "(idle)", "(program)"]);

/**
 * A function's name without what compilers add.
 * @param {string} name
 * @param {string} url
 */
function plainName(name, url) {
  const file = url.startsWith("wasm:") ? "" : url.slice(url.lastIndexOf("/") + 1);
  const bare = name
    // wasm-bindgen wraps what it exports and imports, under the same name with a hash.
    .replace(/( catch wrapper| externref shim| multivalue shim)+$/, "")
    .replace(/(::h[0-9a-f]{16}a?|\[[0-9a-f]{16}\])/g, "")
    .replace(/(__wbg_\w+?)_[0-9a-f]{16}$/, "$1");
  return `${bare || "(anonymous)"}${file ? ` · ${file}` : ""}`;
}

/** The engine's own code between the two worlds, by the beginning of its name. */
const borders = { "js-to-wasm": "(crossing into wasm)", "wasm-to-js": "(crossing out of wasm)" };

/** @param {string} name */
const borderOf = (name) => Object.entries(borders).find(([prefix]) => name.startsWith(prefix))?.[1];

/**
 * The tree of all calls, without the time in which nothing ran. The cost of a crossing itself is a
 * call of its own, beside what is called beyond it.
 * @param {{ nodes: any[], samples: number[], timeDeltas: number[] }} profile as the DevTools protocol has it
 * @returns {Call}
 */
export function treeOf({ nodes, samples, timeDeltas }) {
  /** @type {Map<number, number>} */
  const selfTimes = new Map();
  for (const [at, id] of samples.entries()) selfTimes.set(id, (selfTimes.get(id) ?? 0) + (timeDeltas[at + 1] ?? 0));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  /** @param {any} node @returns {Call[]} */
  const callsOf = (node) => (node.children ?? []).flatMap((/** @type {number} */ id) => callAs(byId.get(id)));
  /** @param {any} node @returns {Call[]} */
  const callAs = (node) => {
    const { functionName, url, scriptId } = node.callFrame;
    const self = idle.has(functionName) ? 0 : (selfTimes.get(node.id) ?? 0);
    const inner = callsOf(node);
    const border = borderOf(functionName);
    if (border) return [...inner, { name: border, kind: "host", self, total: self, calls: [] }];
    const name = plainName(functionName, url);
    const kind = url.startsWith("wasm:") ? "wasm" : scriptId === "0" || !url ? "host" : "js";
    // A wrapper calls its function, which has the same name.
    const [only] = inner;
    if (inner.length === 1 && only.name === name)
      return [{ ...only, self: only.self + self, total: only.total + self }];
    const total = inner.reduce((sum, { total }) => sum + total, self);
    return total === 0 ? [] : [{ name, kind, self, total, calls: inner }];
  };
  const calls = callsOf(nodes[0]);
  return { name: "all", kind: "host", self: 0, total: calls.reduce((sum, { total }) => sum + total, 0), calls };
}

/**
 * Each function once; a total counts a function that calls itself only once.
 * @param {Call} tree
 * @returns {Sum[]}
 */
export function functions(tree) {
  return sums(tree, (call) => call.name);
}

/**
 * Each way between JavaScript and wasm: which function was entered there, and from which side.
 * @param {Call} tree
 * @returns {Sum[]}
 */
export function crossings(tree) {
  return sums(tree, (call, caller) => {
    if (call.kind === "wasm" && caller?.kind !== "wasm") return `into wasm: ${call.name}`;
    if (call.kind !== "wasm" && caller?.kind === "wasm" && !Object.values(borders).includes(call.name))
      return `out of wasm: ${call.name}`;
    return undefined;
  });
}

/**
 * @param {Call} tree
 * @param {(call: Call, caller: Call | undefined) => string | undefined} nameOf
 * @returns {Sum[]}
 */
function sums(tree, nameOf) {
  /** @type {Map<string, Sum>} */
  const found = new Map();
  /**
   * @param {Call} call
   * @param {Call | undefined} caller
   * @param {Set<string>} above
   */
  const visit = (call, caller, above) => {
    const name = call === tree ? undefined : nameOf(call, caller);
    let within = above;
    if (name !== undefined) {
      const sum = found.get(name) ?? { name, self: 0, total: 0 };
      sum.self += call.self;
      if (!above.has(name)) sum.total += call.total;
      found.set(name, sum);
      within = new Set(above).add(name);
    }
    for (const inner of call.calls) visit(inner, call, within);
  };
  visit(tree, undefined, new Set());
  return [...found.values()];
}
