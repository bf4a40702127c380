// An app's words, made safe: whatever they are, something is said.

import { type Labels, LABELS } from "./labels.ts";

/** The labels that an app gives, with the English word wherever one is missing, throws or says nothing. */
export function complete(given: Partial<Labels> | null | undefined): Labels {
  const words: Record<string, unknown> = {};
  for (const [name, english] of Object.entries(LABELS)) {
    const own: unknown = given?.[name as keyof Labels];
    words[name] =
      typeof english === "string"
        ? isWord(own)
          ? own
          : english
        : (...values: never[]) => {
            try {
              const said: unknown = (own as typeof english)(...values);
              if (isWord(said)) return said;
            } catch {
              // The app's function failed, or there is none.
            }
            return (english as (...values: never[]) => string)(...values);
          };
  }
  return words as unknown as Labels;
}

function isWord(word: unknown): word is string {
  return typeof word === "string" && word !== "";
}
