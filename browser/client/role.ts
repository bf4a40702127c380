// The part of a tab in its feed: it leads, with the connection, or follows a tab that does.

import type { UserChange } from "./store.ts";
import type { Message } from "./tabs.ts";

export interface Role {
  readonly leads: boolean;
  /** A change that is to be sent. */
  ask(change: UserChange): void;
  loadOlder(): Promise<void>;
  reconnect(): void;
  /** The address of the stream is another. */
  renew?(): void;
  told(event: "online" | "offline" | "visible"): void;
  hear(message: Message, from: string): void;
  /**
   * Ends it.
   * @param forget nothing more is stored
   * @returns when what it had to store is stored
   */
  end(forget: boolean): Promise<void>;
}
