// A sign-out as it is told between tabs of which one at least doesn't share.

import type { Environment } from "./environment.ts";
import type { Posted } from "./tabs.ts";

function open(environment: Environment, name: string): BroadcastChannel | undefined {
  try {
    return environment.channel(name);
  } catch {
    return undefined; // Forbidden: nobody is told, and nobody is heard.
  }
}

/** Tells all tabs of a feed that its user signs out. */
export function tellForget(environment: Environment, name: string, from: string): void {
  const channel = open(environment, name);
  channel?.postMessage({ type: "forget", from } satisfies Posted);
  channel?.close();
}

/** Calls back when the user signs out in another tab. @returns what ends it */
export function hearForget(environment: Environment, name: string, id: string, act: () => void): () => void {
  const channel = open(environment, name);
  if (!channel) return () => {};
  channel.onmessage = ({ data: { type, from } }: MessageEvent<Posted>) => {
    if (type === "forget" && from !== id) act();
  };
  return () => channel.close();
}
