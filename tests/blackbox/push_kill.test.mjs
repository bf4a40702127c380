// Web Push where workerd is killed in the midst of pushes (CONTRACT §5.7).

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Response } from "miniflare";
import { eventually, someone } from "./expect.mjs";
import { example, host, startService } from "./harness.mjs";
import { PushServices } from "./push_services.mjs";

const ROUNDS = 5;
const POSTS = 20;

const services = new PushServices();
const service = await startService({ outbound: services.outbound });

/** @param {string} name */
async function someoneWithBrowser(name) {
  const as = someone();
  const browser = services.browser(name);
  const json = { targetHostName: host, platform: "webpush", pushSubscription: browser.subscription };
  const subscribed = await service.request("POST", "/beta/me/notifications/subscriptions", { as, json });
  assert.equal(subscribed.status, 201, subscribed.text);
  return { as, browser };
}

/** @param {string} as @returns {Promise<string>} */
async function post(as) {
  const targetPolicy = { platformTypes: ["webpush"] };
  const notification = example({ appNotificationId: undefined, displayTimeToLive: undefined, targetPolicy });
  const answer = await service.post(notification, { as });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
}

test("every post is pushed, in order, whenever workerd is killed", async () => {
  const { as, browser } = await someoneWithBrowser("killed");
  browser.answer = async () => {
    await sleep(5);
    return new Response(null, { status: 201 });
  };
  /** @type {string[]} */
  const posted = [];
  const ids = () => services.to(browser).map(({ message }) => String(message.notifeed.id));
  for (let round = 0; round < ROUNDS; round++) {
    const before = ids().length;
    for (let n = 0; n < POSTS; n++) posted.push(await post(as));
    // Some are sent, others aren't, and one is under way.
    await eventually(() => ids().length > before + round);
    await service.restart();
  }
  // By itself the feed looks again within half a minute; a further post has it look at once.
  posted.push(await post(as));
  await eventually(() => new Set(ids()).size === posted.length, 20_000);
  // A push may be sent twice, by the same topic; the first ones are in the order of the feed.
  assert.deepEqual([...new Set(ids())], posted);
  for (const { headers, message } of services.to(browser))
    assert.equal(headers.topic, message.notifeed.id.replaceAll("-", ""));
});
