// valibot
import * as v from "valibot";
import { now } from "../clock.mjs";
import { patterns } from "../patterns.mjs";
import { parse } from "./parse.mjs";

const matches = (pattern) => v.pipe(v.string(), v.regex(new RegExp(pattern)));
const atMost = (most) => v.check((text) => text.length <= most || Array.from(text).length <= most);
const seconds = (least, most) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const platforms = (pattern) =>
  v.pipe(
    v.array(v.nullable(matches(pattern))),
    v.maxLength(64),
    v.check((list) => list.some((platform) => platform !== null)),
  );
const visualContent = v.object({ title: v.pipe(v.string(), v.minLength(1)), body: v.nullish(v.string()) });
const ios = new RegExp(patterns.ios);

const notification = v.pipe(
  v.object({
    targetHostName: matches(patterns.hostName),
    appNotificationId: v.nullish(v.pipe(v.string(), v.minLength(1), atMost(128))),
    groupName: v.nullish(v.pipe(v.string(), atMost(128))),
    expirationDateTime: v.nullish(
      v.pipe(
        matches(patterns.dateTime),
        v.check((text) => !(Date.parse(text) <= now)),
      ),
    ),
    displayTimeToLive: v.nullish(v.union([seconds(0, 2592000), matches(patterns.seconds)])),
    priority: v.nullish(matches(patterns.priority)),
    payload: v.pipe(
      v.object({
        rawContent: v.nullish(v.pipe(v.string(), v.minLength(1))),
        visualContent: v.nullish(visualContent),
      }),
      v.check((payload) => payload.rawContent != null || payload.visualContent != null),
    ),
    targetPolicy: v.nullish(v.object({ platformTypes: v.nullish(platforms(patterns.platform)) })),
    fallbackPolicy: v.nullish(
      v.object({
        endpointFallback: v.nullish(
          v.object({
            platformTypes: platforms(patterns.ios),
            fallbackDelayInSeconds: seconds(60, 600),
            visualContent,
          }),
        ),
      }),
    ),
  }),
  v.check(
    ({ fallbackPolicy, targetPolicy }) =>
      fallbackPolicy?.endpointFallback == null ||
      targetPolicy?.platformTypes == null ||
      targetPolicy.platformTypes.some((platform) => platform !== null && ios.test(platform)),
  ),
);

export function verdict(text) {
  const value = parse(text);
  return value !== undefined && v.is(notification, value);
}

export const verdictOfObject = (object) => v.is(notification, object);

export function report(text) {
  const value = parse(text);
  if (value === undefined) return [{}];
  return v.safeParse(notification, value).issues ?? null;
}

export const paths = (issues) => issues.map((issue) => (issue.path ?? []).map(({ key }) => String(key)));
