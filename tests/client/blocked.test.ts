// Networks that let no WebSocket through: the client follows the feed by server-sent events, and tries sockets again.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tab } from "./tab.ts";
import { HOUR, MINUTE, SECOND, shown, Stage } from "./stage.ts";

/** A network in front of a tab: what it lets through, and how often each was tried. */
class Wall {
  sockets: "open" | "refused" | "silent" = "refused";
  events: "open" | "refused" | "unloadable" = "open";
  tried: ("socket" | "events")[] = [];

  constructor(tab: Tab) {
    const wall = this;
    const Socket = tab.environment.WebSocket;
    const blocked = (silent: boolean) => {
      const socket = Object.assign(new EventTarget(), { readyState: 0, close() {}, send() {} });
      if (!silent)
        tab.later(() => socket.dispatchEvent(Object.assign(new Event("close"), { code: 1006, reason: "" })), 10);
      return socket as unknown as WebSocket;
    };
    tab.environment.WebSocket = class {
      constructor(address: URL, protocols: string[]) {
        wall.tried.push("socket");
        return wall.sockets === "open" ? new Socket(address, protocols) : blocked(wall.sockets === "silent");
      }
    } as unknown as typeof WebSocket;
    tab.environment.events = (address, token) => {
      wall.tried.push("events");
      if (wall.events === "unloadable") return Promise.reject(new TypeError("no chunk"));
      return Promise.resolve(
        wall.events === "open" ? new Socket(address, ["notifeed.v1", `bearer.${token}`]) : blocked(false),
      );
    };
  }
}

for (const sockets of ["refused", "silent"] as const) {
  test(`sockets are ${sockets}: after two of them the client is live by events`, async () => {
    using stage = new Stage();
    stage.service.post("ann", { title: "one" });
    const tab = stage.browser.tab();
    const wall = new Wall(tab);
    wall.sockets = sockets;
    const opened = await stage.live("ann", {}, tab);
    assert.deepEqual(wall.tried, ["socket", "socket", "events"]);
    assert.deepEqual(shown(opened), ["one"]);
    // The line breaks: by events again, at once.
    stage.service.closeAll(1012);
    await stage.world.run(30 * SECOND);
    assert.deepEqual([opened.client.status.state, wall.tried.slice(3)], ["live", ["events"]]);
  });
}

test("a socket is tried again ten minutes later, once, and kept where it opens", async () => {
  using stage = new Stage();
  const tab = stage.browser.tab();
  const wall = new Wall(tab);
  const opened = await stage.live("ann", {}, tab);
  wall.tried = [];
  await stage.world.run(11 * MINUTE);
  assert.deepEqual([opened.client.status.state, wall.tried], ["live", ["socket", "events"]]);
  wall.sockets = "open";
  await stage.world.run(11 * MINUTE);
  assert.deepEqual([opened.client.status.state, wall.tried], ["live", ["socket", "events", "socket"]]);
  stage.service.post("ann", { title: "one" });
  await stage.world.run(SECOND);
  assert.deepEqual(shown(opened), ["one"]);
  await stage.world.run(HOUR / 2);
  assert.equal(wall.tried.length, 3);
});

test("a service that is down, or events that can't be loaded: sockets go on", async () => {
  for (const events of ["refused", "unloadable"] as const) {
    using stage = new Stage();
    const tab = stage.browser.tab();
    const wall = new Wall(tab);
    wall.events = events;
    const opened = stage.open("ann", {}, tab);
    await stage.world.run(2 * MINUTE);
    assert.equal(opened.client.status.state, "waiting");
    wall.sockets = "open";
    await stage.is(opened, "live");
    assert.equal(wall.tried.at(-1), "socket");
  }
});

test("a network that is gone for a while isn't one that blocks sockets", async () => {
  using stage = new Stage();
  const tab = stage.browser.tab();
  const wall = new Wall(tab);
  wall.sockets = "open";
  const opened = await stage.live("ann", {}, tab);
  stage.browser.network.setOnline(false);
  await stage.world.run(5 * MINUTE);
  assert.equal(opened.client.status.state, "waiting");
  stage.browser.network.setOnline(true);
  await stage.is(opened, "live");
  assert.ok(wall.tried.length > 3 && !wall.tried.includes("events"), wall.tried.join());
});
