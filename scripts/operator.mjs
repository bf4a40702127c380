// `make hub`, `make erase`, `make heal`, `make recover`, `make operator-token`: an operator looks at a person's feeds, ends them, has
// them healed from their copies, or go back to an earlier moment (docs/operations.md).
//
//   make operator-token scope=read [ENV=]         a new token; the deployment keeps its digest, the one before is void
//   make hub user=SUBJECT issuer=ISS URL=https://feed.example.com       TOKEN in the environment, of scope read
//   make erase user=SUBJECT issuer=ISS URL=…                            TOKEN of scope erase; so for heal and recover
//   make recover user=SUBJECT issuer=ISS URL=… at=2026-11-27T03:00:00Z

import { createHash, randomBytes } from "node:crypto";
import { configuration, Refusal, wrangler } from "./deployment.mjs";

const { scope, user, issuer, tenant, hosts, at, URL: url, TOKEN } = process.env;
const [action] = process.argv.slice(2);

try {
  await (action === "token" ? makeToken() : ask(action));
} catch (fault) {
  if (!(fault instanceof Refusal)) throw fault;
  console.error(`notifeed: ${fault.message}`);
  process.exitCode = 1;
}

async function makeToken() {
  const secret = { read: "OPERATOR_READ", erase: "OPERATOR_ERASE" }[scope ?? ""];
  if (!secret) throw new Refusal("say which: scope=read or scope=erase");
  const token = randomBytes(32).toString("base64url");
  const digest = createHash("sha256").update(token).digest("hex");
  const { name } = configuration(process.env);
  await wrangler(["secret", "bulk", "--name", name], { input: JSON.stringify({ [secret]: digest }) });
  console.log(token);
}

/** @param {string} action */
async function ask(action) {
  if (!user || !issuer) throw new Refusal("say who: user=, the subject in the issuer's tokens, and issuer=");
  if (!url) throw new Refusal("say which deployment: URL=https://…");
  if (!TOKEN) throw new Refusal("TOKEN in the environment is the operator's: make operator-token");
  const response = await fetch(new URL(`/operator/${action}`, url), {
    method: "POST",
    headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
    body: JSON.stringify({ issuer, tenant, subject: user, hosts: hosts?.split(",").filter(Boolean), at }),
  }).catch((fault) => {
    throw new Refusal(`${url} can't be asked: ${fault.cause ?? fault}`);
  });
  if (response.status === 401) throw new Refusal("the deployment doesn't know this token");
  if (response.status === 404) throw new Refusal("the deployment has no token of this scope: make operator-token");
  if (!response.ok) throw new Refusal(`the deployment answered ${response.status}: ${await response.text()}`);
  const found = await response.json();
  if (found.length === 0) throw new Refusal(`nothing is stored of ${user} of ${issuer}; nothing was changed`);
  console.log(JSON.stringify(found, null, 2));
  if (action === "recover") console.log(`Feeds that have gone back to ${at}, and are being healed: ${found.length}`);
  if (action === "heal") console.log(`Feeds that are being healed: ${found.length}`);
  if (action === "erase") console.log(`Feeds erased, with their copies: ${found.length}`);
}
