// The error of the validator: it was used before it was loaded.

import type { Finding } from "../generated/types.ts";

/** The validator was used before it was there. */
export class NotInitializedError extends Error {
  override readonly name = "NotInitializedError";

  constructor() {
    super("The validator isn't loaded yet: await init() first, once, before validate(), isValid() or normalize().");
  }
}

/** The error of {@link normalize} for a body that isn't a notification. */
export interface InvalidNotificationError extends Error {
  readonly name: "InvalidNotificationError";
  /** The `error.code` that the server would answer. */
  readonly code: string;
  /** All of them; never empty. */
  readonly violations: Finding[];
  readonly warnings: Finding[];
}
