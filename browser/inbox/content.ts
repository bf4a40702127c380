// A notification as a person sees it, whatever the service sent: members may be missing, of another kind, or newer than
// this code. It never throws.

import { DEFAULT_ANSWER_TEXT } from "../generated/protocol.ts";
import type { FeedNotification } from "../generated/types.ts";

/** The most characters of raw content that are shown as a preview; raw content may have 64 KiB. */
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
  /** `None` also stands for a priority that this code doesn't know. */
  priority: "High" | "Low" | "None";
  group: string;
  /** Milliseconds since 1970; NaN when nobody can tell. */
  created: number;
  dismissed: boolean;
  /** As the badge counts it: not what was dismissed. */
  unread: boolean;
  /** The page that a person goes to who follows it; "": nowhere. */
  link: string;
  /** The address of a picture; "": none. */
  icon: string;
  category: string;
  /** The ways to answer it, in order. */
  actions: readonly Action[];
  answer: Answer | null;
}

/** A way to answer. */
export interface Action {
  id: string;
  title: string;
  style: "default" | "primary" | "destructive";
  /** The line of text that it asks for; `null`: none. */
  input: { placeholder: string; maxLength: number } | null;
}

/** The answer that was given, on whichever device. */
export interface Answer {
  /** The title of the action; its id where the notification no longer has it. */
  title: string;
  text: string;
  /** The kind of device; "": it isn't told. */
  platform: string;
}

export function textsOf({ payload }: FeedNotification): Texts {
  const { visualContent, rawContent } = loose(payload);
  const { title, body } = loose(visualContent);
  const raw = !visualContent;
  return { title: text(title), body: raw ? text(rawContent).slice(0, RAW) : text(body), raw };
}

export function isUnread({ readState, userActionState }: FeedNotification): boolean {
  return readState === "unread" && userActionState !== "dismissed";
}

/** @param item of which anything but the id may be missing */
export function contentOf(item: FeedNotification): Content {
  const { payload, priority, groupName, createdDateTime, userActionState, answer } = item as object as Loose;
  const { link, icon, category, actions } = loose(loose(payload)["visualContent"]);
  const ways = Array.isArray(actions) ? actions.map(actionOf).filter(({ id }) => id) : [];
  return {
    ...textsOf(item),
    priority: priority === "High" || priority === "Low" ? priority : "None",
    group: text(groupName),
    created: Date.parse(text(createdDateTime)),
    dismissed: userActionState === "dismissed",
    unread: isUnread(item),
    link: address(link),
    icon: address(icon),
    category: text(category),
    actions: ways,
    answer: answer ? answerOf(loose(answer), ways) : null,
  };
}

function actionOf(action: unknown): Action {
  const { id, title, style, input } = loose(action);
  const { placeholder, maxLength } = loose(input);
  return {
    id: text(id),
    title: text(title) || text(id),
    style: style === "primary" || style === "destructive" ? style : "default",
    input: input ? { placeholder: text(placeholder), maxLength: Number(maxLength) || DEFAULT_ANSWER_TEXT } : null,
  };
}

function answerOf({ actionId, text: said, platform }: Loose, actions: readonly Action[]): Answer {
  const title = actions.find(({ id }) => id === actionId)?.title ?? text(actionId);
  return { title, text: text(said), platform: text(platform).replace("Push", "") };
}

/** Whether there is anything that can be shown and acted on. */
export function isItem(item: unknown): item is FeedNotification {
  return Boolean(text(loose(item)["id"]));
}

type Loose = { [member in string]?: unknown };

/** The members of whatever it is. */
function loose(value: unknown): Loose {
  return (value ?? {}) as Loose;
}

/** An address that is safe to follow: the service lets no other through, but any client may fill the list. */
function address(value: unknown): string {
  return /^https:\/\/[^/?#@\\]+([/?#]|$)/.test(text(value)) ? text(value) : "";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
