import { crc32 } from "node:zlib";
import type { Commit } from "../../domain/state.ts";

/**
 * One commit as a line of the journal. `group` is the first revision that was written in the same go, so that a reader
 * of a damaged journal can tell what was still being written from what had been acknowledged. `sum` is the CRC-32 of
 * all before `,"sum"`.
 */
export const encodeLine = (commit: Commit, group: number): string => summed(beginLine(commit, group));

/** A line up to its checksum. */
export const beginLine = ({ rev, at, by, via, changes }: Commit, group: number): string => {
  const how = via ? `,"via":${JSON.stringify(via)}` : "";
  return `{"rev":${rev},"group":${group},"at":${at},"by":${JSON.stringify(by)}${how},"changes":${JSON.stringify(changes)}`;
};

const LONGEST_SUM = ',"sum":4294967295}\n'.length;
/** UTF-8 needs at most so many bytes for one of JavaScript's characters. */
const BYTES_A_CHAR = 3;

/** Ends lines with their checksums, one after the other in the bytes of one buffer, which is used again each time. */
export function createSealer(): (begun: readonly string[]) => Buffer {
  let buffer = Buffer.alloc(0);
  return (begun) => {
    let most = 0;
    for (const text of begun) most += text.length * BYTES_A_CHAR + LONGEST_SUM;
    if (buffer.length < most) buffer = Buffer.allocUnsafeSlow(most);
    let end = 0;
    for (const text of begun) {
      const start = end;
      end += buffer.write(text, end);
      end += buffer.write(`,"sum":${crc32(buffer.subarray(start, end))}}\n`, end, "latin1");
    }
    return buffer.subarray(0, end);
  };
}

/** Ends a line of JSON that lacks its last bracket with the checksum that `isWhole` looks for. */
export const summed = (text: string): string => `${text},"sum":${crc32(text)}}\n`;

/** The longest `,"sum":4294967295}`. */
const TAIL_BYTES = 18;
const tail = /,"sum":(\d{1,10})\}$/;

/** Whether a line (without its newline) is as it was written. `before` is the CRC-32 of what its own goes on from. */
export function isWhole(line: Buffer, before = 0): boolean {
  const match = tail.exec(line.toString("latin1", Math.max(0, line.length - TAIL_BYTES)));
  return match !== null && crc32(line.subarray(0, line.length - match[0].length), before) === Number(match[1]);
}

/** The revision of a whole line, without parsing the rest. */
export function revOf(line: Buffer): number {
  return Number.parseInt(line.toString("latin1", '{"rev":'.length, '{"rev":'.length + 16), 10);
}

/** Reads a whole line. */
export function decodeLine(line: Buffer): Commit {
  const { rev, at, by, via, changes } = JSON.parse(line.toString()) as Commit;
  return { rev, at, by, ...(via ? { via } : {}), changes };
}

/**
 * The newest revision of which `bytes` hold the beginning, in a group later than `rev`; 0 if there is none. Looks anywhere, as the newline before it may be what
 * is damaged; a line's beginning can't stand inside a JSON string, where its quotes would be escaped.
 */
export function beginsLaterGroup(bytes: Buffer, rev: number): number {
  let newest = 0;
  for (const [, lineRev, group] of bytes
    .toString("latin1")
    .matchAll(/\{"rev":(\d{1,16}),"group":(\d{1,16}),"at":\d+,"by":"/g)) {
    if (Number(group) > rev && Number(group) <= Number(lineRev)) newest = Math.max(newest, Number(lineRev));
  }
  return newest;
}
