import { createHash } from "node:crypto";
import { z } from "zod";
import type { Line } from "../../read/lines.ts";

/** As many of the last lines are remembered. */
const remembered = 256;
/** So many lines in a row are alike by more than chance. */
const enough = 3;

/** What is known of the lines that a command printed. */
export const overlapCursor = z.strictObject({
  /** Hashes of the last lines that were taken, in order. */
  last: z.array(z.string().max(16)).max(remembered),
  /** How many lines it had printed up to there. */
  count: z.int().min(0),
  /** The most that it ever printed: who prints that many may print no more than that. */
  most: z.int().min(0),
});
export type OverlapCursor = z.infer<typeof overlapCursor>;

/** Only whether two lines are the same can be told by it. */
const hashOf = (line: Line): string =>
  createHash("sha256")
    .update(typeof line === "string" ? line : `\0${line.withheldBytes}`)
    .digest("base64url")
    .slice(0, 12);

export interface Fresh {
  /** Which of the lines is the first that is new. */
  from: number;
  /** Nothing of what was there before is there any more, and there is no room for it: something may be missing. */
  isGap: boolean;
  /** What to remember once the lines up to there (exclusive) are taken. */
  after(to: number): OverlapCursor;
}

/**
 * Finds what is new in the output of a command that prints the end of a log again and again (`tail -n 1000 …`): what
 * follows the last lines that are known. Lines that are all alike tell nothing; then what was printed counts as grown.
 */
export function findFresh(lines: readonly Line[], known: OverlapCursor = { last: [], count: 0, most: 0 }): Fresh {
  const hashes = lines.map(hashOf);
  const from = placeAfter(hashes, known);
  const most = Math.max(known.most, lines.length);
  return {
    from,
    isGap: from === 0 && known.last.length > 0 && lines.length >= known.most,
    after: (to) => ({
      last: to > 0 ? hashes.slice(Math.max(0, to - remembered), to) : known.last,
      count: to || known.count,
      most,
    }),
  };
}

/** Where the known lines end among these; 0 if they aren't there. */
function placeAfter(hashes: readonly string[], { last, count }: OverlapCursor): number {
  const alike = (to: number): number => {
    let length = 0;
    while (length < last.length && length < to && hashes[to - 1 - length] === last[last.length - 1 - length]) length++;
    return length;
  };
  if (last.length === 0) return 0;
  // It has only grown.
  if (count <= hashes.length && alike(count) === last.length) return count;
  let best = { to: 0, length: 0 };
  for (let to = hashes.length; to > 0; to--) {
    const length = alike(to);
    const counts = length === last.length || length === to || length >= enough;
    if (counts && length > best.length) best = { to, length };
    if (length === last.length) break;
  }
  return best.to;
}
