// A click leads to a window of the app: one that shows this very feed, or a new one.

import type { Opening } from "../push/opening.ts";
import type { Shown } from "./message.ts";
import type { Window, WorkerScope } from "./scope.ts";

/** So long a window has to say that it shows the feed; milliseconds. */
const PATIENCE = 500;

/** Brings a person to what they clicked. */
export async function lead(scope: WorkerScope, to: string, shown: Partial<Shown>): Promise<void> {
  const all = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  const windows = [...all].sort((a, b) => Number(b.focused) - Number(a.focused));
  const { id, owner, link } = shown;
  if (id !== undefined && owner !== undefined) {
    const opening: Opening = { notifeed: "open", id, owner, ...(link !== undefined && { link }) };
    const answers = await Promise.all(windows.map((window) => ask(window, opening)));
    const taken = windows.find((_, index) => answers[index]);
    if (taken && (await focus(taken))) return;
  }
  const { href } = new URL(to, scope.registration.scope);
  const there = windows.find(({ url }) => url === href);
  if (there && (await focus(there))) return;
  await scope.clients.openWindow(href);
}

/** Whether a window shows the feed, and shows the notification now. */
function ask(window: Window, opening: Opening): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const answer = (answered: boolean) => {
      clearTimeout(timer);
      port1.close();
      resolve(answered);
    };
    const timer = setTimeout(answer, PATIENCE, false);
    port1.onmessage = ({ data }) => answer(data === true);
    window.postMessage(opening, [port2]);
  });
}

const focus = (window: Window): Promise<boolean> =>
  window.focus().then(
    () => true,
    () => false,
  );
