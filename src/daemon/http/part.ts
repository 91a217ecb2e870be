import type { Readable } from "node:stream";

/** The body is longer than anything a ping sends: the client is told, and nothing is kept. */
class BodyTooLarge extends Error {
  readonly code = "FST_ERR_CTP_BODY_TOO_LARGE";
  readonly statusCode = 413;
}

/** Reads a stream to its end and keeps only its first or last bytes, in bounded memory. */
export async function readPart(
  stream: Readable,
  { limitBytes, keep }: { limitBytes: number; keep: "first" | "last" },
  longestBytes: number,
): Promise<Buffer> {
  let kept: Buffer = Buffer.alloc(0);
  let seen = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    seen += chunk.length;
    if (seen > longestBytes) throw new BodyTooLarge("the body is too large");
    if (keep === "first" && kept.length >= limitBytes) continue;
    const joined = Buffer.concat([kept, chunk]);
    kept = keep === "first" ? joined.subarray(0, limitBytes) : joined.subarray(Math.max(0, joined.length - limitBytes));
  }
  return kept;
}
