// The counts and sentences of the devices' section, without a page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Announcer } from "../../www/devices/announcer.js";
import { Deliveries, KEPT, quantile } from "../../www/devices/deliveries.js";
import { connectionWords, replayWords, shortened } from "../../www/devices/connection.js";

const targets = ["windows", "ios"];

/**
 * @param {string} platform
 * @param {number} at
 * @param {string} [id]
 */
const arrival = (platform, at, id = "a") => ({ platform, id, at, targets });

test("a delivery counts from the moment when it was sent from here", () => {
  const deliveries = new Deliveries();
  assert.deepEqual(deliveries.sent("a", 100), []);
  assert.equal(deliveries.arrived(arrival("windows", 130)), 30);
  assert.equal(deliveries.arrived(arrival("ios", 145)), 45);
  assert.deepEqual(deliveries.of("windows"), [30]);
  assert.deepEqual(deliveries.of("android"), []);
});

test("what arrives before the answer to its sender is known when the answer comes", () => {
  const deliveries = new Deliveries();
  assert.equal(deliveries.arrived(arrival("windows", 130)), null);
  assert.deepEqual(deliveries.sent("a", 100), [{ platform: "windows", id: "a", milliseconds: 30 }]);
  assert.equal(deliveries.arrived(arrival("ios", 145)), 45);
});

test("what somebody else sent has no time", () => {
  const deliveries = new Deliveries();
  deliveries.sent("a", 100);
  assert.equal(deliveries.arrived(arrival("windows", 130, "b")), null);
  assert.equal(deliveries.arrived(arrival("windows", 130)), 30);
  assert.equal(deliveries.arrived(arrival("windows", 200)), null, "replaced by somebody else");
  assert.equal(deliveries.arrived(arrival("ios", 100_000)), null, "a minute later it is another one");
});

test("a replacement counts from when it was sent itself", () => {
  const deliveries = new Deliveries();
  deliveries.sent("a", 100);
  deliveries.arrived(arrival("windows", 130));
  // The second one goes to a platform that the first one didn't go to, and is there before its sender is answered.
  assert.equal(deliveries.arrived({ ...arrival("android", 520), targets: [...targets, "android"] }), null);
  assert.equal(deliveries.arrived(arrival("windows", 510)), null);
  assert.deepEqual(
    deliveries.sent("a", 500).map(({ platform, milliseconds }) => [platform, milliseconds]),
    [
      ["android", 20],
      ["windows", 10],
    ],
  );
});

test("only the last deliveries count", () => {
  const deliveries = new Deliveries();
  for (let sent = 0; sent < KEPT + 5; sent++) {
    deliveries.sent(String(sent), sent);
    deliveries.arrived(arrival("windows", 2 * sent, String(sent)));
  }
  assert.equal(deliveries.of("windows").length, KEPT);
  assert.equal(deliveries.of("windows")[0], 5);
});

test("median and p95 are values that were measured", () => {
  assert.equal(quantile([7], 0.95), 7);
  assert.equal(quantile([30, 10, 20], 0.5), 20);
  assert.equal(quantile([40, 30, 10, 20], 0.5), 20);
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.equal(quantile(hundred, 0.95), 95);
});

test("the text describes the state of the connection", () => {
  const now = 1_000_000;
  const lost = { state: /** @type {const} */ ("waiting"), code: 1006, reason: "offline" };
  assert.equal(connectionWords({ state: "live" }, now), "Live");
  assert.equal(connectionWords(null, now), "Dropped: last known state");
  assert.equal(connectionWords({ ...lost, retryAt: now + 2100 }, now), "Connection lost, back in 3 s: offline");
  assert.equal(
    connectionWords({ ...lost, reason: "", retryAt: now - 5 }, now),
    "Connection lost, back in 0 s: closed with 1006",
  );
  const stopped = { state: /** @type {const} */ ("stopped"), code: 4403, reason: "NotAuthorizedForUser" };
  assert.equal(connectionWords(stopped, now), "Stopped: NotAuthorizedForUser");
});

test("a replay says what it was", () => {
  assert.equal(replayWords({ type: "ready", resumed: true, replayed: 0 }), "Resumed, nothing missed");
  assert.equal(replayWords({ type: "ready", resumed: true, replayed: 1 }), "Resumed, 1 change replayed");
  assert.equal(replayWords({ type: "ready", resumed: false, replayed: 12 }), "Read anew, 12 changes");
  assert.equal(replayWords(null), "Through another tab");
  assert.equal(shortened(null), "none");
  assert.equal(shortened("abcdefghijkl"), "abcd…ijkl");
});

test("what happens on several devices is said once", ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const region = { textContent: "" };
  const announcer = new Announcer(/** @type {HTMLElement} */ (/** @type {unknown} */ (region)));
  for (const name of ["Windows", "iOS", "Web"]) announcer.tell("Arrived", name, "Lunch");
  announcer.tell("Connection lost", "Android");
  mock.timers.tick(1000);
  assert.equal(region.textContent, "Arrived on Windows, iOS, and Web: Lunch; Connection lost on Android");
  for (const title of ["a", "b", "c", "d", "e"]) announcer.tell("Arrived", "iOS", title);
  mock.timers.tick(1000);
  assert.equal(region.textContent, "Arrived on iOS: a; Arrived on iOS: b; Arrived on iOS: c; and 2 more");
  announcer.tell("Arrived", "iOS", "nobody's business");
  announcer.forget();
  mock.timers.tick(1000);
  assert.equal(region.textContent, "");
});
