// A client in Python that openapi-python-client generates from the service's description: checked by mypy, and run on the
// service. tests/package/described.test.mjs is the same in TypeScript; C# has neither compiler nor generator among
// Debian's packages, npm's and Python's.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { root } from "../../scripts/local.mjs";
import { appToken, host, startService, temporaryFolder, userToken } from "../blackbox/harness.mjs";

const program = join(root, "tests/soak/described.py");

// No formatter; the answer in XML is text to it.
const CONFIGURATION = { post_hooks: [], content_type_overrides: { "application/xml": "text/html" } };

test("a client in Python", { timeout: 600_000 }, async () => {
  const [service, folder] = [await startService(), await temporaryFolder()];
  const python = (/** @type {string} */ tool, /** @type {string[]} */ ...words) =>
    promisify(execFile)(join(root, "target/python-client/bin", tool), words, {
      cwd: folder,
      env: { ...process.env, PYTHONPATH: folder, MYPYPATH: folder },
    });
  await writeFile(join(folder, "configuration.json"), JSON.stringify(CONFIGURATION));
  const output = ["--output-path", "notifeed_client", "--meta", "none"];
  const source = ["--url", `${service.url}/openapi.json`, "--config", "configuration.json"];
  await python("openapi-python-client", "generate", ...source, ...output, "--fail-on-warning").catch(({ stdout }) =>
    assert.fail(stdout),
  );
  await python("mypy", program).catch(({ stdout }) => assert.fail(stdout));
  const tokens = [await userToken("megan@contoso.com"), await appToken("contoso-server")];
  const { stdout } = await python("python", program, service.url, host, ...tokens);
  const { posted, ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, { page: [[posted, "Generated"]], read: "read", refused: ["InvalidHostName"] });
});
