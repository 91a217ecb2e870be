import type { Line } from "../../../src/daemon/monitors/logs/read/lines.ts";
import type { Collected } from "../../../src/daemon/monitors/logs/sources/source.ts";
import { type LogWriter, numberOf } from "./log-writer.ts";

/** All that was collected and committed. */
export type Committed = Pick<Collected, "lines" | "gaps">;

export interface Verdict {
  lines: number;
  /** Not collected, though no file went and no copy can have missed them. */
  lost: number[];
  /** Went with a file that was being read, or were missed by its copy, and no gap was told. */
  untold: number[];
  doubled: number[];
  /** Collected after a later one. */
  misplaced: number[];
  gaps: number;
  /** Gaps that were told though nothing can have been missed. */
  idle: number;
  /** Lines that went with a file, or that a copy missed, before they were read. */
  missed: number;
}

/** Was every line that was written whole collected once, and in order? */
export function judge({ whole, long, exposed, told, isHarmed }: LogWriter, { lines, gaps }: Committed): Verdict {
  const counts = new Map<number, number>();
  const misplaced: number[] = [];
  let last = 0;
  for (const n of lines.map(numberIn).filter((n) => n !== undefined)) {
    counts.set(n, (counts.get(n) ?? 0) + 1);
    if (n < last) misplaced.push(n);
    last = Math.max(last, n);
  }
  const longLines = whole.filter((n) => long.has(n)).length;
  const withheld = lines.filter((line) => typeof line !== "string").length;
  const missing = whole.filter((n) => !counts.has(n) && !long.has(n));
  const lost = missing.filter((n) => !exposed.has(n));
  return {
    lines: whole.length,
    lost,
    untold: gaps.length > 0 ? [] : missing.filter((n) => told.has(n)),
    doubled: [...counts].filter(([, count]) => count > 1).map(([n]) => n),
    misplaced,
    gaps: gaps.length,
    idle: isHarmed() ? 0 : gaps.length,
    missed: missing.length - lost.length + Math.max(0, longLines - withheld),
  };
}

const numberIn = (line: Line): number | undefined => (typeof line === "string" ? numberOf(line) : undefined);
