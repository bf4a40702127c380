// The code of browser/README.md, as it stands there: compiled and run in an app that has the package installed. Only the
// names of hosts are replaced.

import assert from "node:assert/strict";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { root } from "../../scripts/local.mjs";
import { appToken, host, startService, userToken } from "../blackbox/harness.mjs";
import { launch } from "../browser/chromium.mjs";
import { install, run } from "./install.mjs";
import { serve } from "./static.mjs";

const readme = await readFile(resolve(root, "browser/README.md"), "utf8");
const user = "megan@contoso.com";
const service = await startService();
const folder = await install("react.tsx");
for (const name of ["react", "react-dom", "@types"])
  await symlink(resolve(root, "tests/package/node_modules", name), join(folder, "node_modules", name));

/** @type {Map<string, string>} by the file's name, which stands behind the language */
const code = new Map();
for (const [, language, file, text] of readme.matchAll(/^```(\w*) ?(.*)\n([^]*?)^```$/gm)) {
  assert.ok(file.endsWith(language) && language, `what is this, and how is it tested? ${text}`);
  code.set(file, text);
  const here = text.replaceAll("https://notify.example.com", service.url).replaceAll("notify.example.com", host);
  await writeFile(join(folder, file), here);
}

const { json: subscription } = await service.request("POST", "/beta/me/notifications/subscriptions", {
  as: user,
  json: { targetHostName: host, platform: "windows" },
});
await writeFile(join(folder, "settings.js"), `export const service = "${service.url}";\n`);
await writeFile(
  join(folder, "auth.js"),
  `export const accessToken = async () => "${await userToken(user)}";
/** @param {boolean} fresh */
export const appToken = async (fresh) => (fresh ? "" : "${await appToken("contoso-server")}");
export const unsId = "${subscription.userNotificationSubscriptionId}";\n`,
);

/**
 * Bundles a module and opens it in Chromium, with a feed in which nothing is new.
 * @param {string} file
 * @param {string} body
 */
async function open(file, body) {
  const outfile = join(folder, "built", "app.js");
  const jsx = /** @type {const} */ ("automatic");
  const define = { "process.env.NODE_ENV": '"production"' };
  await build({ entryPoints: [join(folder, file)], outfile, bundle: true, format: "esm", jsx, define });
  const html = `<!doctype html><meta charset="utf-8"><script type="module" src="app.js"></script>${body}`;
  await writeFile(join(folder, "built", "index.html"), html);
  const page = await (await launch()).newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(await serve(join(folder, "built"), service.url));
  return page;
}

/** @param {string} title */
async function post(title) {
  const { status } = await service.post({ targetHostName: host, payload: { visualContent: { title } } }, { as: user });
  assert.equal(status, 201);
}

test("it compiles", async () => {
  const page = ["--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--jsx", "react-jsx"];
  const scripts = [...code.keys()].filter((file) => file.endsWith(".js") && file !== "inbox.js");
  for (const files of [
    ["--strict", "feed.tsx", "react.tsx"],
    ["--strict", "--checkJs", "--noImplicitAny", "false", ...scripts],
    // Which takes for granted that its element is in the page.
    ["--checkJs", "--strict", "false", "inbox.js"],
  ])
    await run(resolve(root, "node_modules/.bin/tsc"), ["--noEmit", "--allowJs", ...page, ...files], {
      cwd: folder,
    }).catch(({ stdout }) => assert.fail(stdout));
});

test("validate.js says what its comments say", async () => {
  const { stdout } = await run("node", ["validate.js"], { cwd: folder });
  const comments = [...(code.get("validate.js") ?? "").matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line.split("…"));
  assert.equal(comments.length, 2);
  for (const [index, line] of stdout.trim().split("\n").entries())
    for (const part of comments[index]) assert.ok(line.includes(part), `${line}: ${part}`);
});

test("send.js sends", async () => {
  const { stdout } = await run("node", ["send.js"], { cwd: folder });
  assert.match(stdout, /^201 [0-9a-f-]{36} \[\]\n$/);
});

test("inbox.js shows what arrives, and sign-out.js leaves nothing behind", async () => {
  await writeFile(
    join(folder, "page.js"),
    `import "./inbox.js";
    import { signOut } from "./sign-out.js";
    globalThis.signOut = () => signOut(document.querySelector("notifeed-inbox").client);`,
  );
  const page = await open("page.js", (code.get("inbox.html") ?? "").split("\n")[0]);
  await page.waitForFunction(() => document.title.startsWith("("));
  await post("From the README");
  await page.locator("notifeed-inbox").click();
  await page.getByRole("button", { name: "From the README", exact: true }).waitFor();
  const databases = () => page.evaluate(async () => (await indexedDB.databases()).length);
  assert.equal(await databases(), 1);
  await page.evaluate(() => /** @type {any} */ (globalThis).signOut());
  assert.equal(await databases(), 0);
});

test("feed.tsx gives React the feed", async () => {
  const page = await open("react.tsx", '<div id="root"></div>');
  await post("Through a hook");
  await page.getByRole("listitem").getByText("Through a hook").waitFor();
});
