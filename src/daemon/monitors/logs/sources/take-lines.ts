import type { Line } from "../read/lines.ts";

/** What is longer is withheld: it can't be redacted with certainty. */
export const LINE_LIMIT_BYTES = 8_192;

interface Given {
  /** How many lines may be taken. */
  room: number;
  /** How much of the first line was passed over by earlier calls, because it is too long. */
  passedBytes: number;
  /** `more`: these bytes aren't the last. `growing`: they are for now. `over`: nothing will ever follow. */
  end: "more" | "growing" | "over";
}

interface Taken {
  lines: Line[];
  /** All before is done with: the next call begins there. */
  usedBytes: number;
  passedBytes: number;
}

/**
 * Takes the complete lines out of bytes that begin at a line's start. Two NULs or more, which a crash leaves where
 * nothing was written, end a line and are none; at the end of a file that grows they may yet become text.
 */
export function takeLines(bytes: Buffer, { room, passedBytes, end }: Given): Taken {
  const lines: Line[] = [];
  const size = end === "more" ? bytes.length : withoutNuls(bytes);
  const holed = bytes.subarray(0, size).includes("\0\0");
  let from = 0;
  let passed = passedBytes;
  while (lines.length < room && from < size) {
    while (holed && passed === 0 && from < size && bytes[from] === 0) from++;
    const to = lineEnd(bytes, from, size, holed);
    if (to === size && end !== "over") break;
    const withheldBytes = passed + to - from;
    const isHole = to === from && bytes[to] !== 10;
    if (withheldBytes > LINE_LIMIT_BYTES) lines.push({ withheldBytes });
    else if (!isHole) lines.push(bytes.toString("utf8", from, bytes[to - 1] === 13 && to > from ? to - 1 : to));
    passed = 0;
    from = Math.min(to + 1, size);
  }
  const rest = size - from;
  const isFull = lines.length >= room;
  if (end === "over" && !isFull) {
    if (passed > 0) lines.push({ withheldBytes: passed });
    return { lines, usedBytes: bytes.length, passedBytes: 0 };
  }
  if (isFull || rest + passed <= LINE_LIMIT_BYTES) return { lines, usedBytes: from, passedBytes: passed };
  return { lines, usedBytes: size, passedBytes: passed + rest };
}

function withoutNuls(bytes: Buffer): number {
  let size = bytes.length;
  while (size > 0 && bytes[size - 1] === 0) size--;
  return size;
}

function lineEnd(bytes: Buffer, from: number, size: number, holed: boolean): number {
  const newline = bytes.indexOf(10, from);
  const hole = holed ? bytes.indexOf("\0\0", from) : -1;
  return Math.min(newline < 0 ? size : newline, hole < 0 ? size : hole, size);
}
