// The composer's samples, the first of which it starts with: notifications, and a request for each row of the error
// table (CONTRACT §1) that a request can earn by itself.

import { HOST } from "../host.js";
import {
  DELTA_PATH,
  ERROR_STATUS,
  MAX_BODY_BYTES,
  NOTIFICATION_PATH,
  NOTIFICATIONS_PATH,
  STREAM_PATH,
} from "../notifeed/protocol.js";

/** @typedef {import("../notifeed/index.js").ErrorCode} ErrorCode */

/** How long the example is kept, in milliseconds: a day, well within the default retention. */
const EXAMPLE_LIFE = 24 * 60 * 60 * 1000;
/** A size just below the most that a body may have, in bytes. */
const LARGE = MAX_BODY_BYTES - 36;

const JSON_TYPE = "Content-Type: application/json";

/**
 * @typedef {object} Sample
 * @property {string} name
 * @property {string} note what it is to show
 * @property {import("./request.js").Request} request
 * @property {{ status: number, code: string }} [refusal] how it is answered, whatever its body is: its method, path or
 *   headers are to blame
 */

/**
 * @param {number} now UTC milliseconds
 * @returns {Record<string, Sample[]>} by the heading that they stand under
 */
export function samples(now) {
  return {
    "What is sent": accepted(now),
    "A body that is refused": brokenBodies(now),
    "A request that is refused": brokenRequests(now),
  };
}

/**
 * The example of the reference page "Create and send a notification", expiring in the future.
 * @param {number} now UTC milliseconds
 */
function example(now) {
  return {
    targetHostName: HOST,
    appNotificationId: "testDirectToastNotification",
    expirationDateTime: later(now, EXAMPLE_LIFE),
    payload: {
      visualContent: {
        title: "Hello World!",
        body: "Notifications are Great!",
      },
    },
    targetPolicy: {
      platformTypes: ["windows", "ios", "android"],
    },
    priority: "High",
    groupName: "TestGroup",
    displayTimeToLive: "60",
  };
}

/**
 * @param {number} now
 * @returns {Sample[]}
 */
function accepted(now) {
  return [
    posted("For all four devices", "Sent again, it is another notification: it has no id of the app's own.", {
      targetHostName: HOST,
      expirationDateTime: later(now, EXAMPLE_LIFE),
      payload: { visualContent: { title: "Lunch is ready", body: "Pasta, in the big kitchen." } },
      targetPolicy: { platformTypes: ["windows", "ios", "android", "webpush"] },
      priority: "High",
      groupName: "Office",
      displayTimeToLive: 3600,
    }),
    posted(
      "The page's example",
      "As the reference page has it. Sent again, it is the same notification.",
      example(now),
    ),
    posted("Raw content", "For apps to read, not for people. It is never echoed to the sender.", {
      targetHostName: HOST,
      payload: { rawContent: '{"kind":"sync","folder":"inbox","changes":12}' },
      targetPolicy: { platformTypes: ["Windows", "WebPush"] },
    }),
    posted("Every property", "All properties of a notification, with a fallback for iOS.", {
      ...example(now),
      appNotificationId: "build-512",
      payload: {
        rawContent: '{"build":512}',
        visualContent: { title: "Build 512 passed", body: "main, 4 min 12 s" },
      },
      targetPolicy: { platformTypes: ["Windows", "iOS", "Android", "WebPush"] },
      groupName: "Builds",
      displayTimeToLive: 3600,
      fallbackPolicy: {
        endpointFallback: {
          platformTypes: ["iOS"],
          fallbackDelayInSeconds: 300,
          visualContent: { title: "Build 512 passed", body: "Nobody has looked for five minutes." },
        },
      },
    }),
    posted("Two warnings", "Accepted, but perhaps not as meant: a misspelled property, and a late expiration.", {
      ...example(now),
      appNotificationId: "warned",
      expirationDateTime: later(now, 90 * EXAMPLE_LIFE),
      priority: undefined,
      prioritty: "Low",
    }),
    posted("A large one", "Just below 64 KiB, the most that a body may have.", large(LARGE)),
  ];
}

/**
 * @param {number} now
 * @returns {Sample[]}
 */
function brokenBodies(now) {
  const one = { ...example(now), appNotificationId: "broken" };
  return [
    posted("Not JSON", "400 BadRequest: the line and the column are named.", text(one).replace('",\n', '"\n')),
    posted("Several at once", "400 MultipleNotificationsNotSupported: one request, one notification.", [one, one]),
    posted("A property missing", "400 BadRequest: every notification names the app's host.", {
      ...one,
      targetHostName: undefined,
    }),
    posted("Values out of range", "400 BadRequest: all of them are named, not only the first.", {
      ...one,
      expirationDateTime: later(now, -EXAMPLE_LIFE),
      targetPolicy: { platformTypes: ["windows", "palm"] },
      priority: "Urgent",
      displayTimeToLive: -1,
    }),
    posted("An empty title", "400 InvalidPayload: a person needs something to read.", {
      ...one,
      payload: { visualContent: { title: "", body: "Notifications are Great!" } },
    }),
    posted("A wrong type", "401 InvalidActivityDataType: the page's own status for a title that is a number.", {
      ...one,
      payload: { visualContent: { title: 5 } },
    }),
    posted("Too large", "413 RequestBodyTooLarge: more than 64 KiB.", large(LARGE + 1000)),
  ];
}

/**
 * @param {number} now
 * @returns {Sample[]}
 */
function brokenRequests(now) {
  const body = text({ ...example(now), appNotificationId: "refused" });
  /** @type {(name: string, code: ErrorCode, note: string, request: Partial<Sample["request"]>) => Sample} */
  const refused = (name, code, note, request) => ({
    name,
    note: `${ERROR_STATUS[code]} ${code}: ${note}`,
    request: { method: "POST", path: NOTIFICATIONS_PATH, headers: JSON_TYPE, body, ...request },
    refusal: { status: ERROR_STATUS[code], code },
  });
  return [
    refused("A condition", "UnsupportedHeader", "there is no condition under which to create.", {
      headers: `${JSON_TYPE}\nIf-Modified-Since: Mon, 21 Oct 2019 22:05:36 GMT`,
    }),
    refused("No good token", "InvalidAuthenticationToken", "it proves nothing.", {
      headers: `${JSON_TYPE}\nAuthorization: Bearer nobody`,
    }),
    refused("A forged id", "NotAuthorizedForUser", "no client app was given that subscription id.", {
      headers: `${JSON_TYPE}\nX-UNS-ID: forged`,
    }),
    refused("No such path", "ItemNotFound", "a letter is missing.", { path: "/beta/me/notification" }),
    refused("Another method", "MethodNotAllowed", "the answer says which are allowed.", { method: "PUT" }),
    refused("Another feed's changes", "SyncStateNotFound", "ask again without the delta token.", {
      method: "GET",
      path: `${DELTA_PATH}?$deltatoken=foreign`,
      headers: "",
    }),
    refused("Changed meanwhile", "PreconditionFailed", "the one sent last isn't what it is thought to be.", {
      method: "DELETE",
      path: NOTIFICATION_PATH,
      headers: 'If-Match: "before"',
    }),
    refused("Another encoding", "UnsupportedMediaType", "only gzip and deflate are understood.", {
      headers: `${JSON_TYPE}\nContent-Encoding: br`,
    }),
    refused("A stream without upgrade", "UpgradeRequired", "it is a WebSocket, not a page.", {
      method: "GET",
      path: `${STREAM_PATH}?platform=windows`,
      headers: "",
    }),
  ];
}

/**
 * A request that posts a notification.
 * @param {string} name
 * @param {string} note
 * @param {unknown} body
 * @returns {Sample}
 */
function posted(name, note, body) {
  const request = { method: "POST", path: NOTIFICATIONS_PATH, headers: JSON_TYPE, body: text(body) };
  return { name, note, request };
}

/**
 * A notification of a size.
 * @param {number} bytes
 */
function large(bytes) {
  const notification = {
    targetHostName: HOST,
    appNotificationId: "large",
    payload: { rawContent: "", visualContent: { title: "The whole report", body: "64 KiB of it" } },
  };
  const room = bytes - text(notification).length;
  notification.payload.rawContent = "Nothing happened today. ".repeat(Math.floor(room / 24));
  return notification;
}

/** @param {unknown} body */
function text(body) {
  return typeof body === "string" ? body : JSON.stringify(body, null, 2);
}

/**
 * @param {number} now
 * @param {number} milliseconds
 */
function later(now, milliseconds) {
  const time = new Date(now + milliseconds);
  time.setUTCSeconds(0, 0);
  return time.toISOString();
}
