import { DAY } from "../../../../shared/time.ts";
import type { Commit } from "../../../domain/state.ts";
import type { AskedCommands } from "../../../domain/store.ts";
import { batchesOf } from "../batches.ts";
import { decodeLine, isWhole, revOf } from "../line.ts";

/** When so much was read, what was found has to do: the next page goes on. */
const MOST_BYTES = 64 << 20;

/** What the monitor decided by itself, as its line begins. Of whoever gives a token this name, the command follows here. */
const own = /^\{"rev":\d+,"group":\d+,"at":\d+,"by":"system","changes":/;
const HEAD_BYTES = 128;

interface Where {
  /** The days that there is an audit of, in order. */
  days: readonly number[];
  /** Where a day's lines are, the likeliest first: a day that ends is renamed. */
  pathsOf(day: number): readonly string[];
  /** Called with a file that has a damaged line, which is left out. */
  damaged(path: string): void;
  signal: AbortSignal;
}

/**
 * Reads the audit of one day after the other, the newest first, a block at a time. A cursor is `<day>-<revision>`: the next
 * page is of earlier revisions of that day, and of earlier days.
 */
export async function readCommands<T>(
  { from = 0, to = Infinity, cursor, limit }: AskedCommands,
  pick: (commit: Commit) => T | undefined,
  where: Where,
  mostBytes = MOST_BYTES,
): Promise<{ items: T[]; next?: string }> {
  const [lastDay = Infinity, lastRev = Infinity] = cursor?.split("-").map(Number) ?? [];
  const isLeft = (day: number): boolean => day < lastDay || (day === lastDay && lastRev > 0);
  const days = where.days.filter((day) => isLeft(day) && day * DAY < to && (day + 1) * DAY > from).toReversed();
  const items: T[] = [];
  let bytes = 0;
  for (const day of days) {
    const before = day === lastDay ? lastRev : Infinity;
    const wanted = limit - items.length;
    // One more than is wanted tells that there are more.
    const found: { rev: number; item: T }[] = [];
    for await (const line of linesOf(where.pathsOf(day), where)) {
      bytes += line.length;
      const rev = revOf(line);
      if (rev >= before || own.test(line.toString("latin1", 0, HEAD_BYTES))) continue;
      const item = pick(decodeLine(line));
      if (item !== undefined) found.push({ rev, item });
      if (found.length > wanted + 1) found.shift();
    }
    const newest = found.slice(-wanted);
    for (const { item } of newest.toReversed()) items.push(item);
    if (found.length > wanted) return { items, next: `${day}-${newest[0]?.rev}` };
    if ((items.length === limit || bytes > mostBytes) && day !== days.at(-1)) return { items, next: `${day}-0` };
  }
  return { items };
}

/** The whole lines of the first of these files that is there. */
async function* linesOf(paths: readonly string[], { damaged, signal }: Where): AsyncGenerator<Buffer> {
  for (const path of paths) {
    try {
      for await (const batch of batchesOf(path)) {
        signal.throwIfAborted();
        for (const line of batch) {
          if (isWhole(line)) yield line;
          else damaged(path);
        }
      }
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}
