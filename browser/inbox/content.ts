// A notification as a person sees it, whatever the service sent: members may be missing, of another kind, or newer than
// this code. It never throws.

import type { FeedNotification } from "../generated/types.ts";

/** The most of raw content that is shown: a look at it, in characters. It may have 64 KiB. */
const RAW = 500;

/** The texts of a notification. A missing text is empty. */
export interface Texts {
  title: string;
  body: string;
  /** The app gave nothing to show: `body` is the beginning of its raw content. */
  raw: boolean;
}

/** All that is shown of a notification. */
export interface Content extends Texts {
  /** `None` is also what this code doesn't know. */
  priority: "High" | "Low" | "None";
  group: string;
  /** Milliseconds since 1970; NaN when nobody can tell. */
  created: number;
  dismissed: boolean;
  /** As the badge counts it: not what was dismissed. */
  unread: boolean;
}

export function textsOf({ payload }: FeedNotification): Texts {
  const { visualContent, rawContent } = (payload ?? {}) as Loose;
  const { title, body } = (visualContent ?? {}) as Loose;
  const raw = !visualContent;
  return { title: text(title), body: raw ? text(rawContent).slice(0, RAW) : text(body), raw };
}

export function isUnread({ readState, userActionState }: FeedNotification): boolean {
  return readState === "unread" && userActionState !== "dismissed";
}

/** @param item of which anything but the id may be missing */
export function contentOf(item: FeedNotification): Content {
  const { priority, groupName, createdDateTime, userActionState } = item as object as Loose;
  return {
    ...textsOf(item),
    priority: priority === "High" || priority === "Low" ? priority : "None",
    group: text(groupName),
    created: Date.parse(text(createdDateTime)),
    dismissed: userActionState === "dismissed",
    unread: isUnread(item),
  };
}

/** Whether there is anything that can be shown and acted on. */
export function isItem(item: unknown): item is FeedNotification {
  return Boolean(text((item as Loose | null)?.id));
}

type Loose = { [member in string]?: unknown };

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
