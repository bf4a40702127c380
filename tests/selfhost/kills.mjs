// Kills of the program of `make binary`, or of its runtime, while apps post.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { runtimeOf } from "../blackbox/binary.mjs";
import { eventually, someone } from "../blackbox/expect.mjs";
import { example, userToken } from "../blackbox/harness.mjs";

const path = "/beta/me/notifications";

/** @typedef {Awaited<ReturnType<typeof import("../blackbox/binary.mjs").startBinary>>} Program */

/**
 * @param {string} url
 * @param {string} token
 */
export function post(url, token) {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(example({ appNotificationId: randomUUID() })),
  });
}

/**
 * The ids of a user's notifications.
 * @param {string} url
 * @param {string} token
 */
async function idsOf(url, token) {
  /** @type {string[]} */
  const ids = [];
  for (let next = `${url}${path}?$top=100`; next;) {
    const response = await fetch(next, { headers: { Authorization: `Bearer ${token}` } });
    assert.equal(response.status, 200);
    const page = await response.json();
    for (const { id } of page.value) ids.push(id);
    next = page["@odata.nextLink"];
  }
  return ids;
}

/**
 * Kills it again and again, and says which posts that were answered are gone, or are there twice.
 * @param {(port?: number) => Promise<Program>} start
 * @param {"the program" | "the runtime"} whom
 * @param {number} rounds
 */
export async function kill(start, whom, rounds) {
  let program = await start();
  const port = Number(new URL(program.url).port);
  const { url } = program;
  const token = await userToken(someone());
  const acknowledged = new Set();
  let done = false;
  const poster = async () => {
    while (!done) {
      const response = await post(url, token).catch(() => undefined);
      if (response?.status === 201) acknowledged.add((await response.json().catch(() => ({}))).id);
      else await new Promise((again) => setTimeout(again, 5));
    }
  };
  const posters = [poster(), poster(), poster(), poster()];
  try {
    for (let round = 0; round < rounds; round++) {
      const before = acknowledged.size;
      await eventually(async () => acknowledged.size >= before + 10);
      if (whom === "the program") {
        await program.stop();
        program = await start(port);
      } else {
        const starts = program.lines.filter(({ message }) => message.startsWith("ready at")).length;
        process.kill(await runtimeOf(program.process.pid), "SIGKILL");
        await eventually(
          async () => program.lines.filter(({ message }) => message.startsWith("ready at")).length > starts,
        );
      }
    }
  } finally {
    done = true;
    await Promise.all(posters);
  }
  const listed = await idsOf(url, token);
  const kept = new Set(listed);
  const lost = [...acknowledged].filter((id) => id !== undefined && !kept.has(id));
  return { acknowledged: acknowledged.size, lost, duplicated: listed.length - kept.size };
}
