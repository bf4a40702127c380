// An MCP server by which an agent notifies a person and asks them: tools `notify`, `ask`, `wait` and `retract`.
//
// Set NOTIFEED_URL, NOTIFEED_TOKEN (of the app), NOTIFEED_UNS_ID (of the person) and NOTIFEED_HOST.

import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { ask, retract, send, wait } from "notifeed/send";
import { z } from "zod";

const { NOTIFEED_URL: url = "http://localhost:8787", NOTIFEED_TOKEN: token = "", NOTIFEED_UNS_ID: unsId } = process.env;
const { NOTIFEED_HOST: targetHostName = "graphnotifications.sample.windows.com" } = process.env;

const server = new McpServer({ name: "notifeed", version: "0.1.0" });
const title = z.string().min(1).describe("What the person reads first.");
const body = z.string().optional().describe("What they read next.");
const id = z.string().describe("The id that `notify` or `ask` answered with.");
const seconds = z.number().positive().max(3600).default(300).describe("How long to wait at most.");

/** @param {unknown} result */
const said = (result) => ({ content: [{ type: /** @type {const} */ ("text"), text: JSON.stringify(result) }] });

server.registerTool(
  "notify",
  { description: "Notifies the person on all of their devices.", inputSchema: { title, body } },
  async ({ title, body }, { signal }) => {
    const payload = { visualContent: { title, body } };
    const { notification } = await send({ targetHostName, payload }, { url, token, unsId, signal });
    return said({ id: notification.id });
  },
);

server.registerTool(
  "ask",
  {
    description:
      "Asks the person and waits for the one answer, from whichever device. The same `key` again is the same question: nobody is asked twice.",
    inputSchema: {
      key: z.string().min(1).max(64).describe("Names this question."),
      title,
      body,
      choices: z.array(z.string().min(1).max(64)).min(1).max(4).describe("The answers to choose from."),
      comment: z.boolean().default(false).describe("Whether a line of text may come with the answer."),
      seconds,
    },
  },
  async ({ key, title, body, choices, comment, seconds }, { signal }) => {
    const actions = choices.map((choice, place) => ({
      id: `choice-${place}`,
      title: choice,
      ...(comment && { input: {} }),
    }));
    const { answer, reason, id } = await ask(
      { targetHostName, appNotificationId: key, payload: { visualContent: { title, body, actions } } },
      { url, token, unsId, signal, timeout: seconds * 1000 },
    );
    const place = actions.findIndex((action) => action.id === answer?.actionId);
    return said(answer ? { id, answer: choices[place], comment: answer.text } : { id, reason });
  },
);

server.registerTool(
  "wait",
  {
    description: "Waits until the person has answered or dealt with a notification, or it has ended.",
    inputSchema: { id, seconds },
  },
  async ({ id, seconds }, { signal }) => {
    const found = await wait(id, { url, token, unsId, signal, timeout: seconds * 1000 });
    const { answer, ended, readState, userActionState } = found?.item ?? {};
    return said(found ? { answer, ended, readState, userActionState } : { reason: "timeout" });
  },
);

server.registerTool(
  "retract",
  { description: "Takes a notification back from every device, unless it is answered.", inputSchema: { id } },
  async ({ id }, { signal }) => {
    await retract(id, { url, token, unsId, signal });
    return said({ id });
  },
);

await server.connect(new StdioServerTransport());
