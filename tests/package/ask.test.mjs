// The installed sender asks people by the real service: answers, ends, restarts (CONTRACT §5.1 and §5.3).

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { eventually, someone } from "../blackbox/expect.mjs";
import { appToken, host, startService } from "../blackbox/harness.mjs";
import { root } from "../../scripts/local.mjs";
import { install } from "./install.mjs";

const folder = await install();
const { ask, changes, read, retract } = await import(join(folder, "node_modules/notifeed/send.node.js"));
const service = await startService();

/** A person with a phone, and an app server that may notify them. */
async function person() {
  const as = someone();
  const json = { targetHostName: host, platform: "ios", deviceId: "phone" };
  const device = (await service.request("POST", "/beta/me/notifications/subscriptions", { as, json })).json;
  const unsId = device.userNotificationSubscriptionId;
  const options = { url: service.url, token: () => appToken("contoso-server"), unsId };
  const feed = async () => (await service.request("GET", "/beta/me/notifications", { as })).json.value;
  const asked = () => eventually(async () => (await feed())[0]);
  /** @param {object} body */
  const change = async (body) => {
    const { id } = await asked();
    const changed = await service.request("PATCH", `/beta/me/notifications/${id}?endpoint=${device.id}`, {
      as,
      json: body,
    });
    assert.equal(changed.status, 200, changed.text);
    return id;
  };
  /** @param {string} actionId @param {string} [text] */
  const answer = (actionId, text) => change({ answer: { actionId, revision: 1, text } });
  return { as, unsId, options, feed, asked, answer };
}

const actions = [
  { id: "approve", title: "Approve" },
  { id: "reject", title: "Reject", input: { placeholder: "Why?" } },
];
/** @param {object} [more] */
const question = (more) => ({
  targetHostName: host,
  payload: { visualContent: { title: "Deploy?", actions } },
  ...more,
});

test("a person is asked, answers, and who asked goes on", async () => {
  const { options, answer } = await person();
  const asking = ask(question(), options);
  const id = await answer("reject", "Not today");
  const outcome = await asking;
  assert.deepEqual([outcome.id, outcome.reason], [id, null]);
  assert.deepEqual(
    [outcome.answer.actionId, outcome.answer.text, outcome.answer.platform],
    ["reject", "Not today", "iOS"],
  );
});

test("nobody answers: deleted, expired, taken back, or the time is over", async () => {
  const { as, options, asked, feed } = await person();
  const deleted = ask(question(), options);
  const { id } = await asked();
  await service.request("DELETE", `/beta/me/notifications/${id}`, { as });
  assert.equal((await deleted).reason, "deleted");
  const retracted = ask(question(), options);
  await retract((await asked()).id, options);
  assert.equal((await retracted).reason, "retracted");
  const expirationDateTime = new Date(Date.now() + 1500).toISOString();
  assert.equal((await ask(question({ expirationDateTime }), options)).reason, "expired");
  const late = await ask(question(), { ...options, timeout: 1000 });
  assert.deepEqual([late.answer, late.reason], [null, "timeout"]);
  assert.deepEqual(await feed(), []);
  assert.equal((await read(late.id, options)).item.ended, "retracted");
  const { items } = await changes(options);
  assert.deepEqual(
    items.map((/** @type {any} */ { ended }) => ended),
    ["deleted", "retracted", "expired", "retracted"],
  );
});

test("the example asks, is killed, asks again, and nobody is asked twice", async () => {
  const { unsId, asked, feed, answer } = await person();
  await cp(resolve(root, "examples/approve/approve.mjs"), join(folder, "approve.mjs"));
  const env = {
    ...process.env,
    NOTIFEED_URL: service.url,
    NOTIFEED_TOKEN: await appToken("contoso-server"),
    NOTIFEED_UNS_ID: unsId,
    NOTIFEED_HOST: host,
  };
  const run = () => {
    const script = spawn(process.execPath, ["approve.mjs", "deploy-42", "Deploy 42?"], { cwd: folder, env });
    /** @type {Promise<number | null>} */
    const ended = new Promise((resolve) => script.once("exit", resolve));
    return { script, ended };
  };
  const killed = run();
  await asked();
  killed.script.kill("SIGKILL");
  await killed.ended;
  const again = run();
  const third = run();
  await answer("approve");
  assert.deepEqual(await Promise.all([again.ended, third.ended]), [0, 0]);
  // After the end of the question, too.
  assert.equal((await feed()).length, 1);
  assert.equal(await run().ended, 0);
  assert.equal((await feed()).length, 1);
});
