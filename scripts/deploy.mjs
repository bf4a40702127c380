// `make deploy`: says what must exist first, all of it at once; if all is there, deploys.

import { spawnSync } from "node:child_process";
import { unstable_readConfig } from "wrangler";

const config = unstable_readConfig({ config: "wrangler.toml" });

/** @type {string[]} */
const missing = [];

for (const { binding, id } of config.kv_namespaces) {
  if (!id) {
    missing.push(
      `a KV namespace for ${binding}: npx wrangler kv namespace create ${binding}, then put its id into wrangler.toml`,
    );
  }
}

const account = wrangler("whoami");
if (account.status !== 0 || /not authenticated/i.test(account.stdout)) {
  missing.push("a Cloudflare account: npx wrangler login, or CLOUDFLARE_API_TOKEN in the environment");
} else {
  const known = wrangler("secret", "list", "--format", "json");
  // A Worker that was never deployed has no secrets.
  /** @type {string[]} */
  const secrets = known.status === 0 ? JSON.parse(known.stdout).map(({ name = "" }) => name) : [];
  if (!secrets.includes("UNS_KEYS")) {
    missing.push(
      `the secret UNS_KEYS, {"key id": "base64url of 32 random bytes"}: npx wrangler secret put UNS_KEYS, and paste for instance {"1":"…"} with the output of openssl rand -base64 32 | tr +/ -_ | tr -d =`,
    );
  }
  if (!secrets.includes("ISSUERS") && !config.vars.ISSUERS) {
    missing.push("who issues the tokens: ISSUERS under [vars] in wrangler.toml, see docs/settings.md");
  }
  if (secrets.includes("VAPID_KEYS") && !secrets.includes("PUSH_CONTACT") && !config.vars.PUSH_CONTACT) {
    missing.push("whom push services may write to: PUSH_CONTACT under [vars] in wrangler.toml, see docs/push.md");
  }
  if (secrets.includes("DEVELOPMENT_TOKEN_SECRET")) {
    missing.push("removing what is for development only: npx wrangler secret delete DEVELOPMENT_TOKEN_SECRET");
  }
}
if (config.vars.DEVELOPMENT_TOKEN_SECRET) {
  missing.push("removing DEVELOPMENT_TOKEN_SECRET from wrangler.toml: it is for development only");
}

if (missing.length > 0) {
  console.error("notifeed: these are missing before the Worker can be deployed:");
  for (const what of missing) console.error(`  - ${what}`);
  process.exit(1);
}
process.exit(spawnSync("wrangler", ["deploy"], { stdio: "inherit" }).status ?? 1);

/** @param {string[]} args */
function wrangler(...args) {
  return spawnSync("wrangler", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
