// `make package`: the npm tarball of the package that scripts/build has put into www/notifeed/, into dist/.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { root } from "./local.mjs";

const at = (/** @type {string} */ path) => resolve(root, path);
const folder = at("target/package");

rmSync(folder, { recursive: true, force: true });
cpSync(at("www/notifeed"), folder, { recursive: true });
for (const file of ["browser/README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"])
  cpSync(at(file), `${folder}/${file.replace("browser/", "")}`);
mkdirSync(at("dist"), { recursive: true });
const [packed] = JSON.parse(
  execFileSync("npm", ["pack", "--json", "--loglevel=error", "--pack-destination", at("dist")], {
    cwd: folder,
    encoding: "utf8",
  }),
);
console.log(`notifeed: dist/${packed.filename}, ${Math.round(packed.size / 1024)} KiB`);
