import { readSync } from "node:fs";

/** A line of a file, without its newline. `bytes` is only good until the next one is asked for. */
export interface FileLine {
  offset: number;
  bytes: Buffer;
  /** False for what follows the last newline. */
  ended: boolean;
}

const NEWLINE = 10;

/** Reads the lines of a file, or of one that is in memory, one by one; of a file no more than a block and the longest line is held. */
export function* linesOf(source: number | Buffer, blockBytes = 1 << 20): Generator<FileLine> {
  let buffer = Buffer.allocUnsafe(blockBytes);
  let fileOffset = 0;
  let start = 0;
  let end = 0;
  for (;;) {
    if (start > 0) {
      buffer.copyWithin(0, start, end);
      fileOffset += start;
      end -= start;
      start = 0;
    } else if (end === buffer.length) {
      buffer = Buffer.concat([buffer], buffer.length * 2);
    }
    const searched = end;
    const from = fileOffset + end;
    const read =
      typeof source === "number"
        ? readSync(source, buffer, end, buffer.length - end, from)
        : source.copy(buffer, end, from, from + buffer.length - end);
    if (read === 0) break;
    end += read;
    for (let at = buffer.indexOf(NEWLINE, searched); at >= 0 && at < end; at = buffer.indexOf(NEWLINE, start)) {
      yield { offset: fileOffset + start, bytes: buffer.subarray(start, at), ended: true };
      start = at + 1;
    }
  }
  if (end > 0) yield { offset: fileOffset, bytes: buffer.subarray(0, end), ended: false };
}
