// A client of server-sent events (CONTRACT §5.5), as the tests that follow a feed by them have it.

import assert from "node:assert/strict";
import { after } from "node:test";
import { userToken } from "./harness.mjs";

/** @typedef {{ event: string, id?: string, data: any }} Event */

/**
 * Asks for the events of a user's feed.
 * @param {{ url: string }} service
 * @param {{ as?: string, token?: string, query?: Record<string, string>, headers?: Record<string, string>, method?: string }} options
 */
export async function ask(service, { as, token, query = {}, headers = {}, method }) {
  const bearer = token ?? (as && (await userToken(as)));
  const url = new URL("/beta/me/notifications/stream", service.url);
  url.search = String(new URLSearchParams({ platform: "windows", ...query }));
  const aborter = new AbortController();
  const authorization = bearer ? { Authorization: `Bearer ${bearer}` } : undefined;
  const response = await fetch(url, {
    method,
    headers: { Accept: "text/event-stream", ...authorization, ...headers },
    signal: aborter.signal,
  });
  return { response, leave: () => aborter.abort() };
}

/**
 * Follows a user's feed; the reading ends with the test file.
 * @param {Parameters<typeof ask>[0]} service
 * @param {Parameters<typeof ask>[1]} options
 */
export async function eventsOf(service, options) {
  const { response, leave } = await ask(service, options);
  assert.equal(response.status, 200);
  after(leave);
  assert.ok(response.body);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";

  /** The next event, or comment; `undefined`: there are no more. @returns {Promise<Event | undefined>} */
  async function next() {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end >= 0) {
        const lines = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        if (lines[0].startsWith(":")) continue;
        const fields = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s, 2)));
        return { ...fields, event: fields.event, data: JSON.parse(fields.data) };
      }
      const { value, done } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  }

  return {
    response,
    leave,
    next,
    /**
     * Every event up to the first of that type.
     * @param {string} type
     */
    async until(type) {
      const events = [];
      do {
        const event = await next();
        assert.ok(event, `no ${type}`);
        events.push(event);
      } while (events.at(-1)?.event !== type);
      return events;
    },
  };
}
