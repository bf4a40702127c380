// A client that is generated from the service's description, compiled, and run on the service.

import assert from "node:assert/strict";
import { cp, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { appToken, host, startService, temporaryFolder, userToken } from "../blackbox/harness.mjs";
import { run } from "./install.mjs";

const folder = await temporaryFolder();
const service = await startService();

test("TypeScript, by openapi-typescript", async () => {
  await cp(resolve(root, "tests/package/consumers/described.ts"), join(folder, "described.ts"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
  await symlink(resolve(root, "tests/package/node_modules"), join(folder, "node_modules"));
  await run("openapi-typescript", [`${service.url}/openapi.json`, "-o", join(folder, "described_schema.d.ts")]);
  const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
  const modern = ["--target", "esnext", "--module", "nodenext", "--allowImportingTsExtensions"];
  const types = ["--typeRoots", resolve(root, "node_modules/@types"), "--types", "node"];
  const compiler = resolve(root, "node_modules/.bin/tsc");
  await run(compiler, [...strict, ...modern, ...types, "described.ts"], { cwd: folder }).catch(({ stdout }) => {
    throw new Error(stdout);
  });
  const tokens = [await userToken("megan@contoso.com"), await appToken("contoso-server")];
  const { stdout, stderr } = await run("node", ["described.ts", service.url, host, ...tokens], { cwd: folder });
  assert.equal(stderr, "");
  const { posted, ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, { page: [[posted, "Generated"]], read: "read", refused: ["InvalidHostName"] });
});
