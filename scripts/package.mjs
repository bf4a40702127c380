// `make package`: the npm tarball of the browser package, into dist/.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { root } from "./local.mjs";

const at = (/** @type {string} */ path) => resolve(root, path);
const folder = at("target/package");
const version = readFileSync(at("Cargo.toml"), "utf8").match(/^version = "(.*)"/m)?.[1];

rmSync(folder, { recursive: true, force: true });
cpSync(at("www/notifeed"), folder, { recursive: true });
for (const file of ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"])
  cpSync(at(file), `${folder}/${file}`);
writeFileSync(
  `${folder}/package.json`,
  JSON.stringify(
    {
      name: "notifeed",
      version,
      description: "Validates user notifications in the browser exactly as the notifeed service does.",
      license: "MIT OR Apache-2.0",
      type: "module",
      main: "./notifeed.js",
      types: "./notifeed.d.ts",
      exports: {
        ".": { types: "./notifeed.d.ts", default: "./notifeed.js" },
        "./notifeed_bg.wasm": "./notifeed_bg.wasm",
      },
      files: ["*.js", "*.ts", "*.wasm", "CHANGELOG.md", "LICENSE-*"],
      sideEffects: false,
    },
    null,
    2,
  ) + "\n",
);
mkdirSync(at("dist"), { recursive: true });
const [packed] = JSON.parse(
  execFileSync("npm", ["pack", "--json", "--loglevel=error", "--pack-destination", at("dist")], {
    cwd: folder,
    encoding: "utf8",
  }),
);
console.log(`notifeed: dist/${packed.filename}, ${Math.round(packed.size / 1024)} KiB`);
