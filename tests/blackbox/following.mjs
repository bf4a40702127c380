// Following a feed over its live connection, as many tests do.

import assert from "node:assert/strict";
import { eventually } from "./expect.mjs";
import { example } from "./harness.mjs";

/** @typedef {Awaited<ReturnType<typeof import("./harness.mjs").startService>>} Service */

/** @param {Service} service */
export function follow(service) {
  return {
    /**
     * Posts a notification of its own, unless told its `appNotificationId`.
     * @param {string} as
     * @param {Record<string, unknown>} [members] go before the example's own
     * @returns {Promise<string>} its id
     */
    async post(as, members = {}) {
      const answer = await service.post(example({ appNotificationId: undefined, ...members }), { as });
      assert.ok(answer.status === 201 || answer.status === 200, answer.text);
      return answer.json.id;
    },

    /**
     * Connects, and takes the replay.
     * @param {Parameters<Service["connect"]>[0]} options
     */
    async connected(options) {
      const stream = await service.connect(options);
      const frames = await stream.until("ready");
      return { stream, frames, ready: frames.at(-1), missed: frames.slice(0, -1) };
    },
  };
}

/** The subject of a frame. @param {any} frame */
export const about = (frame) => [frame.type, frame.notification?.id ?? frame.id];

/** @param {any[]} frames each with a later number than the one before */
export function assertInOrder(frames) {
  for (const [index, frame] of frames.entries()) {
    assert.ok(Number.isSafeInteger(frame.seq), `seq: ${frame.seq}`);
    assert.match(frame.cursor, /^[\w-]+$/);
    if (index > 0) assert.ok(frame.seq > frames[index - 1].seq, "seq grows");
  }
}

/**
 * How the service closed a connection.
 * @param {Awaited<ReturnType<Service["connect"]>>} stream
 */
export async function ended(stream) {
  await eventually(() => stream.socket.readyState !== stream.socket.OPEN);
  // workerd keeps the line itself for some seconds more.
  stream.terminate();
  return stream.closed;
}
