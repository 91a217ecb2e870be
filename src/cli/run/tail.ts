/** The end of what was written, in bounded memory. */
export interface Tail {
  keep(chunk: Uint8Array): void;
  /** The last bytes, at most as many as the tail holds. */
  read(): Buffer;
}

/** Keeps the last `capacityBytes` of what passes by. */
export function createTail(capacityBytes: number): Tail {
  let chunks: Uint8Array[] = [];
  let heldBytes = 0;

  function keep(chunk: Uint8Array): void {
    chunks.push(chunk);
    heldBytes += chunk.length;
    // Joined now and then, so that a job that writes byte by byte doesn't fill the memory with tiny pieces.
    if (heldBytes > 2 * capacityBytes || chunks.length > 1_000) compact();
  }

  function compact(): void {
    // A copy: a slice would hold on to the whole of what it was cut from.
    const last = Buffer.from(Buffer.concat(chunks).subarray(-capacityBytes));
    chunks = [last];
    heldBytes = last.length;
  }

  function read(): Buffer<ArrayBuffer> {
    return Buffer.concat(chunks).subarray(-capacityBytes);
  }

  return { keep, read };
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** The last whole lines that fit into so many bytes, or the end of the last line if that alone is longer. */
export function lastLines(written: Uint8Array, limitBytes: number): string {
  let start = Math.max(0, written.length - limitBytes);
  const isCut = start > 0 && written[start - 1] !== 0x0a;
  while (isContinuation(written[start])) start += 1;
  const text = new TextDecoder().decode(written.subarray(start)).trimEnd();
  const lineEnd = text.indexOf("\n");
  return isCut && lineEnd !== -1 ? text.slice(lineEnd + 1) : text;
}
