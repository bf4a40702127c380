// The program for a machine of one's own: the launcher, and behind it, packed, the runtime and what it serves
// (launcher/src/payload.rs says how). scripts/binary calls it.
//
//   node scripts/binary.mjs LAUNCHER OUTPUT

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, zstdCompressSync } from "node:zlib";
import { build } from "esbuild";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const at = (/** @type {string} */ path) => resolve(root, path);
const [launcher, output] = process.argv.slice(2);
const folder = at("target/binary");

const workerd = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd").default;

/** @type {Record<string, string>} */
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".ts": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

/**
 * The place of the key from which the ids of Hubs are derived: the launcher writes that of the deployment there, which
 * is as long (launcher/src/state.rs).
 */
const NAMESPACE = "HubNamespace";

/** How many bytes of a part are packed together: pieces are unpacked side by side. */
const PIECE = 2 ** 24;

mkdirSync(folder, { recursive: true });
for (const name of ["main", "kv"]) {
  await build({
    entryPoints: [at(`worker/selfhost/${name}.mjs`)],
    outfile: `${folder}/${name}.mjs`,
    bundle: true,
    format: "esm",
    target: "esnext",
    external: ["cloudflare:*", "*.wasm"],
    logLevel: "warning",
    // As the glue of wasm has it.
    logOverride: { "duplicate-object-key": "silent" },
  });
}
cpSync(at("worker/build/bindings_bg.wasm"), `${folder}/bindings_bg.wasm`);
rmSync(`${folder}/www`, { recursive: true, force: true });
cpSync(at("www"), `${folder}/www`, { recursive: true });
writeFileSync(`${folder}/config.capnp`, configuration());
const config = execFileSync(workerd, ["compile", "--config-only", `${folder}/config.capnp`], { maxBuffer: 2 ** 28 });
const namespace = config.indexOf(NAMESPACE);
if (namespace < 0 || config.indexOf(NAMESPACE, namespace + 1) >= 0)
  throw new Error(`${NAMESPACE} isn't there just once`);
write(output, readFileSync(launcher), [
  { name: "workerd", content: readFileSync(workerd) },
  { name: "config", content: config, namespace },
]);

/** The configuration of the runtime, in its own language. */
function configuration() {
  const date = /compatibility_date = "(.*?)"/.exec(readFileSync(at("wrangler.toml"), "utf8"))?.[1];
  const files = consoleFiles();
  const text = JSON.stringify;
  const listed = Object.fromEntries(files.map(({ name, headers }) => [name, { binding: `file:${name}`, headers }]));
  writeFileSync(`${folder}/files.json`, JSON.stringify(listed));
  const bound = files.map(({ name, source }) => `(name = ${text(`file:${name}`)}, data = embed ${text(source)})`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "store", worker = .store),
    (name = "hubs", disk = (writable = true)),
    (name = "kv", disk = (writable = true)),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [
    (name = "http", http = (), service = "main"),
    (name = "control", http = (), service = (name = "main", entrypoint = "control")),
  ],
  logging = (structuredLogging = true),
);
const main :Workerd.Worker = (
  modules = [
    (name = "main.mjs", esModule = embed "main.mjs"),
    (name = "bindings_bg.wasm", wasm = embed "bindings_bg.wasm"),
  ],
  compatibilityDate = ${text(date)},
  bindings = [
    (name = "SETTINGS", fromEnvironment = "SETTINGS"),
    (name = "HUB", durableObjectNamespace = "Hub"),
    (name = "FEED", kvNamespace = (name = "store", entrypoint = "feed")),
    (name = "REGISTRY", kvNamespace = (name = "store", entrypoint = "registry")),
    (name = "FILES", json = embed "files.json"),
    ${bound.join(",\n    ")}
  ],
  durableObjectNamespaces = [(className = "Hub", uniqueKey = ${text(NAMESPACE)}, enableSql = true)],
  durableObjectStorage = (localDisk = "hubs"),
);
const store :Workerd.Worker = (
  modules = [(name = "kv.mjs", esModule = embed "kv.mjs")],
  compatibilityDate = ${text(date)},
  bindings = [(name = "STORE", durableObjectNamespace = "Store")],
  durableObjectNamespaces = [(className = "Store", uniqueKey = "notifeed-Store", enableSql = true)],
  durableObjectStorage = (localDisk = "kv"),
);
`;
}

/** The files of the console, with the headers that each is answered with. */
function consoleFiles() {
  const common = commonHeaders();
  const names = readdirSync(`${folder}/www`, { recursive: true, encoding: "utf8" }).filter(
    (name) => name !== "_headers" && statSync(`${folder}/www/${name}`).isFile(),
  );
  return names.sort().map((name) => {
    const sum = sha256(readFileSync(`${folder}/www/${name}`));
    const type = TYPES[extname(name)];
    if (!type) throw new Error(`www/${name} has no media type in scripts/binary.mjs`);
    /** @type {Record<string, string>} */
    const headers = {
      "Content-Type": type,
      ETag: `"${sum.slice(0, 32)}"`,
      "Cache-Control": "public, max-age=0, must-revalidate",
    };
    return { name: `/${name}`, source: `www/${name}`, headers: { ...headers, ...common } };
  });
}

/** The headers of www/_headers, which has one block, for every path. @returns {Record<string, string>} */
function commonHeaders() {
  const [pattern, ...lines] = readFileSync(at("www/_headers"), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (pattern !== "/*" || lines.some((line) => !/^\s+[\w-]+: /.test(line)))
    throw new Error("www/_headers has more than one block: scripts/binary.mjs must learn to read it");
  return Object.fromEntries(lines.map((line) => line.trim().split(/: (.*)/, 2)));
}

/** @param {Buffer} bytes */
function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * The parts, packed, behind the launcher.
 * @param {string} path
 * @param {Buffer} program
 * @param {{ name: string, content: Buffer, namespace?: number }[]} parts `namespace`: where the key of the Hubs'
 *   namespace stands in the content
 */
function write(path, program, parts) {
  const chunks = [program];
  let offset = program.length;
  const list = parts.map(({ name, content, namespace }) => {
    const sum = sha256(content);
    /** @type {{ offset: number, length: number, at: number, size: number }[]} */
    const frames = [];
    for (let at = 0; at < content.length; at += PIECE) {
      const piece = content.subarray(at, at + PIECE);
      const frame = packed(piece);
      frames.push({ offset, length: frame.length, at, size: piece.length });
      chunks.push(frame);
      offset += frame.length;
    }
    return { name, sha256: sum, size: content.length, frames, namespace };
  });
  const index = Buffer.from(JSON.stringify(list));
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(index.length));
  mkdirSync(dirname(path), { recursive: true });
  // A program that runs can't be overwritten, but replaced.
  writeFileSync(`${path}.part`, Buffer.concat([...chunks, index, length, Buffer.from("notifeed payload")]), {
    mode: 0o755,
  });
  renameSync(`${path}.part`, path);
}

/**
 * A zstd frame; what takes a second is kept for the next time.
 * @param {Buffer} content
 */
function packed(content) {
  const kept = `${folder}/${sha256(content)}.zst`;
  try {
    return readFileSync(kept);
  } catch {
    const frame = zstdCompressSync(content, { params: { [constants.ZSTD_c_compressionLevel]: 9 } });
    if (content.length > 2 ** 23) writeFileSync(kept, frame);
    return frame;
  }
}
