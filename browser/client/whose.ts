// The name of the feed to which a token gives access, found by opening a short connection.

import { BEARER_SUBPROTOCOL, SUBPROTOCOL } from "../generated/protocol.ts";
import type { ServerFrame } from "../generated/types.ts";
import type { Environment } from "./environment.ts";

/** Milliseconds. */
const PATIENCE = 10_000;

/** @returns what the service calls the feed; `null` where it doesn't say */
export function whose(environment: Environment, stream: URL, token: string): Promise<string | null> {
  return new Promise((resolve) => {
    const address = new URL(stream);
    address.searchParams.set("top", "1");
    // Another user's token is refused for the subscription of this one.
    address.searchParams.delete("endpoint");
    let socket: WebSocket;
    try {
      socket = new environment.WebSocket(address, [SUBPROTOCOL, BEARER_SUBPROTOCOL + token]);
    } catch {
      return resolve(null);
    }
    const end = (feed: string | null) => {
      cancel();
      socket.close();
      resolve(feed);
    };
    const cancel = environment.after(PATIENCE, () => end(null));
    socket.addEventListener("close", () => end(null));
    socket.addEventListener("message", ({ data }) => {
      try {
        const frame = JSON.parse(data as string) as ServerFrame;
        end(frame.type === "feed" ? frame.feed : null);
      } catch {
        end(null);
      }
    });
  });
}
