import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

const NEWLINE = 10;
const BLOCK_BYTES = 1 << 17;

/**
 * A file's whole lines without their newlines, a block's at a time, from the byte `from` on; unpacked if its name ends
 * in `.gz`. Between blocks everything else has its turn. What follows the last newline is left out. Rejects with what
 * the disk or the unpacking failed with.
 */
export async function* batchesOf(path: string, from = 0): AsyncGenerator<Buffer[]> {
  const raw = createReadStream(path, { start: from, highWaterMark: BLOCK_BYTES });
  const source = path.endsWith(".gz") ? pipeline(raw, createGunzip({ chunkSize: BLOCK_BYTES }), () => {}) : raw;
  let rest: Buffer[] = [];
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end < 0) {
      rest.push(chunk);
      continue;
    }
    const bytes = Buffer.concat([...rest, chunk.subarray(0, end + 1)]);
    rest = [chunk.subarray(end + 1)];
    yield split(bytes);
  }
}

function split(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0, end = bytes.indexOf(NEWLINE); end >= 0; start = end + 1, end = bytes.indexOf(NEWLINE, start))
    lines.push(bytes.subarray(start, end));
  return lines;
}
