// The weight that each import of the package adds to an app, as a bundler would put it there: minified, without what isn't used,
// compressed by brotli. size-limit weighs and refuses; `make check` calls it.
//
//   node tests/package/sizes.mjs            every import beside its limit; ends with 1 if one is above
//   node tests/package/sizes.mjs --readme   writes the table of browser/README.md, with today's date

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { root } from "../../scripts/local.mjs";

/**
 * The imports of an app, and the most that each may weigh, in bytes. A limit is raised only for something users get, and
 * lowered with every success.
 * @type {{ entry: string, code: string, wasm?: boolean, limit: number, what: string }[]}
 */
const imports = [
  {
    entry: "notifeed",
    code: 'export { init, isValid, normalize, validate } from "notifeed";',
    wasm: true,
    limit: 29_600,
    what: "the validator: the wasm, and what loads it",
  },
  {
    entry: "notifeed/inline",
    code: 'export { init, isValid, normalize, validate } from "notifeed/inline";',
    limit: 35_000,
    what: "the same in one module, with the wasm in it as text",
  },
  {
    entry: "notifeed/schema",
    code: 'export { schema } from "notifeed/schema";',
    limit: 2_200,
    what: "the JSON Schema",
  },
  {
    entry: "notifeed/protocol",
    code: 'export * from "notifeed/protocol";',
    limit: 1_285,
    what: "the contract's constants: paths, codes, statuses, limits; an app pays for those that it imports",
  },
  { entry: "notifeed/live", code: 'export { connect } from "notifeed/live";', limit: 13_800, what: "the live client" },
  {
    entry: "notifeed/inbox",
    code: 'export { defineInbox } from "notifeed/inbox";',
    limit: 9_000,
    what: "the custom element",
  },
  {
    entry: "notifeed/inbox and notifeed/live",
    code: 'export { connect } from "notifeed/live";\nexport { defineInbox } from "notifeed/inbox";',
    limit: 22_240,
    what: "both, as an app has them",
  },
  {
    entry: "notifeed/toast",
    code: 'export { showToasts } from "notifeed/toast";',
    limit: 1_210,
    what: "toasts",
  },
  {
    entry: "notifeed/push",
    code: 'export { createPush } from "notifeed/push";',
    limit: 2_500,
    what: "Web Push, the page's half",
  },
  {
    entry: "notifeed/push-worker",
    code: 'export { handle } from "notifeed/push-worker";',
    limit: 3_500,
    what: "the service worker's half",
  },
  ...["ar", "de", "es", "fr", "hi", "it", "ja", "pt", "ru", "zh"].map((language) => ({
    entry: `notifeed/labels/${language}`,
    code: `export { labels } from "notifeed/labels/${language}";`,
    limit: 500,
    what: language === "de" ? "the labels in German; those of nine other languages have similar sizes" : "",
  })),
  {
    entry: "notifeed/react",
    code: 'export { useNotifications, useUnread } from "notifeed/react";',
    limit: 400,
    what: "hooks for React",
  },
  {
    entry: "notifeed/vue",
    code: 'export { useNotifications, useUnread } from "notifeed/vue";',
    limit: 400,
    what: "the same for Vue",
  },
  {
    entry: "notifeed/svelte",
    code: 'export { notifications, unread } from "notifeed/svelte";',
    limit: 300,
    what: "stores for Svelte",
  },
  {
    entry: "notifeed/send",
    code: 'export { send } from "notifeed/send";',
    wasm: true,
    limit: 31_000,
    what: "the sender, with the validator that checks a notification before it is sent",
  },
];

/**
 * Modules that are loaded only when they are needed, as a bundler's chunks of their own, weigh nothing at first.
 * @type {import("esbuild").Plugin}
 */
const later = {
  name: "later",
  setup(build) {
    build.onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

const built = resolve(root, "www/notifeed");
const folder = resolve(root, "target/sizes");
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "node_modules"), { recursive: true });
symlinkSync(built, join(folder, "node_modules/notifeed"));

const present = imports.filter(({ entry }) =>
  entry.split(" and ").every((name) => existsSync(join(built, `${name.replace(/^notifeed\/?/, "") || "index"}.js`))),
);
const checks = await Promise.all(
  present.map(async ({ entry: name, code, wasm, limit }, index) => {
    const outfile = join(folder, `${index}.js`);
    const stdin = { contents: code, resolveDir: folder };
    await build({
      stdin,
      outfile,
      bundle: true,
      minify: true,
      charset: "utf8",
      format: "esm",
      target: "es2022",
      external: ["react", "vue"],
      preserveSymlinks: true,
      plugins: [later],
    });
    const path = wasm ? [outfile, join(built, "notifeed_bg.wasm")] : [outfile];
    return { name, path, limit: `${limit} B` };
  }),
);
const config = join(folder, ".size-limit.json");
writeFileSync(config, JSON.stringify(checks));

/** @type {{ name: string, size: number, passed: boolean }[]} */
const weighed = JSON.parse(weigh());
if (process.argv.includes("--readme")) {
  const lines = weighed.map(({ name, size }, index) => {
    const names = name.split(" and ").map((one) => `\`${one}\``);
    if (!present[index].what) return "";
    return `| ${names.join(" and ")} | ${(size / 1000).toFixed(1)} KB | ${present[index].what} |\n`;
  });
  const readme = resolve(root, "browser/README.md");
  const table = /(?<=\| import \| compressed .*\n.*\n)(\|.*\n)+(?=\nMinified.*; )/;
  const today = new Date().toISOString().slice(0, 10);
  const text = readFileSync(readme, "utf8")
    .replace(table, lines.join(""))
    .replace(/(?<=^Minified.*; )[\d-]+/m, today);
  writeFileSync(readme, text);
} else {
  for (const [index, { name, size, passed }] of weighed.entries())
    console.error(`notifeed: ${name} is ${size} bytes, ${passed ? "of at most" : "MORE THAN"} ${present[index].limit}`);
  if (!weighed.every(({ passed }) => passed)) process.exitCode = 1;
}

/** size-limit's report: it ends with 1 when something is too large, and has said so. */
function weigh() {
  const tool = resolve(root, "tests/package/node_modules/.bin/size-limit");
  const cwd = resolve(root, "tests/package");
  try {
    return execFileSync(tool, ["--json", "--config", config], { cwd, encoding: "utf8" });
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout: string, stderr: string }} */ (error);
    if (!stdout?.startsWith("[")) throw new Error(stderr || String(error));
    return stdout;
  }
}
