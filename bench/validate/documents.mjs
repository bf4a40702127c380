// The texts that are validated: documents to measure, and small ones that show what a validator sees.

const example = {
  targetHostName: "graphnotifications.sample.windows.com",
  appNotificationId: "testDirectToastNotification",
  expirationDateTime: "2019-10-30T23:59:00.000Z",
  payload: { visualContent: { title: "Hello World!", body: "Notifications are Great!" } },
  targetPolicy: { platformTypes: ["windows", "ios", "android"] },
  priority: "High",
  groupName: "TestGroup",
  displayTimeToLive: "60",
};

/**
 * The example with other values: `change({"payload.visualContent.title": ""})`; `undefined` removes.
 * @param {Record<string, unknown>} values
 */
function change(values) {
  const body = structuredClone(example);
  for (const [path, value] of Object.entries(values)) {
    const names = path.split(".");
    const last = /** @type {string} */ (names.pop());
    let object = /** @type {any} */ (body);
    for (const name of names) object = object[name] ??= {};
    if (value === undefined) delete object[last];
    else object[last] = value;
  }
  return body;
}

/** Numbers that are the same in every run. */
function* numbers(seed = 1) {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

/**
 * A text of at least `length` UTF-16 units, of pieces drawn from `pieces`.
 * @param {string[]} pieces
 * @param {number} length
 */
function draw(pieces, length) {
  let text = "";
  for (const number of numbers()) {
    if (text.length >= length) return text;
    text += pieces[number % pieces.length];
  }
  return text;
}

const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const words = ["lorem ", "ipsum ", "dolor ", "sit ", "amet, ", "consetetur ", "sadipscing ", "elitr. "];
const records = [
  '{"kind":"message","from":"megan@contoso.com","unread":true},\n',
  '{"kind":"call","from":"alex@contoso.com","seconds":75},\n',
];

/** The documents that are timed: name → what it is for, its text, whether it is a notification. */
export const documents = {
  example: {
    what: "the page's example as the page prints it",
    text: JSON.stringify(example, null, 4),
    valid: true,
  },
  large: {
    what: "the example with raw content: 48 KiB of base64",
    text: JSON.stringify(change({ "payload.rawContent": draw(letters, 48 * 1024) })),
    valid: true,
  },
  escaped: {
    what: "the example with raw content that is JSON text itself, 16 KiB, an escape in every few characters",
    text: JSON.stringify(change({ "payload.rawContent": draw(records, 16 * 1024) })),
    valid: true,
  },
  unicode: {
    what: "title, body and raw content in Japanese and emoji, 16 KiB in UTF-8",
    text: JSON.stringify(
      change({
        "payload.rawContent": draw(Array.from("通知のお知らせ新着メッセージ📨があります。"), 4096),
        "payload.visualContent.title": "新着メッセージが届きました 📨",
        "payload.visualContent.body": draw(Array.from("会議は午後三時から始まります🕒"), 1024),
      }),
    ),
    valid: true,
  },
  invalid: {
    what: "the example with seven violations",
    text: JSON.stringify(
      change({
        targetHostName: "https://graphnotifications.sample.windows.com",
        expirationDateTime: "tomorrow",
        "payload.visualContent.title": "",
        "targetPolicy.platformTypes": ["windows", "beos"],
        priority: "Urgent",
        groupName: draw(words, 129),
        displayTimeToLive: -1,
      }),
      null,
      4,
    ),
    valid: false,
    /** The places of the violations. */
    paths: [
      "targetHostName",
      "groupName",
      "priority",
      "payload.visualContent.title",
      "targetPolicy.platformTypes[1]",
      "expirationDateTime",
      "displayTimeToLive",
    ],
  },
};

const fallback = {
  platformTypes: ["iOS"],
  fallbackDelayInSeconds: 60,
  visualContent: { title: "New mail" },
};
const inFallback = (/** @type {object} */ values) => ({
  "fallbackPolicy.endpointFallback": { ...fallback, ...values },
});
const text = (/** @type {Record<string, unknown>} */ values) => JSON.stringify(change(values));
const inText = (/** @type {string} */ from, /** @type {string} */ to) => {
  const whole = JSON.stringify(example);
  if (!whole.includes(from)) throw new Error(`the example has no ${from}`);
  return whole.replace(from, () => to);
};

/** Bodies with one violation each (CONTRACT §1). */
export const violations = {
  "no host name": text({ targetHostName: undefined }),
  "host name null": text({ targetHostName: null }),
  "host name a number": text({ targetHostName: 5 }),
  "host name empty": text({ targetHostName: "" }),
  "host name with a scheme": text({ targetHostName: "https://app.example.com" }),
  "host name with a port": text({ targetHostName: "app.example.com:443" }),
  "host name with a final dot": text({ targetHostName: "app.example.com." }),
  "host name an IP address": text({ targetHostName: "192.0.2.1" }),
  "host name with a label of 64": text({ targetHostName: `${"a".repeat(64)}.example.com` }),
  "host name of 254": text({ targetHostName: `${"a.".repeat(126)}aa` }),
  "host name not ASCII": text({ targetHostName: "bücher.example" }),
  "host name with a hyphen at an end": text({ targetHostName: "app-.example.com" }),
  "id empty": text({ appNotificationId: "" }),
  "id of 129 characters": text({ appNotificationId: "x".repeat(129) }),
  "id a number": text({ appNotificationId: 7 }),
  "group name of 129 characters": text({ groupName: "x".repeat(129) }),
  "group name an array": text({ groupName: [] }),
  "expiration no time": text({ expirationDateTime: "tomorrow" }),
  "expiration without an offset": text({ expirationDateTime: "2019-10-30T23:59:00" }),
  "expiration on 30 February": text({ expirationDateTime: "2020-02-30T00:00:00Z" }),
  "expiration on 29 February 2021": text({ expirationDateTime: "2021-02-29T00:00:00Z" }),
  "expiration at 24:00": text({ expirationDateTime: "2019-10-30T24:00:00Z" }),
  "expiration with a blank for the T": text({ expirationDateTime: "2019-10-30 23:59:00Z" }),
  "expiration with 13 fraction digits": text({ expirationDateTime: "2019-10-30T23:59:00.0000000000000Z" }),
  "expiration in the past": text({ expirationDateTime: "2019-10-21T22:05:36Z" }),
  "expiration a number": text({ expirationDateTime: 1572479940 }),
  "display time negative": text({ displayTimeToLive: -1 }),
  "display time over 30 days": text({ displayTimeToLive: 2592001 }),
  "display time over 30 days, a string": text({ displayTimeToLive: "2592001" }),
  "display time not whole": text({ displayTimeToLive: 1.5 }),
  "display time with a blank": text({ displayTimeToLive: " 60" }),
  "display time with an exponent, a string": text({ displayTimeToLive: "6e1" }),
  "display time empty": text({ displayTimeToLive: "" }),
  "display time a boolean": text({ displayTimeToLive: true }),
  "priority unknown": text({ priority: "Urgent" }),
  "priority a number": text({ priority: 1 }),
  "no payload": text({ payload: undefined }),
  "payload null": text({ payload: null }),
  "payload a string": text({ payload: "Hello" }),
  "payload without content": text({ payload: {} }),
  "raw content empty": text({ payload: { rawContent: "" } }),
  "raw content an object": text({ payload: { rawContent: {} } }),
  "no title": text({ "payload.visualContent.title": undefined }),
  "title empty": text({ "payload.visualContent.title": "" }),
  "title a number": text({ "payload.visualContent.title": 5 }),
  "body text a number": text({ "payload.visualContent.body": 5 }),
  "target policy an array": text({ targetPolicy: [] }),
  "platforms a string": text({ "targetPolicy.platformTypes": "iOS" }),
  "platforms none": text({ "targetPolicy.platformTypes": [] }),
  "platforms only null": text({ "targetPolicy.platformTypes": [null] }),
  "platforms with an unknown one": text({ "targetPolicy.platformTypes": ["windows", "beos"] }),
  "platforms 65 times": text({ "targetPolicy.platformTypes": Array(65).fill("iOS") }),
  "fallback for Android": text(inFallback({ platformTypes: ["Android"] })),
  "fallback not targeted": text({ ...inFallback({}), "targetPolicy.platformTypes": ["windows"] }),
  "fallback without a delay": text(inFallback({ fallbackDelayInSeconds: undefined })),
  "fallback after 59 s": text(inFallback({ fallbackDelayInSeconds: 59 })),
  "fallback after 601 s": text(inFallback({ fallbackDelayInSeconds: 601 })),
  "fallback without a title": text(inFallback({ visualContent: {} })),
  "a name twice": inText('"priority":"High"', '"priority":"High","priority":"Low"'),
  "half a surrogate pair": inText("Hello World!", "Hello \\ud83d!"),
  "17 levels": text({ extra: JSON.parse("[".repeat(16) + "]".repeat(16)) }),
  "an array": JSON.stringify([example]),
  "a string": '"Hello World!"',
  "cut off": JSON.stringify(example).slice(0, -1),
  "a comma at the end": inText('"60"}', '"60",}'),
  nothing: "",
  "65 KiB": text({ "payload.rawContent": "x".repeat(65 * 1024) }),
};

/** Bodies that are odd, and notifications all the same (CONTRACT §1). */
export const oddities = {
  "every optional property null": text({
    appNotificationId: null,
    expirationDateTime: null,
    targetPolicy: null,
    fallbackPolicy: null,
    priority: null,
    groupName: null,
    displayTimeToLive: null,
    "payload.rawContent": null,
    "payload.visualContent.body": null,
  }),
  "only what is required": JSON.stringify({ targetHostName: "a", payload: { rawContent: "x" } }),
  "names in another case": text({ priority: "hIGH", "targetPolicy.platformTypes": ["WINDOWS", "IOS", "ios"] }),
  "host name in upper case": text({ targetHostName: "App.Example.COM" }),
  "host name of digits and letters": text({ targetHostName: "192.0.2.1.example" }),
  "id of 128 astral characters": text({ appNotificationId: "🙂".repeat(128) }),
  "group name empty": text({ groupName: "" }),
  "expiration as .NET writes it": text({ expirationDateTime: "2019-10-30T23:59:00.0000000+03:00" }),
  "expiration in lower case": text({ expirationDateTime: "2019-10-30t23:59:00z" }),
  "expiration in a leap second": text({ expirationDateTime: "2019-12-31T23:59:60Z" }),
  "expiration beyond the retention": text({ expirationDateTime: "9999-12-31T23:59:59.999999999Z" }),
  "display time 60.0": inText('"60"', "60.0"),
  "display time 6e1": inText('"60"', "6e1"),
  "display time with zeros in front": text({ displayTimeToLive: "00000000060" }),
  "a platform null": text({ "targetPolicy.platformTypes": ["iOS", null] }),
  "a fallback": text(inFallback({})),
  "undeclared properties": text({ extra: 1, "@odata.type": "#notification", "payload.extra": {} }),
  "a byte order mark": `\ufeff${JSON.stringify(example)}`,
};
