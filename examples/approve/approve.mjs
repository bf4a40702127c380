// Asks a person before something dangerous is done: exits with 0 if they approve, else with 1.
//
//   node approve.mjs deploy-42 "Deploy 42 to production?" && ./deploy

import { ask } from "notifeed/send";

const { NOTIFEED_URL: url = "http://localhost:8787", NOTIFEED_TOKEN: token, NOTIFEED_UNS_ID: unsId } = process.env;
const { NOTIFEED_HOST: targetHostName = "graphnotifications.sample.windows.com" } = process.env;
const [appNotificationId, title] = process.argv.slice(2);
if (!token || !unsId || !title) {
  console.error("Set NOTIFEED_TOKEN and NOTIFEED_UNS_ID, and give an id and a question.");
  process.exit(2);
}

const actions = [
  { id: "approve", title: "Approve", style: "primary" },
  { id: "reject", title: "Reject", style: "destructive", input: { placeholder: "Why?" } },
];
console.error(`Asking: ${title}`);
const { answer, reason } = await ask(
  { targetHostName, appNotificationId, payload: { visualContent: { title, actions } } },
  { url, token, unsId, timeout: 15 * 60_000 },
);
if (!answer) console.error(`Nobody approved it: ${reason}.`);
else console.error(`${answer.actionId} on ${answer.platform ?? "a device"}${answer.text ? `: ${answer.text}` : ""}`);
process.exit(answer?.actionId === "approve" ? 0 : 1);
