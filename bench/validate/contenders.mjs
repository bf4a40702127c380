// The contenders, each as a page would load it: one minified module, made by esbuild.

import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import schemasafe from "@exodus/schemasafe";
import Ajv from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { schema } from "./schema.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const output = fileURLToPath(new URL("../../target/bench/", import.meta.url));
const wasm = readFileSync(new URL("../../www/notifeed/notifeed_bg.wasm", import.meta.url));

/** @typedef {{name: string, label: string}} Contender */

/** @type {Contender[]} */
export const contenders = ["notifeed", "ajv", "schemasafe", "cfworker", "valibot", "zod"].map((name) => ({
  name,
  label: label(name),
}));

/** @param {string} name */
function label(name) {
  const packages = /** @type {Record<string, string>} */ ({
    schemasafe: "@exodus/schemasafe",
    cfworker: "@cfworker/json-schema",
  });
  const from = packages[name] ?? name;
  if (name === "notifeed") return "**notifeed**";
  const { version } = JSON.parse(readFileSync(`${here}../node_modules/${from}/package.json`, "utf8"));
  return `${from} ${version}`;
}

/** The schema, and the code that ajv and schemasafe make of it ahead of time. @type {Record<string, () => string>} */
const generated = {
  schema: () => `export default ${JSON.stringify(schema)}`,
  "ajv-first": () => ajv(false),
  "ajv-all": () => ajv(true),
  "schemasafe-first": () => safe({}),
  "schemasafe-all": () => safe({ includeErrors: true, allErrors: true }),
};

/** @param {boolean} allErrors */
function ajv(allErrors) {
  const compiler = new Ajv.default({ allErrors, strict: false, code: { source: true, esm: true } });
  return standalone.default(compiler, compiler.compile(schema));
}

/** @param {object} options */
function safe(options) {
  const options_ = { mode: "default", formats: {}, ...options };
  return `export default ${schemasafe.validator(schema, options_).toModule()}`;
}

/** Bundles `source`, minified. @param {string} source @param {string} [outfile] */
async function bundle(source, outfile) {
  const result = await build({
    stdin: { contents: source, resolveDir: here },
    outfile,
    write: outfile !== undefined,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "error",
    nodePaths: [`${here}../node_modules`],
    plugins: [
      {
        name: "generated",
        setup(build) {
          build.onResolve({ filter: /^generated:/ }, ({ path }) => ({ path: path.slice(10), namespace: "generated" }));
          build.onLoad({ filter: /.*/, namespace: "generated" }, ({ path }) => ({
            contents: generated[path](),
            resolveDir: here,
          }));
        },
      },
    ],
  });
  return result.outputFiles?.[0].contents ?? new Uint8Array();
}

/** Loads all contenders. */
export async function load() {
  mkdirSync(output, { recursive: true });
  return Promise.all(
    contenders.map(async ({ name, label }) => {
      const file = `${output}${name}.mjs`;
      await bundle(`export * from "./peers/${name}.mjs"`, file);
      const peer = await import(pathToFileURL(file).href);
      await peer.load?.(wasm);
      return {
        name,
        label,
        verdict: /** @type {(text: string) => boolean} */ (peer.verdict),
        verdictOfBytes: /** @type {((bytes: Uint8Array) => boolean) | undefined} */ (peer.verdictOfBytes),
        verdictOfObject: /** @type {(object: unknown) => boolean} */ (peer.verdictOfObject),
        report: /** @type {(text: string) => unknown} */ (peer.report),
        /** The places of a text's violations; null when there are none. */
        found(/** @type {string} */ text) {
          const report = peer.report(text);
          if (report === null || report.ok === true) return null;
          return peer.paths(report).map(
            // a.b[1], as the contract writes paths
            (/** @type {string[]} */ path) =>
              path.reduce((at, name) => (/^\d+$/.test(name) ? `${at}[${name}]` : at ? `${at}.${name}` : name), ""),
          );
        },
      };
    }),
  );
}

/**
 * The bytes that a page loads for the verdict alone, and for all violations.
 * @param {Contender} contender
 */
export async function weigh({ name }) {
  const files = name === "notifeed" ? [wasm] : [];
  const sizes = async (/** @type {string} */ job) => {
    const load = name === "notifeed" ? ", load" : "";
    return sum([...files, await bundle(`export { ${job}${load} } from "./peers/${name}.mjs"`)]);
  };
  return { verdict: await sizes("verdict"), report: await sizes("report") };
}

/** @param {Uint8Array[]} files each compressed by itself, as a page loads them */
function sum(files) {
  const of = (/** @type {(file: Uint8Array) => number} */ size) => files.reduce((sum, file) => sum + size(file), 0);
  return {
    raw: of((file) => file.length),
    gzip: of((file) => gzipSync(file, { level: 9 }).length),
    brotli: of((file) => brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length),
  };
}
