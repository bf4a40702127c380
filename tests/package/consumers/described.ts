// A device and a sender, by the client that is generated from the service's description:
// `node described.ts URL HOST USER-TOKEN APP-TOKEN`.

import createClient from "openapi-fetch";
import type { components, paths } from "./described_schema.d.ts";

const [url, targetHostName = "", user, app] = process.argv.slice(2);
const baseUrl = `${url}/beta`;
const client = (token: string | undefined, headers = {}) =>
  createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}`, ...headers } });

/** The data of an answer; a refusal ends the program. */
function answered<T>({ data, error }: { data?: T; error?: components["schemas"]["ErrorAnswer"] }): T {
  if (error) throw new Error(`${error.error.code}: ${error.error.message}`);
  return data as T;
}

const device = client(user);
const subscription = answered(
  await device.POST("/me/notifications/subscriptions", { body: { targetHostName, platform: "windows" } }),
);
const sender = client(app, { "X-UNS-ID": subscription.userNotificationSubscriptionId });
const payload = { visualContent: { title: "Generated" } };
const posted = answered(await sender.POST("/me/notifications", { body: { targetHostName, payload } }));
const path = { id: posted.id };
const page = answered(await device.GET("/me/notifications", { params: { query: { $top: 5 } } }));
const read = answered(await device.PATCH("/me/notifications/{id}", { params: { path }, body: { readState: "read" } }));
const refused = await device.POST("/me/notifications", { body: { targetHostName: "no host", payload } });
console.log(
  JSON.stringify({
    posted: posted.id,
    // With $select an item has less.
    page: page.value.map((item) => [item.id, "payload" in item && item.payload.visualContent?.title]),
    read: read.readState,
    refused: refused.error?.error.details?.map(({ code }) => code),
  }),
);
