// Pushes while workerd is killed again and again, and the check of what the browsers got (CONTRACT §5.7).

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Response } from "miniflare";
import { eventually, someone } from "./expect.mjs";
import { example, host, startService } from "./harness.mjs";
import { PushServices } from "./push_services.mjs";

/** Every so many posts are read at once. */
const READ = 10;

/**
 * Posts to a user with two browsers; in each round workerd is killed while a few of its posts are pushed. Each browser gets
 * everything that isn't read, in order, and nothing twice but under the same topic.
 * @param {{ kills: number, posts: number }} size `posts`: of each round
 * @returns {Promise<string>} the course in numbers
 */
export async function pushThroughKills({ kills, posts }) {
  const services = new PushServices();
  const service = await startService({ outbound: services.outbound });
  const as = someone();
  const request = async (/** @type {string} */ method, /** @type {string} */ path, /** @type {object} */ json) => {
    const answer = await service.request(method, `/beta/me/notifications/${path}`, { as, json });
    assert.ok(answer.status < 300, answer.text);
  };
  // The one is quick, the other isn't.
  const browsers = [5, 20].map((takes) => {
    const browser = services.browser(`${takes} ms`.replace(" ", "-"));
    browser.answer = async () => {
      await sleep(takes);
      return new Response(null, { status: 201 });
    };
    return browser;
  });
  for (const [index, { subscription: pushSubscription }] of browsers.entries())
    await request("POST", "subscriptions", {
      ...{ targetHostName: host, platform: "webpush", deviceId: `device-${index}`, pushSubscription },
    });
  const idsOf = (/** @type {typeof browsers[number]} */ browser) =>
    services.to(browser).map(({ message }) => String(message.notifeed.id));

  /** @type {string[]} */
  const posted = [];
  /** @type {Set<string>} */
  const read = new Set();
  const post = async () => {
    const targetPolicy = { platformTypes: ["webpush"] };
    const notification = example({ appNotificationId: undefined, displayTimeToLive: undefined, targetPolicy });
    const answer = await service.post(notification, { as });
    assert.equal(answer.status, 201, answer.text);
    posted.push(answer.json.id);
    if (posted.length % READ !== 0) return;
    await request("PATCH", answer.json.id, { readState: "read" });
    read.add(answer.json.id);
  };

  const began = Date.now();
  const [first] = browsers;
  for (let kill = 0; kill < kills; kill++) {
    const before = idsOf(first).length;
    for (let number = 0; number < posts; number++) await post();
    // Some are sent, others aren't, and one to each browser is under way.
    await eventually(() => idsOf(first).length > before + (kill % posts));
    await service.restart();
  }
  // By itself the feed looks again within half a minute; a further post has it look at once.
  await post();
  for (const browser of browsers) {
    const lacks = () => {
      const got = new Set(idsOf(browser));
      return posted.some((id) => !got.has(id) && !read.has(id));
    };
    await eventually(() => !lacks(), 60_000);
    const once = [...new Set(idsOf(browser))];
    // A push may be sent twice, by the same topic; the first ones are in the order of the feed.
    assert.deepEqual(
      once,
      posted.filter((id) => !read.has(id) || once.includes(id)),
    );
    for (const { headers, message } of services.to(browser))
      assert.equal(headers.topic, message.notifeed.id.replaceAll("-", ""));
  }
  const sent = browsers.map((browser) => services.to(browser).length);
  const all = browsers.map((browser) => new Set(idsOf(browser)).size);
  await service.stop();
  return (
    `${kills} kills, ${posted.length} posts, ${read.size} of them read at once: ` +
    `${sent.join(" and ")} pushes of ${all.join(" and ")} notifications to 2 browsers in ${Date.now() - began} ms`
  );
}
