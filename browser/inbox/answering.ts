// The ways to answer a notification: a button for each, before it the line of text that it asks for.

import type { FeedNotification } from "../generated/types.ts";
import type { Action, Content } from "./content.ts";
import { button, element } from "./dom.ts";
import type { Labels } from "./labels.ts";

/** A person's answer. */
export interface Reply {
  action: string;
  text: string;
}

/** Before an action's id: the control that answers, and the one that takes the text. */
const [ANSWER, TEXT] = ["answer ", "text "];

export class Answering {
  /** A click beside the buttons, or on a button that was just removed, doesn't open the notification. */
  readonly element: HTMLDivElement = element("div", { part: "answers", "data-do": ANSWER });
  #shown = "";
  #ways: { action: Action; press: HTMLElement; line: HTMLInputElement | null }[] = [];

  /** All that can have the focus. */
  get controls(): HTMLElement[] {
    return this.#ways.flatMap(({ press, line }) => (line ? [line, press] : [press]));
  }

  /** @param title the notification's */
  show({ revision }: FeedNotification, { actions, answer }: Content, title: string, labels: Labels): void {
    const ways = answer ? [] : actions;
    const shown = JSON.stringify([revision, ways]);
    // New content gets new nodes, so a click or a text that was begun on the old content can't answer the new content.
    if (shown !== this.#shown) this.#make(ways);
    this.#shown = shown;
    for (const { action, press, line } of this.#ways) {
      press.ariaLabel = labels.of(action.title, title);
      if (line) line.ariaLabel = labels.of(line.placeholder || action.title, title);
    }
  }

  /** The answer that a control gives; `undefined`: none. */
  reply(control: string): Reply | undefined {
    const way = this.#ways.find(({ action: { id } }) => control === ANSWER + id);
    return way && { action: way.action.id, text: way.line?.value ?? "" };
  }

  /** Presses the button of the line of text that a control is. */
  press(control: string): void {
    this.#ways.find(({ action: { id } }) => control === TEXT + id)?.press.click();
  }

  #make(ways: readonly Action[]): void {
    this.#ways = ways.map((action) => {
      const { id, title, style, input } = action;
      const press = button(ANSWER + id, { part: `answer ${style}`, dir: "auto" });
      press.append(title);
      const { placeholder = "", maxLength } = input ?? {};
      const attributes = {
        part: "answer-text",
        "data-do": TEXT + id,
        dir: "auto",
        placeholder,
        maxlength: `${maxLength}`,
      };
      const line = input && element("input", attributes);
      return { action, press, line };
    });
    this.element.replaceChildren(...this.controls);
  }
}

/** Whether a control is a part of answering. */
export function answers(control: string): boolean {
  return control.startsWith(ANSWER) || isText(control);
}

/** Whether a control takes text: its keys are its own. */
export function isText(control: string): boolean {
  return control.startsWith(TEXT);
}
