/** A line's text without its end, or how many bytes a line had that is too long to be looked at. */
export type Line = string | { withheldBytes: number };

export interface LineReader {
  /** The lines that end in this chunk. */
  push(chunk: Uint8Array): Line[];
  /** The last line, if it has no end. The reader can be used for another text then. */
  end(): Line[];
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Bytes to lines. Bad UTF-8 becomes U+FFFD; a line over the limit (bytes, without its end) is counted and never held.
 * Each line is its own string: a slice of the chunk's would keep all of the chunk alive for as long as it is kept.
 */
export function createLineReader({ limitBytes = 8_192 }: { limitBytes?: number } = {}): LineReader {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let lastHeld = 0;

  function finish(bytes: Buffer, from: number, to: number): Line {
    const total = heldBytes + to - from;
    let [whole, start, end] = [bytes, from, to];
    if (heldBytes > 0 && total <= limitBytes + 1) {
      whole = Buffer.concat([...held, bytes.subarray(from, to)]);
      [start, end] = [0, total];
    }
    held = [];
    heldBytes = 0;
    const last = to > from ? bytes[to - 1] : lastHeld;
    const returned = last === carriageReturn && total > 0 ? 1 : 0;
    return total - returned > limitBytes
      ? { withheldBytes: total - returned }
      : whole.toString("utf8", start, end - returned);
  }

  function hold(bytes: Buffer): void {
    heldBytes += bytes.length;
    lastHeld = bytes.at(-1) ?? 0;
    // Copied, because the chunk's memory is the caller's. One byte more than the limit may be the end's CR.
    if (heldBytes <= limitBytes + 1) held.push(Buffer.from(bytes));
    else held = [];
  }

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      const lines: Line[] = [];
      let from = 0;
      for (let to = bytes.indexOf(newline); to !== -1; to = bytes.indexOf(newline, from)) {
        lines.push(finish(bytes, from, to));
        from = to + 1;
      }
      if (from < bytes.length) hold(bytes.subarray(from));
      return lines;
    },
    end: () => (heldBytes > 0 ? [finish(Buffer.alloc(0), 0, 0)] : []),
  };
}
