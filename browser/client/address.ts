// The address of a feed's stream.

import { STREAM_PATH } from "../generated/protocol.ts";
import type { ConnectOptions } from "./api.ts";

/**
 * The address of the stream, without a cursor: ws or wss.
 * @throws TypeError for a `url` that isn't one
 */
export function streamOf({ url, platform, targetHostName, endpoint }: ConnectOptions): URL {
  const stream = new URL(url);
  stream.pathname = stream.pathname.replace(/\/*$/, STREAM_PATH);
  stream.protocol = stream.protocol.replace("http", "ws");
  stream.search = "";
  stream.hash = "";
  const query = { platform, targetHostName, endpoint };
  for (const [name, value] of Object.entries(query)) if (value !== undefined) stream.searchParams.set(name, value);
  return stream;
}
