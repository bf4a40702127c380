// `make deploy` against a double of Cloudflare's API: from an empty account on, again, and with what must be refused.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { Cloudflare } from "./cloudflare.mjs";

const ISSUERS = JSON.stringify([
  { issuer: "https://id.example.com", audience: "notifeed", jwksUrl: "https://id.example.com/keys" },
]);

const cloudflare = new Cloudflare();
/** The output of each deployment. @type {string[]} */
const printed = [];
/** wrangler's own folder. */
let home = "";

before(async () => {
  await cloudflare.start();
  home = await mkdtemp(join(tmpdir(), "notifeed-test-"));
});

after(async () => {
  cloudflare.stop();
  await rm(home, { recursive: true, force: true });
});

/**
 * Deploys, and answers what was printed and what was changed in the account.
 * @param {Record<string, string>} environment
 * @param {string[]} [command] instead of deploying
 */
async function deploy(environment, command = ["scripts/deploy.mjs"]) {
  cloudflare.changes = [];
  const child = spawn(process.execPath, command, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      CLOUDFLARE_API_BASE_URL: cloudflare.url,
      CLOUDFLARE_API_TOKEN: "token",
      WRANGLER_SEND_METRICS: "false",
      ...environment,
    },
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const [output, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  printed.push(output + errors);
  return { status, output: output + errors, changes: cloudflare.changes };
}

/** @param {string} name */
function scriptOf(name) {
  const script = cloudflare.scripts.get(name);
  assert.ok(script, `${name} was deployed`);
  return script;
}

/**
 * @param {any} metadata of a version
 * @returns {Record<string, any>} its bindings by name
 */
function bindingsOf({ bindings }) {
  return Object.fromEntries(bindings.map((/** @type {any} */ binding) => [binding.name, binding]));
}

// A deployment, step by step: each test goes on where the one before ended.

const first = { ENV: "staging", JURISDICTION: "eu", PUSH_CONTACT: "mailto:ops@example.com", ISSUERS };

test("a dry run on an empty account changes nothing", async () => {
  const { status, output, changes } = await deploy({ ...first, DRY_RUN: "1" });
  assert.equal(status, 0, output);
  assert.deepEqual(changes, []);
  assert.match(output, /would make the KV namespace notifeed-staging-feed/);
});

test("an empty account has all that a deployment needs afterwards", async () => {
  const { status, output } = await deploy(first);
  assert.equal(status, 0, output);
  assert.deepEqual(
    cloudflare.namespaces.map(({ title, jurisdiction }) => [title, jurisdiction]),
    [
      ["notifeed-staging-feed", "eu"],
      ["notifeed-staging-registry", "eu"],
    ],
  );
  const { secrets, versions } = scriptOf("notifeed-staging");
  assert.deepEqual(Object.keys(secrets).sort(), ["ISSUERS", "UNS_KEYS", "VAPID_KEYS"]);
  assert.equal(secrets.ISSUERS, ISSUERS);
  assert.equal(Buffer.from(JSON.parse(secrets.UNS_KEYS)[1], "base64url").length, 32);
  const { metadata } = versions[versions.length - 1];
  const bindings = bindingsOf(metadata);
  assert.equal(bindings.JURISDICTION.text, "eu");
  assert.equal(bindings.FEED.namespace_id, cloudflare.namespaces[0].id);
  assert.equal(bindings.REGISTRY.namespace_id, cloudflare.namespaces[1].id);
  assert.notEqual(bindings.APP_LIMIT.namespace_id, "1001", "another deployment's limits are its own");
  assert.equal(metadata.migrations.new_tag, "v1");
});

test("a second time nothing is made, and the new version can have a part of the users only", async () => {
  const { secrets, deployments } = scriptOf("notifeed-staging");
  const before = { ...secrets };
  const old = deployments[deployments.length - 1][0].version_id;
  const { status, output, changes } = await deploy({ ENV: "staging", PERCENT: "10" });
  assert.equal(status, 0, output);
  assert.deepEqual(secrets, before);
  assert.ok(!changes.some((change) => /namespaces|secrets|PUT/.test(change)), changes.join("\n"));
  const versions = deployments[deployments.length - 1];
  assert.equal(versions.find(({ version_id }) => version_id === old)?.percentage, 90);
  assert.equal(versions.length, 2);
  assert.match(output, new RegExp(`npx wrangler rollback ${old} --name notifeed-staging`));
});

test("no secret was printed, nor is one in wrangler's logs", async () => {
  const { secrets } = scriptOf("notifeed-staging");
  const folder = join(home, ".config/.wrangler/logs");
  const logs = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
  assert.ok(logs.length > 0);
  for (const said of [...printed, ...logs])
    for (const secret of [JSON.parse(secrets.UNS_KEYS)[1], JSON.parse(secrets.VAPID_KEYS)[1].privateKey])
      assert.ok(!said.includes(secret));
});

test("an operator's token is told once, and the deployment knows its digest only", async () => {
  const { status, output } = await deploy({ ENV: "staging", scope: "read" }, ["scripts/operator.mjs", "token"]);
  assert.equal(status, 0, output);
  const { OPERATOR_READ } = scriptOf("notifeed-staging").secrets;
  assert.equal(OPERATOR_READ, createHash("sha256").update(output.trim()).digest("hex"));
  const wrong = await deploy({ ENV: "staging", scope: "write" }, ["scripts/operator.mjs", "token"]);
  assert.deepEqual([wrong.status, wrong.changes], [1, []]);
});

test("feeds aren't moved", async () => {
  const { status, output, changes } = await deploy({ ENV: "staging", JURISDICTION: "us" });
  assert.equal(status, 1);
  assert.match(output, /JURISDICTION can't be changed, it is eu/);
  assert.deepEqual(changes, []);
});

test("an API that fails replaces no key", async () => {
  cloudflare.failing = "/secrets";
  const { status, output, changes } = await deploy({ ENV: "staging", ISSUERS });
  cloudflare.failing = undefined;
  assert.equal(status, 1);
  assert.match(output, /wrangler secret list failed/);
  assert.deepEqual(changes, []);
});

for (const [what, environment, sentence] of /** @type {[string, Record<string, string>, RegExp][]} */ ([
  ["no issuer", {}, /whose tokens count\? Give ISSUERS/],
  ["a wrong issuer", { ISSUERS: '[{"issuer":"https://id.example.com"}]' }, /ISSUERS\[0\]/],
  ["a part of the users of nothing", { PERCENT: "10", ISSUERS }, /PERCENT needs a version that serves already/],
  ["a wrong ENV", { ENV: "a_b", ISSUERS }, /ENV is a word/],
])) {
  test(`${what} is refused in a sentence, before anything is changed`, async () => {
    const { status, output, changes } = await deploy(environment);
    assert.equal(status, 1, output);
    assert.match(output, sentence);
    assert.deepEqual(changes, []);
  });
}
