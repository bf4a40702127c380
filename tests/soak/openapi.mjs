// The API against its own description: schemathesis asks what www/openapi.json allows, and what it forbids, and holds
// every answer against it: status, headers and body; and follows from one call to the next. FULL=1: for longer.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/local.mjs";
import { startService, userToken } from "../blackbox/harness.mjs";

/**
 * The checks that can't hold. A description in JSON Schema can't say all of the contract: tokens, filters and instants have a
 * grammar, dates lie in the future, so a value of the right type may be refused; and a header that can't be used is
 * ignored where the contract says so (`client-request-id`), not refused.
 */
const LEFT_OUT = "positive_data_acceptance,negative_data_rejection";

// An upgrade without its version is answered by the runtime, before anything of the service: the stream is left out. So is
// the erasure of the user, whose feed refuses calls for a moment then (503).
const seed = process.env.SEED ?? "1";
const examples = process.env.FULL ? "200" : "10";

test("the API is as it is described", { timeout: 3_600_000 }, async () => {
  const service = await startService({ vars: { POSTS_PER_SECOND: "0", CALLS_PER_SECOND: "0" } });
  const token = await userToken("described@contoso.com");
  const run = spawn(
    join(root, "target/schemathesis/bin/schemathesis"),
    [
      ...[
        "run",
        join(root, "www/openapi.json"),
        "--url",
        `${service.url}/beta`,
        "--header",
        `Authorization: Bearer ${token}`,
      ],
      ...[
        "--exclude-checks",
        LEFT_OUT,
        "--max-examples",
        examples,
        "--seed",
        seed,
        "--exclude-path-regex",
        "/(stream|personalData)$",
      ],
      ...["--phases", "examples,coverage,fuzzing,stateful", "--no-color"],
    ],
    { cwd: join(root, "target"), stdio: "inherit" },
  );
  const [code] = await once(run, "exit");
  assert.equal(code, 0);
});
