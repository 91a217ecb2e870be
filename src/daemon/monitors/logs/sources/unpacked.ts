import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { OpenFile } from "./source.ts";

const CHUNK_BYTES = 65_536;

/** A gzipped file read as what is in it. A place before the one read last is reached by beginning anew. Rejects with zlib's error for what is damaged. */
export function unpacked(file: OpenFile): OpenFile {
  let stream = contentOf(file);
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);

  async function ahead(): Promise<boolean> {
    const next = await stream.next();
    if (!next.done) rest = next.value;
    return !next.done;
  }

  function pass(sizeBytes: number): void {
    offset += sizeBytes;
    rest = rest.subarray(sizeBytes);
  }

  return {
    stat: () => file.stat(),
    async read(place, sizeBytes) {
      if (place < offset) {
        await stream.return();
        [stream, offset, rest] = [contentOf(file), 0, Buffer.alloc(0)];
      }
      const parts: Buffer[] = [];
      let wanted = sizeBytes;
      while (wanted > 0 && (rest.length > 0 || (await ahead()))) {
        if (offset < place) pass(Math.min(rest.length, place - offset));
        else {
          const part = rest.subarray(0, wanted);
          parts.push(part);
          wanted -= part.length;
          pass(part.length);
        }
      }
      return Buffer.concat(parts);
    },
    async close() {
      await stream.return();
      await file.close();
    },
  };
}

async function* contentOf(file: OpenFile): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip();
  // What fails comes out of the stream that is read from; that it is let go of early is no failure.
  pipeline(chunksOf(file), gunzip).catch(() => {});
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } finally {
    gunzip.destroy();
  }
}

async function* chunksOf(file: OpenFile): AsyncGenerator<Uint8Array, void> {
  let offset = 0;
  for (;;) {
    const chunk = await file.read(offset, CHUNK_BYTES);
    if (chunk.length === 0) return;
    offset += chunk.length;
    yield chunk;
  }
}
