// The body that goes out.

/** From how many bytes on a body is compressed: below, gzip's own bytes and the time eat up what it saves. */
const COMPRESS_FROM = 1024;

/** A request body as it is sent, the same for every attempt. */
export interface Body {
  bytes: Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
}

/** Turns text into a request body, compressed where that is worth it and the host can. */
export async function bodyOf(text: string): Promise<Body> {
  const bytes = new TextEncoder().encode(text);
  const headers = { "Content-Type": "application/json" };
  if (bytes.length <= COMPRESS_FROM || typeof CompressionStream === "undefined") return { bytes, headers };
  const compressed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return {
    bytes: new Uint8Array(await new Response(compressed).arrayBuffer()),
    headers: { ...headers, "Content-Encoding": "gzip" },
  };
}
