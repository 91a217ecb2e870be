import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

const NEWLINE = 10;
const BLOCK_BYTES = 1 << 17;

/**
 * A file's whole lines without their newlines, a block's at a time, from the byte `from` on; unpacked if its name ends
 * in `.gz`. They are only good until the next block is asked for: one memory serves for all, as a new one for each would
 * be given back to the system late or never. Between blocks everything else has its turn. What follows the last newline
 * is left out. Rejects with what the disk or the unpacking failed with.
 */
export async function* batchesOf(path: string, from = 0): AsyncGenerator<Buffer[]> {
  let held = Buffer.allocUnsafeSlow(2 * BLOCK_BYTES);
  let length = 0;
  for await (const chunk of path.endsWith(".gz") ? unpacked(path, from) : blocksOf(path, from)) {
    if (length + chunk.length > held.length)
      held = Buffer.concat([held.subarray(0, length)], 2 * (length + chunk.length));
    length += chunk.copy(held, length);
    const end = held.lastIndexOf(NEWLINE, length - 1) + 1;
    if (end === 0) continue;
    yield split(held.subarray(0, end));
    held.copyWithin(0, end, length);
    length -= end;
  }
}

const unpacked = (path: string, start: number): AsyncIterable<Buffer> =>
  pipeline(createReadStream(path, { start }), createGunzip({ chunkSize: BLOCK_BYTES }), () => {});

async function* blocksOf(path: string, from: number): AsyncGenerator<Buffer> {
  const file = await open(path);
  const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  try {
    for (let at = from; ;) {
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield block.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function split(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0, end = bytes.indexOf(NEWLINE); end >= 0; start = end + 1, end = bytes.indexOf(NEWLINE, start))
    lines.push(bytes.subarray(start, end));
  return lines;
}
