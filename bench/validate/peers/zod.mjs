// zod: one function, always all issues.
import * as z from "zod";
import { now } from "../clock.mjs";
import { patterns } from "../patterns.mjs";
import { parse } from "./parse.mjs";

const matches = (pattern) => z.string().regex(new RegExp(pattern));
const atMost = (most) => (text) => text.length <= most || Array.from(text).length <= most;
const platforms = (pattern) =>
  z
    .array(matches(pattern).nullable())
    .max(64)
    .refine((list) => list.some((platform) => platform !== null));
const visualContent = z.object({ title: z.string().min(1), body: z.string().nullish() });
const ios = new RegExp(patterns.ios);

const notification = z
  .object({
    targetHostName: matches(patterns.hostName),
    appNotificationId: z.string().min(1).refine(atMost(128)).nullish(),
    groupName: z.string().refine(atMost(128)).nullish(),
    expirationDateTime: matches(patterns.dateTime)
      .refine((text) => !(Date.parse(text) <= now))
      .nullish(),
    displayTimeToLive: z.union([z.int().min(0).max(2592000), matches(patterns.seconds)]).nullish(),
    priority: matches(patterns.priority).nullish(),
    payload: z
      .object({ rawContent: z.string().min(1).nullish(), visualContent: visualContent.nullish() })
      .refine((payload) => payload.rawContent != null || payload.visualContent != null),
    targetPolicy: z.object({ platformTypes: platforms(patterns.platform).nullish() }).nullish(),
    fallbackPolicy: z
      .object({
        endpointFallback: z
          .object({
            platformTypes: platforms(patterns.ios),
            fallbackDelayInSeconds: z.int().min(60).max(600),
            visualContent,
          })
          .nullish(),
      })
      .nullish(),
  })
  .refine(
    ({ fallbackPolicy, targetPolicy }) =>
      fallbackPolicy?.endpointFallback == null ||
      targetPolicy?.platformTypes == null ||
      targetPolicy.platformTypes.some((platform) => platform !== null && ios.test(platform)),
  );

export function verdict(text) {
  const value = parse(text);
  return value !== undefined && notification.safeParse(value).success;
}

export const verdictOfObject = (object) => notification.safeParse(object).success;

export function report(text) {
  const value = parse(text);
  if (value === undefined) return [{ path: [] }];
  return notification.safeParse(value).error?.issues ?? null;
}

export const paths = (issues) => issues.map((issue) => issue.path.map(String));
