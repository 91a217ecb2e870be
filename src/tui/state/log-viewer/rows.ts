import { logSeverities, type LogSeverity } from "../../../shared/words.ts";
import type { KeptLine } from "../../../shared/api/logs.ts";

/** What is shown as one: a line, or several that are alike and follow one another. */
export interface Row {
  /** The first of them, by its place among the loaded lines. */
  at: number;
  /** Of how many lines. */
  count: number;
}

/** Rows in order, as lists of numbers: a hundred thousand objects would take too long to make. */
export interface Rows {
  readonly at: readonly number[];
  readonly count: readonly number[];
}

export const noRows: Rows = { at: [], count: [] };

export function rowAt({ at, count }: Rows, index: number): Row | undefined {
  const first = at[index];
  return first === undefined ? undefined : { at: first, count: count[index] ?? 1 };
}

export interface Filters {
  /** Lines of this template alone; `line` is the one it was taken from. */
  like?: { template: string; line: number } | undefined;
  /** Lines that are at least so grave. */
  severity?: LogSeverity | undefined;
}

const rank = (severity: LogSeverity | undefined): number =>
  severity === undefined ? logSeverities.length : logSeverities.indexOf(severity);

export const isAtLeast = (line: Pick<KeptLine, "severity">, severity: LogSeverity): boolean =>
  rank(line.severity) <= rank(severity);

export const passes = (line: KeptLine, { like, severity }: Filters): boolean =>
  (like === undefined || line.template === like.template) && (severity === undefined || isAtLeast(line, severity));

const isAlike = (a: KeptLine, b: KeptLine): boolean =>
  a.template === undefined ? a.text === b.text : a.template === b.template;

/** Lines that pass, those that are alike as one if they are to be folded. `runs` are those of the first `from` lines. */
export function extendRuns(
  runs: Rows,
  lines: readonly KeptLine[],
  from: number,
  { isFolding, ...filters }: Filters & { isFolding: boolean },
): Rows {
  const [places, counts] = [[...runs.at], [...runs.count]];
  let first = lines[places.at(-1) ?? -1];
  for (let at = from; at < lines.length; at++) {
    const line = lines[at];
    if (!line || !passes(line, filters)) continue;
    if (isFolding && first && isAlike(first, line)) counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
    else {
      places.push(at);
      counts.push(1);
      first = line;
    }
  }
  return { at: places, count: counts };
}

/** The rows of runs, with those unfolded whose first line's number is in `open`: their first one keeps its count. */
export function unfold(runs: Rows, lines: readonly KeptLine[], open: ReadonlySet<number>, filters: Filters): Rows {
  if (open.size === 0) return runs;
  const [places, counts]: [number[], number[]] = [[], []];
  for (const [i, first] of runs.at.entries()) {
    const count = runs.count[i] ?? 1;
    places.push(first);
    counts.push(count);
    if (count === 1 || !open.has(lines[first]?.line ?? 0)) continue;
    let left = count - 1;
    for (let at = first + 1; left > 0 && at < lines.length; at++) {
      const line = lines[at];
      if (!line || !passes(line, filters)) continue;
      places.push(at);
      counts.push(1);
      left--;
    }
  }
  return { at: places, count: counts };
}

/** The row that a line is in, or would be: the last one that begins with it or before it. */
export function rowOfLine({ at }: Rows, lines: readonly KeptLine[], line: number): number {
  let [low, high] = [0, at.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[at[middle] ?? 0]?.line ?? 0) <= line) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
