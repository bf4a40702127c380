// The service's answer.

import type { ErrorObject, SentNotification } from "../generated/types.ts";
import type { SendErrorMembers } from "./api.ts";
import { secondsOf } from "./retry.ts";

/** The answer to one request, read to its end. */
export type Answer =
  | { sent: { status: 200 | 201; notification: SentNotification; location: string; requestId: string | null } }
  | {
      refused: { message: string } & Pick<SendErrorMembers, "status" | "code" | "details" | "requestId" | "retryAfter">;
    };

/**
 * Reads an answer.
 * @param now milliseconds since 1970
 * @throws what `fetch` throws when the line breaks before the answer has ended
 */
export async function read(response: Response, now: number): Promise<Answer> {
  const { status, headers } = response;
  const json = parsed(await response.text()) as
    ({ error?: Partial<ErrorObject> } & Partial<SentNotification>) | undefined;
  const requestId = headers.get("request-id");
  if ((status === 201 || status === 200) && typeof json?.id === "string") {
    const notification = json as SentNotification;
    return { sent: { status, notification, location: headers.get("Location") ?? "", requestId } };
  }
  const { code, message, details, innerError } = json?.error ?? {};
  return {
    refused: {
      status,
      code: code ?? "UnexpectedAnswer",
      message: message ?? `Something that isn't the service answered ${status}: is the url right?`,
      details: details ?? [],
      requestId: requestId ?? innerError?.["request-id"] ?? null,
      retryAfter: secondsOf(headers.get("Retry-After"), now),
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
