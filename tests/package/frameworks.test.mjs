// The bindings and the custom element in the real frameworks: built by their own compilers, opened in Chromium on a
// client without a line, and their types checked in templates.

import assert from "node:assert/strict";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { compile } from "svelte/compiler";
import { root } from "../../scripts/local.mjs";
import { launch } from "../browser/chromium.mjs";
import { install, run } from "./install.mjs";
import { serve } from "./static.mjs";

const folder = await install("bindings.tsx", "Bindings.vue", "Bindings.svelte");
for (const name of ["react", "react-dom", "vue", "svelte", "@types"])
  await symlink(resolve(root, "tests/package/node_modules", name), join(folder, "node_modules", name));
await cp(resolve(root, "tests/browser/inbox-client.mjs"), join(folder, "inbox-client.mjs"));
const browser = await launch();

/** The entry of each framework's app, and its compiler. @type {Record<string, { file: string, plugins?: import("esbuild").Plugin[] }>} */
const apps = {
  React: { file: "bindings.tsx" },
  Vue: {
    file: "vue.js",
    plugins: [{ name: "vue", setup: (build) => void build.onLoad({ filter: /\.vue$/ }, compileVue) }],
  },
  Svelte: {
    file: "svelte.js",
    plugins: [{ name: "svelte", setup: (build) => void build.onLoad({ filter: /\.svelte$/ }, compileSvelte) }],
  },
};

await writeFile(
  join(folder, "vue.js"),
  `import { createApp } from "vue";
import { defineInbox } from "notifeed/inbox";
import Bindings from "./Bindings.vue";
defineInbox();
const app = createApp(Bindings);
app.mount("#root");
globalThis.end = () => app.unmount();`,
);
await writeFile(
  join(folder, "svelte.js"),
  `import { mount, unmount } from "svelte";
import { defineInbox } from "notifeed/inbox";
import Bindings from "./Bindings.svelte";
defineInbox();
const app = mount(Bindings, { target: document.getElementById("root") });
globalThis.end = () => unmount(app);`,
);
await writeFile(
  join(folder, "client.js"),
  `import * as all from "./inbox-client.mjs";
const client = new all.PageClient();
client.arrive([all.notification("first")], { replayed: true });
Object.assign(globalThis, { ...all, client });`,
);

/** @param {{ path: string }} file */
async function compileVue({ path }) {
  const { compileScript, parse } = await import("vue/compiler-sfc");
  const templateParseOptions = { isCustomElement: (/** @type {string} */ name) => name.startsWith("notifeed-") };
  const { descriptor } = parse(await readFile(path, "utf8"), { filename: path, templateParseOptions });
  const { content } = compileScript(descriptor, { id: "b", inlineTemplate: true });
  return /** @type {const} */ ({ contents: content, loader: "ts" });
}

/** @param {{ path: string }} file */
async function compileSvelte({ path }) {
  const { js } = compile(await readFile(path, "utf8"), { generate: "client", filename: path });
  return /** @type {const} */ ({ contents: js.code, loader: "js" });
}

for (const [name, { file, plugins = [] }] of Object.entries(apps))
  test(`${name}: the feed, the count and the element`, async () => {
    const built = join(folder, `built-${name}`);
    await mkdir(built);
    await writeFile(
      join(built, "index.html"),
      '<!doctype html><meta charset="utf-8"><div id="root"></div><script type="module" src="app.js"></script>',
    );
    await build({
      stdin: { contents: `import "./client.js";\nimport "./${file}";`, resolveDir: folder },
      outfile: join(built, "app.js"),
      bundle: true,
      format: "esm",
      jsx: "automatic",
      conditions: ["browser", "production"],
      define: {
        "process.env.NODE_ENV": '"development"',
        __VUE_OPTIONS_API__: "false",
        __VUE_PROD_DEVTOOLS__: "false",
        __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
      },
      plugins,
    });
    const page = await browser.newPage();
    page.setDefaultTimeout(10_000);
    /** @type {string[]} */
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && !message.location().url.endsWith("favicon.ico"))
        complaints.push(message.text());
    });
    await page.goto(await serve(built, "http://localhost"));
    const list = page.locator("#root > ul > li");
    const shows = async (/** @type {string[]} */ titles, /** @type {number} */ unread) => {
      await page.locator("output").getByText(String(unread), { exact: true }).waitFor();
      assert.deepEqual(await list.allTextContents(), titles);
    };
    await shows(["first"], 1);
    await page.evaluate("client.arrive([notification('second', { minutes: -1 })])");
    await shows(["second", "first"], 2);

    // The element has its client, its attributes, its events and its slots.
    await page.getByRole("tab", { name: "Unread", exact: true }).waitFor();
    await page.getByRole("button", { name: "second", exact: true }).click();
    await page.getByText("followed second").waitFor();
    await shows(["second", "first"], 1);
    await page.evaluate("client.leave('second'); client.leave('first')");
    await page.getByText("Nothing for you").waitFor();
    await shows([], 0);

    // Another client, and none.
    const out = page.getByRole("button", { name: "Sign in or out" });
    await page.evaluate("client.arrive([notification('third')])");
    await shows(["third"], 1);
    await out.click();
    await shows([], 0);
    await page.locator("notifeed-inbox").waitFor({ state: "detached" });
    assert.equal(await page.evaluate("client.listeners"), 0);
    await out.click();
    await shows(["third"], 1);
    await page.evaluate("end()");
    assert.equal(await page.evaluate("client.listeners"), 0, "it leaves no listener behind");
    assert.deepEqual(complaints, []);
    await page.close();
  });

test("the element has types in JSX and in Vue's templates, the bindings have them everywhere", async () => {
  const options = { strict: true, noEmit: true, target: "es2022", module: "esnext", moduleResolution: "bundler" };
  const compilerOptions = { ...options, jsx: "react-jsx", lib: ["es2022", "dom"], types: [] };
  const types = `import { get } from "svelte/store";
import type { FeedNotification, LiveClient } from "notifeed/live";
import { notifications, unread } from "notifeed/svelte";
export function read(client: LiveClient | null): [readonly FeedNotification[], number] {
  // @ts-expect-error: a count is no text
  const wrong: string = get(unread(client));
  return [get(notifications(client)), wrong.length];
}`;
  await writeFile(join(folder, "types.ts"), types);
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["bindings.tsx", "Bindings.vue", "types.ts"] }),
  );
  const checked = () => run("vue-tsc", ["-p", "."], { cwd: folder });
  await checked().catch(({ stdout }) => assert.fail(stdout));
  const template = await readFile(join(folder, "Bindings.vue"), "utf8");
  await writeFile(join(folder, "Bindings.vue"), template.replace(':client="shown"', `:client="'text'"`));
  await assert.rejects(checked(), ({ stdout }) => /Bindings\.vue.*string.*LiveClient/s.test(stdout));
});
