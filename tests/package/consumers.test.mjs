// The packed tarball in every kind of app: installed, built, run.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { host, startService, userToken } from "../blackbox/harness.mjs";
import { launch } from "../browser/chromium.mjs";
import { install, run } from "./install.mjs";
import { open, serve } from "./static.mjs";

const judged = {
  isValid: [true, false],
  validate: [true, "payload"],
  normalize: ["High", "InvalidNotificationError"],
};
const proof = {
  early: "NotInitializedError",
  validator: judged,
  schema: "https://json-schema.org/draft/2020-12/schema",
  live: [true, "Hello", 1, "stopped"],
  send: [201, 200, true, "InvalidAuthenticationToken", "InvalidNotificationError"],
};

const inlineProof = { early: "NotInitializedError", inline: judged };

const service = await startService();
const browser = await launch();

/**
 * An app with what all of them share, and the files that are named.
 * @param {string[]} files
 */
async function consumer(...files) {
  const folder = await install("proof.js", "modules.js", ...files);
  const token = await userToken(`${files.at(-1)}@contoso.com`);
  const settings = { host, service: service.url, token };
  const lines = Object.entries(settings).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`);
  await writeFile(join(folder, "settings.js"), lines.join(""));
  return folder;
}

for (const [name, file] of [
  ["Node, ES modules", "node.js"],
  ["Node, CommonJS by dynamic import", "node.cjs"],
  ["Node, CommonJS by require", "require.cjs"],
])
  test(name, async () => {
    const cwd = await consumer(file);
    assert.deepEqual(JSON.parse((await run("node", [file], { cwd })).stdout), proof);
    assert.deepEqual(JSON.parse((await run("node", [file, "inline"], { cwd })).stdout), inlineProof);
  });

/**
 * Opens a built app in Chromium.
 * @param {string} folder
 */
async function proves(folder) {
  const address = await serve(folder, service.url);
  assert.deepEqual(await open(browser, address), proof);
  assert.deepEqual(await open(browser, `${address}/#inline`), inlineProof);
}

test("Vite", async () => {
  const cwd = await consumer("index.html", "app.js");
  await run("vite", ["build", "--logLevel=warn"], { cwd });
  await proves(join(cwd, "dist"));
});

test("Vite, while it is worked on", async (context) => {
  const cwd = await consumer("index.html", "app.js");
  const server = spawn("node", ["consumers/vite-dev.js", cwd], { cwd: import.meta.dirname });
  context.after(() => server.kill());
  const [address] = await once(server.stdout, "data");
  assert.deepEqual(await open(browser, String(address).trim()), proof);
});

test("webpack", async () => {
  const cwd = await consumer("index.html", "app.js");
  const built = join(cwd, "built");
  await run("node", ["consumers/webpack.js", cwd, built]);
  await run("cp", ["index.html", built], { cwd });
  await proves(built);
});

test("esbuild", async () => {
  const cwd = await consumer("index.html", "esbuild.js");
  await run(
    "esbuild",
    ["app=esbuild.js", "--bundle", "--minify", "--format=esm", "--loader:.wasm=file", "--outdir=built"],
    { cwd },
  );
  await run("cp", ["index.html", "built"], { cwd });
  await proves(join(cwd, "built"));
});

test("a page without a bundler", async () => {
  const cwd = await consumer("index.html", "page.js");
  await run("cp", ["page.js", "app.js"], { cwd });
  await proves(cwd);
});

// Without `notifeed/inline`: Workers compile no wasm while they run.
test("a Worker, bundled by wrangler", async (context) => {
  const cwd = await consumer("worker.js", "wrangler.toml");
  await run("wrangler", ["deploy", "--dry-run", "--outdir=built"], { cwd });
  const built = join(cwd, "built");
  const wasm = (await readdir(built)).filter((name) => name.endsWith(".wasm"));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      telemetry: { enabled: false },
      log: new Log(LogLevel.ERROR),
      compatibilityDate: "2026-10-01",
      modulesRoot: built,
      modules: [
        { type: "ESModule", path: join(built, "worker.js") },
        ...wasm.map((name) => ({ type: /** @type {const} */ ("CompiledWasm"), path: join(built, name) })),
      ],
    }),
  );
  context.after(() => miniflare.dispose());
  const response = await fetch(await miniflare.ready);
  assert.deepEqual(await response.json(), proof);
});
