// Feeds that push, or are followed by server-sent events, leave memory afterwards, as every idle feed does: one that stays is paid for by the second.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually, someone } from "./expect.mjs";
import { example, host, startService } from "./harness.mjs";
import { eventsOf } from "./events.mjs";
import { PushServices } from "./push_services.mjs";

/** The runtime lets an object go that had nothing to do for 10 s. No sign of it can be seen, so that there's nothing to wait for. */
const IDLE = 12_000;
/** The calls that a feed in memory has back by then, one a second, and more; a feed that comes back has all of them. */
const [MORE, ALL] = [30, 60];

const notifications = "/beta/me/notifications";
const services = new PushServices();
const vars = { CALLS_PER_SECOND: "1", CALL_BURST: `${ALL}` };
const patient = await startService({ vars, outbound: services.outbound });
const hasty = await startService({ vars: { ...vars, PUSH_TIMEOUT_MS: "1000" }, outbound: services.outbound });
/** Ends the answers that hang. */
const ended = new AbortController();
after(() => ended.abort());

/**
 * A user with no call left.
 * @param {typeof patient} service
 * @param {string} as
 */
async function exhausted(service, as) {
  const calls = async (/** @type {number} */ most) => {
    for (let made = 0; made < most; made++) {
      const { status } = await service.request("GET", `${notifications}/$count`, { as });
      if (status !== 200) return made;
    }
    return most;
  };
  assert.ok((await calls(2 * ALL)) < 2 * ALL);
  return async () => (await calls(MORE)) === MORE;
}

/**
 * A user whose browser was pushed something, with an open connection; and no call left.
 * @param {typeof patient} service
 * @param {string} name
 */
async function pushed(service, name, hangs = false) {
  const as = someone();
  const browser = services.browser(name);
  if (hangs) browser.answer = () => new Promise((_, reject) => ended.signal.addEventListener("abort", reject));
  const json = { targetHostName: host, platform: "webpush", pushSubscription: browser.subscription };
  const subscribed = await service.request("POST", `${notifications}/subscriptions`, { as, json });
  assert.equal(subscribed.status, 201, subscribed.text);
  const stream = await service.connect({ as, platform: "webpush" });
  await stream.until("ready");
  const isBack = await exhausted(service, as);
  // Shown for so short a time that an attempt which fails is the only one.
  const posted = example({ targetPolicy: { platformTypes: ["webpush"] }, displayTimeToLive: 1 });
  assert.equal((await service.post(posted, { as })).status, 201);
  await eventually(() => services.to(browser).length === 1);
  await stream.until("notification");
  return { as, stream, isBack };
}

test("a feed leaves memory 12 s after a push, and its connections stay, those of server-sent events too", async () => {
  const hung = await pushed(hasty, "hung", true);
  const quick = await pushed(patient, "quick");
  const hanging = await pushed(patient, "hanging", true);
  const follower = someone();
  const events = await eventsOf(patient, { as: follower });
  await events.until("ready");
  const isFollowedBack = await exhausted(patient, follower);
  await sleep(IDLE);
  assert.equal(await isFollowedBack(), true);
  const last = example({ displayTimeToLive: 1 });
  assert.equal((await patient.post(last, { as: follower })).status, 201);
  assert.equal((await events.next())?.event, "notification");
  // A push that hangs has its feed in memory for 10 s, and so for 10 more.
  assert.deepEqual([await quick.isBack(), await hanging.isBack()], [true, false]);
  const another = example({ appNotificationId: "another", targetPolicy: { platformTypes: ["webpush"] } });
  assert.equal((await patient.post(another, { as: quick.as })).status, 201);
  await quick.stream.until("notification");
  // The one that was given up after a second was looked at again by the alarm, 2 s later.
  await sleep(2500);
  assert.equal(await hung.isBack(), true);
});
