// The example of an MCP server, by the official SDK's own client, with the installed package and the real service.

import assert from "node:assert/strict";
import { cp, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { eventually, someone } from "../blackbox/expect.mjs";
import { appToken, host, startService } from "../blackbox/harness.mjs";
import { root } from "../../scripts/local.mjs";
import { install } from "./install.mjs";

const folder = await install();
await cp(resolve(root, "examples/mcp/server.mjs"), join(folder, "server.mjs"));
for (const name of ["@modelcontextprotocol", "zod"])
  await symlink(resolve(root, "tests/package/node_modules", name), join(folder, "node_modules", name));
const service = await startService();
const as = someone();

/** An agent that has the tools. */
async function agent() {
  const json = { targetHostName: host, platform: "ios" };
  const device = (await service.request("POST", "/beta/me/notifications/subscriptions", { as, json })).json;
  const client = new Client({ name: "agent", version: "1.0.0" });
  const env = {
    NOTIFEED_URL: service.url,
    NOTIFEED_TOKEN: await appToken("contoso-server"),
    NOTIFEED_UNS_ID: device.userNotificationSubscriptionId,
    NOTIFEED_HOST: host,
  };
  await client.connect(new StdioClientTransport({ command: process.execPath, args: ["server.mjs"], cwd: folder, env }));
  after(() => client.close());
  /** @param {string} name @param {Record<string, unknown>} parameters */
  const call = async (name, parameters) => {
    const { content, isError } = /** @type {any} */ (await client.callTool({ name, arguments: parameters }));
    return isError ? { error: content[0].text } : JSON.parse(content[0].text);
  };
  return { client, call };
}

const feed = async () => (await service.request("GET", "/beta/me/notifications", { as })).json.value;

test("an agent notifies, asks, waits and takes back", async () => {
  const { client, call } = await agent();
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name).toSorted(), ["ask", "notify", "retract", "wait"]);

  const { id } = await call("notify", { title: "The build is done", body: "7 minutes" });
  assert.equal((await feed())[0].payload.visualContent.body, "7 minutes");
  assert.deepEqual(await call("retract", { id }), { id });
  assert.deepEqual(await feed(), []);
  const ended = await call("wait", { id, seconds: 5 });
  assert.equal(ended.ended, "retracted");

  const question = { key: "deploy-42", title: "Deploy 42?", choices: ["Yes", "No"], comment: true };
  const asking = call("ask", question);
  const [item] = await eventually(async () => {
    const items = await feed();
    return items.length > 0 && items;
  });
  const answer = { actionId: "choice-1", revision: 1, text: "On Monday" };
  await service.request("PATCH", `/beta/me/notifications/${item.id}`, { as, json: { answer } });
  assert.deepEqual(await asking, { id: item.id, answer: "No", comment: "On Monday" });

  // Another agent, after the first has ended: the same question has its answer already.
  await client.close();
  const other = await agent();
  assert.deepEqual(await other.call("ask", question), { id: item.id, answer: "No", comment: "On Monday" });
  assert.equal((await feed()).length, 1);
  const late = await other.call("ask", { key: "b", title: "Now?", choices: ["Yes"], seconds: 1 });
  assert.equal(late.reason, "timeout");
  assert.match((await other.call("retract", { id: "no such" })).error, /There is no such notification/);
});
