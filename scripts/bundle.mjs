// The npm package's folder from what tsc, wasm-pack and the sources have: scripts/build calls it.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { deflateRawSync } from "node:zlib";
import { build, transform } from "esbuild";
import { root } from "./local.mjs";

const at = (/** @type {string} */ path) => resolve(root, path);
const folder = at("www/notifeed");

/** The entries of the package: the file, and the source that it is made of. */
const ENTRIES = {
  index: "validator/web.ts",
  node: "validator/node.ts",
  workerd: "validator/workerd.ts",
  inline: "validator/inline.ts",
  schema: "validator/schema.ts",
  protocol: "generated/protocol.ts",
  live: "client/entry.ts",
  inbox: "inbox/entry.ts",
  toast: "toast/entry.ts",
  push: "push/entry.ts",
  react: "bindings/react.ts",
  vue: "bindings/vue.ts",
  svelte: "bindings/svelte.ts",
  send: "sender/web.ts",
  "send.node": "sender/node.ts",
  "send.workerd": "sender/workerd.ts",
};
/** A service worker's script has all it needs in itself; the second is for `importScripts`. */
const WORKERS = /** @type {const} */ ({
  "push-worker": ["push-worker/entry.ts", "esm"],
  "push-worker.classic": ["push-worker/classic.ts", "iife"],
});
const labels = readdirSync(at("browser/labels")).map((file) => `labels/${file}`);
const entries = Object.entries(ENTRIES).concat(labels.map((source) => [source.replace(".ts", ""), source]));

// The page of a running `make dev` goes on with the old files until the new ones are there.
mkdirSync(folder, { recursive: true });
const old = new Set(readdirSync(folder));

const wasm = readFileSync(at("browser/glue/notifeed_bg.wasm"));
// Text of compressed bytes compresses to little more than these; text of the bytes themselves to a third more.
const text = deflateRawSync(wasm, { level: 9 }).toString("base64");
writeFileSync(at("browser/glue/inline.js"), `export const wasm = "${text}";\n`);
writeFileSync(at("browser/glue/inline.d.ts"), "export declare const wasm: string;\n");
rmSync(at("target/types"), { recursive: true, force: true });
try {
  execFileSync("tsc", ["-p", at("browser/tsconfig.declarations.json"), "--outDir", at("target/types")], {
    stdio: ["ignore", 2, 2],
  });
} catch {
  process.exit(1); // tsc has said why.
}

/** Style sheets stand in the sources as one reads them, and in the package without spaces. @type {import("esbuild").Plugin} */
const styles = {
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /\/style\.ts$/ }, async ({ path }) => {
      const source = readFileSync(path, "utf8");
      const sheet = source.match(/(?<=CSS = `)[^`]+/)?.[0] ?? "";
      const { code } = await transform(sheet, { loader: "css", minify: true });
      return { contents: source.replace(sheet, () => code.trim()), loader: "ts" };
    });
  },
};

rmSync(`${folder}/labels`, { recursive: true, force: true });
const made = new Set(["types", "labels", "package.json", "notifeed_bg.wasm"]);
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(entries.map(([name, source]) => [name, at(`browser/${source}`)])),
  outdir: folder,
  bundle: true,
  splitting: true,
  minify: true,
  // Modules and scripts of workers are UTF-8 wherever they are served (HTML, "fetch a module script").
  charset: "utf8",
  metafile: true,
  format: "esm",
  target: "es2022",
  external: ["node:*", "*.wasm", "react", "vue"],
  chunkNames: "shared-[hash]",
  plugins: [styles],
  logLevel: "warning",
});
for (const output of Object.keys(metafile.outputs)) made.add(output.replace(/^.*\//, ""));
for (const [name, [source, format]] of Object.entries(WORKERS)) {
  const outfile = `${folder}/${name}.js`;
  const entryPoints = [at(`browser/${source}`)];
  const options = /** @type {const} */ ({ bundle: true, minify: true, charset: "utf8", target: "es2022" });
  await build({ entryPoints, outfile, format, ...options, logLevel: "warning" });
  made.add(`${name}.js`);
}

cpSync(at("browser/glue/notifeed_bg.wasm"), `${folder}/notifeed_bg.wasm`);
rmSync(`${folder}/types`, { recursive: true, force: true });
cpSync(at("target/types/browser"), `${folder}/types`, { recursive: true });
for (const file of readdirSync(`${folder}/types`, { recursive: true, encoding: "utf8" })) {
  const path = `${folder}/types/${file}`;
  if (!path.endsWith(".d.ts")) continue;
  // Older compilers don't follow the extension of the sources.
  writeFileSync(path, readFileSync(path, "utf8").replaceAll(/(from ")(\..*)\.ts"/g, '$1$2.js"'));
}

const manifest = JSON.parse(readFileSync(at("browser/package.json"), "utf8"));
const typed = Object.values(manifest.exports).map(({ types }) => types);
const workers = Object.entries(WORKERS).map(([name, [source]]) => [name, source]);
for (const [name, source] of [...entries, ...workers]) {
  const [pattern, up] = name.includes("/") ? ["labels/*", ".."] : [name, "."];
  // The hosts of one import share its types.
  if (!typed.includes(`./${pattern}.d.ts`)) continue;
  made.add(`${name}.d.ts`);
  writeFileSync(`${folder}/${name}.d.ts`, `export * from "${up}/types/${source.replace(".ts", ".js")}";\n`);
}
made.add("notifeed_bg.wasm.d.ts");
writeFileSync(
  `${folder}/notifeed_bg.wasm.d.ts`,
  "/** What the bundler makes of it: its address, or a compiled module. */\ndeclare const wasm: any;\nexport default wasm;\n",
);
const version = readFileSync(at("Cargo.toml"), "utf8").match(/^version = "(.*)"/m)?.[1];
writeFileSync(`${folder}/package.json`, JSON.stringify({ ...manifest, version }, null, 2) + "\n");

for (const name of old) if (!made.has(name)) rmSync(`${folder}/${name}`, { recursive: true });
